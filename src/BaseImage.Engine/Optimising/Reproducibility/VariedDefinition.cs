using System.Globalization;
using BaseImage.Ports;

namespace BaseImage.Engine.Optimising.Reproducibility;

/// <summary>A definition's build. Every build has an empty cache of its own but where the cache is what is varied.</summary>
internal sealed class VariedDefinition(BuildRequest request, Func<string?, (IBuildImage Builder, IDisposable? Owned)> builders, string work) : IVariedBuild
{
    /// <inheritdoc/>
    public string Name => request.Definition.Name;

    /// <inheritdoc/>
    public string Path => request.Definition.Path;

    /// <inheritdoc/>
    public string? DockerfilePath => null;

    /// <inheritdoc/>
    public IReadOnlyList<BuildCondition> Conditions { get; } = [BuildCondition.Time, BuildCondition.Cache, BuildCondition.Parallelism, BuildCondition.Locale];

    /// <inheritdoc/>
    public async Task<ContainerImage> BuildAsync(IReadOnlyList<BuildCondition> varied, string destination, int number, IReporter reporter, CancellationToken cancellationToken)
    {
        // The usual cache is filled first, so that the build that counts finds everything in it.
        string? cache = varied.Contains(BuildCondition.Cache) ? null : System.IO.Path.Combine(work, number.ToString(CultureInfo.InvariantCulture));
        BuildRequest changed = request with { Destinations = [destination], Tags = [], Workers = varied.Contains(BuildCondition.Parallelism) ? 1 : Math.Max(Environment.ProcessorCount, 3) };
        if (cache is null)
        {
            await builders(null).Builder.BuildAsync(changed, reporter, cancellationToken).ConfigureAwait(false);
        }

        (IBuildImage builder, IDisposable? owned) = builders(cache);
        using IDisposable? own = owned;
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            // It flows with the work: dotless i, commas in numbers, another calendar's months.
            CultureInfo.CurrentCulture = varied.Contains(BuildCondition.Locale) ? CultureInfo.GetCultureInfo("tr-TR") : before;
            return await builder.BuildAsync(changed, reporter, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }
}
