using System.Runtime.CompilerServices;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>Compares images of any two places, platform by platform.</summary>
/// <param name="paths">Where the store is.</param>
/// <param name="engines">The way to a container engine; null for the one that is meant without a word.</param>
/// <param name="known">Layers that were read before.</param>
/// <param name="cache">Where bytes that differ wait; opened when needed.</param>
/// <param name="safe">Masks secrets and control characters in texts of an image.</param>
/// <param name="readDockerfile">Reads a Dockerfile, so that layers are known by its lines.</param>
internal sealed class ImageComparer(
    Func<BaseImagePaths> paths,
    Func<EngineAddress?, EngineImages> engines,
    IKnownLayers known,
    Func<ContentCache> cache,
    Func<string, string> safe,
    Func<string, CancellationToken, Task<IMapHistory>> readDockerfile) : ICompareImages
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ImageComparison> CompareAsync(ComparisonRequest request, IReporter reporter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IMapHistory? dockerfile = request.DockerfilePath is { } path ? await readDockerfile(path, cancellationToken).ConfigureAwait(false) : null;
        ComparisonContext context = new(known, cache, safe, dockerfile, request.Kinds, request.Limit, reporter);

        // Two images of one engine come in one export, with what they share once.
        EngineImages engine = engines(null);
        using IDisposable batch = engine.Gather(request.ReferenceEngine is null ? [request.ReferenceImage, request.DifferenceImage] : []);
        IImageSource first = await OpenAsync(request.ReferenceImage, request.ReferenceEngine is { } other ? engines(other) : engine, cancellationToken).ConfigureAwait(false);
        await using (first.ConfigureAwait(false))
        {
            IImageSource second = await OpenAsync(request.DifferenceImage, engine, cancellationToken).ConfigureAwait(false);
            await using (second.ConfigureAwait(false))
            {
                SourceImage left = await ImageReading.ReadOneAsync(first, cancellationToken).ConfigureAwait(false), right = await ImageReading.ReadOneAsync(second, cancellationToken).ConfigureAwait(false);
                foreach ((SourceManifest? a, SourceManifest? b) in Pair(left.Select(request.Platform), right.Select(request.Platform)))
                {
                    yield return a is not null && b is not null
                        ? await PlatformComparison.RunAsync(new ComparedSide(left, a), new ComparedSide(right, b), context, cancellationToken).ConfigureAwait(false)
                        : Alone(left, a, right, b, request.Kinds);
                }
            }
        }
    }

    private Task<IImageSource> OpenAsync(string reference, EngineImages engine, CancellationToken cancellationToken)
        => ImageSources.OpenAsync(reference.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(reference), paths(), engine, cancellationToken);

    // Images of one platform each are meant to be held against one another, whatever the platforms are.
    private static IEnumerable<(SourceManifest?, SourceManifest?)> Pair(IReadOnlyList<SourceManifest> left, IReadOnlyList<SourceManifest> right)
    {
        if (left.Count == 1 && right.Count == 1)
        {
            yield return (left[0], right[0]);
            yield break;
        }

        List<SourceManifest> open = [.. right];
        foreach (SourceManifest manifest in left)
        {
            SourceManifest? match = open.Find(other => other.Platform == manifest.Platform);
            open.Remove(match!);
            yield return (manifest, match);
        }

        foreach (SourceManifest manifest in open)
        {
            yield return (null, manifest);
        }
    }

    private static ImageComparison Alone(SourceImage left, SourceManifest? a, SourceImage right, SourceManifest? b, IReadOnlyList<ImageDifferenceKind> kinds)
    {
        Platform platform = (a ?? b)!.Platform;
        ImageDifference missing = new()
        {
            Kind = ImageDifferenceKind.Platform,
            Change = a is null ? ImageDifferenceChange.Added : ImageDifferenceChange.Removed,
            Path = platform.ToString(),
            ReferenceValue = a is null ? "" : platform.ToString(),
            DifferenceValue = b is null ? "" : platform.ToString(),
            Message = a is null ? "The reference image has no such platform." : "The difference image has no such platform.",
            Platform = platform,
        };
        return new ImageComparison
        {
            ReferenceImage = left.Pinned.ToString(),
            DifferenceImage = right.Pinned.ToString(),
            Platform = platform,
            Verdict = ComparisonVerdict.Different,
            ReferenceDigest = a?.Descriptor?.Digest ?? a?.ConfigDescriptor.Digest ?? default,
            DifferenceDigest = b?.Descriptor?.Digest ?? b?.ConfigDescriptor.Digest ?? default,
            Summary = ImageComparison.Summarize([missing]),
            Differences = kinds.Count == 0 || kinds.Contains(ImageDifferenceKind.Platform) ? [missing] : [],
        };
    }
}
