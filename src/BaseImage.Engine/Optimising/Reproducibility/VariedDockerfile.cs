using BaseImage.Ports;

namespace BaseImage.Engine.Optimising.Reproducibility;

/// <summary>
/// A Dockerfile's build through the engine, each step anew but where the cache is what is varied. Containers have another
/// host name in every build anyway.
/// </summary>
internal sealed class VariedDockerfile(
    DockerfileBuildRequest request, IBuildDockerfile builder, Func<DockerfileBuildRequest, CancellationToken, Task<string>> contextAsync, string work, bool keepVolatile) : IVariedBuild
{
    /// <inheritdoc/>
    public string Name => System.IO.Path.GetFileName(System.IO.Path.GetDirectoryName(request.Path)) is { Length: > 0 } folder ? folder : System.IO.Path.GetFileName(request.Path);

    /// <inheritdoc/>
    public string Path => request.Path;

    /// <inheritdoc/>
    public string? DockerfilePath => request.Path;

    /// <inheritdoc/>
    public IReadOnlyList<BuildCondition> Conditions { get; } = Enum.GetValues<BuildCondition>();

    /// <inheritdoc/>
    public async Task<ContainerImage> BuildAsync(IReadOnlyList<BuildCondition> varied, string destination, int number, IReporter reporter, CancellationToken cancellationToken)
    {
        string? context = request.Context;
        if (varied.Contains(BuildCondition.Path) || varied.Contains(BuildCondition.Umask))
        {
            string source = context ?? await contextAsync(request, cancellationToken).ConfigureAwait(false);
            source = source.Length > 0 ? source : System.IO.Path.GetDirectoryName(request.Path)!;
            context = System.IO.Path.Combine(work, $"context {number} ä");
            Copy(source, context, varied.Contains(BuildCondition.Umask), cancellationToken);
        }

        return await builder.BuildAsync(
            request with
            {
                Context = context,
                Destinations = [destination],
                Tags = [],
                NoCache = !varied.Contains(BuildCondition.Cache),
                Variation = new BuildVariation
                {
                    TimeZone = varied.Contains(BuildCondition.TimeZone) ? "Pacific/Kiritimati" : null,
                    Locale = varied.Contains(BuildCondition.Locale) ? "tr_TR.UTF-8" : null,
                    ContextOrder = varied.Contains(BuildCondition.FileOrder) ? number : null,
                    Processors = varied.Contains(BuildCondition.Parallelism) ? "0" : null,
                    KeepVolatile = keepVolatile,
                },
            }, reporter, cancellationToken).ConfigureAwait(false);
    }

    // Times become those of the copying, as in a fresh checkout.
    private static void Copy(string from, string to, bool otherUmask, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(to);
        foreach (FileSystemInfo entry in new DirectoryInfo(from).EnumerateFileSystemInfos())
        {
            cancellationToken.ThrowIfCancellationRequested();
            string target = System.IO.Path.Combine(to, entry.Name);
            if (entry.LinkTarget is { } link)
            {
                File.CreateSymbolicLink(target, link);
                continue;
            }

            if (entry is DirectoryInfo)
            {
                Copy(entry.FullName, target, otherUmask, cancellationToken);
            }
            else
            {
                File.Copy(entry.FullName, target);
            }

            if (otherUmask && !OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(target, File.GetUnixFileMode(target) & (UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute));
            }
        }
    }
}
