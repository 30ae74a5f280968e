using System.Globalization;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Optimising.Reproducibility;

/// <summary>
/// Builds the same thing again and again under other conditions, into layouts of its own, and has what differs explained. The
/// first build starts from nothing: no cache of the builder's or of ours.
/// </summary>
/// <param name="definitions">Builds definitions with the cache in a folder, null for the usual one; what comes beside it is disposed of afterwards.</param>
/// <param name="dockerfiles">Builds Dockerfiles.</param>
/// <param name="contextAsync">The context's folder as a Dockerfile's settings have it; empty for none.</param>
/// <param name="comparer">Explains differences.</param>
/// <param name="temporary">Gives a path for a temporary folder.</param>
internal sealed class ReproducibilityTester(
    Func<string?, (IBuildImage Builder, IDisposable? Owned)> definitions,
    IBuildDockerfile dockerfiles,
    Func<DockerfileBuildRequest, CancellationToken, Task<string>> contextAsync,
    ICompareImages comparer,
    Func<string> temporary) : ITestReproducibility
{
    private const string Activity = "Testing reproducibility";

    /// <inheritdoc/>
    public async Task<ReproducibilityResult> TestAsync(ReproducibilityRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        string folder = request.DestinationPath ?? temporary();
        string work = temporary();
        try
        {
            Directory.CreateDirectory(work);
            IVariedBuild build = request.Definition is { } definition ? new VariedDefinition(definition, definitions, work)
                : new VariedDockerfile(request.Dockerfile ?? throw new ArgumentException("Nothing to build.", nameof(request)), dockerfiles, contextAsync, work, request.KeepVolatile);
            foreach (BuildCondition condition in request.Vary.Where(condition => !build.Conditions.Contains(condition)))
            {
                throw new ConditionNotVariedException(build.Path, condition, build.Conditions);
            }

            return await new Run(build, comparer, folder, reporter).TestAsync(request, cancellationToken).ConfigureAwait(false) with { DestinationPath = request.DestinationPath ?? "" };
        }
        finally
        {
            Delete(work);
            if (request.DestinationPath is null)
            {
                Delete(folder);
            }
        }
    }

    private static void Delete(string folder)
    {
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private sealed class Run(IVariedBuild build, ICompareImages comparer, string folder, IReporter reporter)
    {
        private readonly List<ReproducibilityBuild> _builds = [];
        private readonly List<ReproducibilityDifference> _differences = [];
        private ContainerImage? _first;

        public async Task<ReproducibilityResult> TestAsync(ReproducibilityRequest request, CancellationToken cancellationToken)
        {
            await BuildAsync([], cancellationToken).ConfigureAwait(false);
            for (int i = 0; i < request.Repeat; i++)
            {
                await BuildAsync([], cancellationToken).ConfigureAwait(false);
            }

            if (request.Vary.Count == 0 && await BuildAsync(build.Conditions, cancellationToken).ConfigureAwait(false))
            {
                return Result();
            }

            foreach (BuildCondition condition in request.Vary.Count == 0 ? build.Conditions : [.. request.Vary.Distinct()])
            {
                await BuildAsync([condition], cancellationToken).ConfigureAwait(false);
            }

            return Result();
        }

        private async Task<bool> BuildAsync(IReadOnlyList<BuildCondition> varied, CancellationToken cancellationToken)
        {
            int number = _builds.Count + 1;
            string words = varied.Count == 0 ? "nothing" : string.Join(", ", varied);
            reporter.Progress(new ProgressUpdate(Activity, $"{build.Name}: build {number}, varied: {words}", number, 0));
            if (varied.Contains(BuildCondition.Time))
            {
                // Past the next second, so that times which are kept in seconds differ too.
                await Task.Delay(TimeSpan.FromSeconds(2.1), cancellationToken).ConfigureAwait(false);
            }

            string layout = $"oci:{Path.Combine(folder, number.ToString(CultureInfo.InvariantCulture))}:latest";
            ContainerImage image = await build.BuildAsync(varied, layout, number, reporter, cancellationToken).ConfigureAwait(false);
            _first ??= image;
            bool same = image.Digest == _first.Digest;
            _builds.Add(new ReproducibilityBuild(number, varied, image.Digest, same));
            if (!same)
            {
                await foreach (ImageComparison comparison in comparer.CompareAsync(
                    new ComparisonRequest { ReferenceImage = _first.Reference, DifferenceImage = image.Reference, DockerfilePath = build.DockerfilePath }, reporter, cancellationToken).ConfigureAwait(false))
                {
                    _differences.AddRange(comparison.Differences.Select(difference => new ReproducibilityDifference(number, words, difference)));
                }
            }

            return same;
        }

        private ReproducibilityResult Result()
        {
            reporter.Progress(new ProgressUpdate(Activity, "", 1, 1, Completed: true));
            return new ReproducibilityResult
            {
                Name = build.Name,
                Path = build.Path,
                IsReproducible = _builds.TrueForAll(one => one.IsSame),
                Digest = _first!.Digest,
                Builds = _builds,
                Differences = _differences,
            };
        }
    }
}
