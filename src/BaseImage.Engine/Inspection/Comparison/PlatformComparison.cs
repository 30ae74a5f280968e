using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>What a comparison needs beside the two images.</summary>
/// <param name="Known">Layers that were read before.</param>
/// <param name="Cache">Where bytes that differ wait; opened when needed.</param>
/// <param name="Safe">Masks secrets and control characters in texts of an image.</param>
/// <param name="Dockerfile">The Dockerfile of the difference image; null for none.</param>
/// <param name="Kinds">The kinds to list; empty for all.</param>
/// <param name="Limit">How many to list at most.</param>
/// <param name="Reporter">Takes progress and warnings.</param>
internal sealed record ComparisonContext(IKnownLayers Known, Func<ContentCache> Cache, Func<string, string> Safe, IMapHistory? Dockerfile, IReadOnlyList<ImageDifferenceKind> Kinds, int Limit, IReporter Reporter);

/// <summary>
/// Compares one platform of two images: by digests as far as they go, then by merged files, then by the bytes of what differs.
/// </summary>
internal sealed class PlatformComparison(ComparedSide left, ComparedSide right, ComparisonContext context)
{
    private const string Activity = "Comparing images";

    private ComparisonBasis _basis = ComparisonBasis.Digest;
    private int _shared;
    private long _added, _saved;

    /// <summary>Compares.</summary>
    internal static async Task<ImageComparison> RunAsync(ComparedSide left, ComparedSide right, ComparisonContext context, CancellationToken cancellationToken)
    {
        if (AreIdentical(left, right))
        {
            return new PlatformComparison(left, right, context).Result(null, ComparisonVerdict.Identical);
        }

        ComparedSide[] whole = await Task.WhenAll(left.CompleteAsync(cancellationToken), right.CompleteAsync(cancellationToken)).ConfigureAwait(false);
        return AreIdentical(whole[0], whole[1]) ? new PlatformComparison(whole[0], whole[1], context).Result(null, ComparisonVerdict.Identical)
            : await new PlatformComparison(whole[0], whole[1], context).CompareAsync(cancellationToken).ConfigureAwait(false);
    }

    // A config holds its layers' diffIDs. Where both places keep manifests, these have a say too.
    private static bool AreIdentical(ComparedSide left, ComparedSide right)
        => left.Manifest.Descriptor is { } a && right.Manifest.Descriptor is { } b ? a.Digest == b.Digest
            : left.Manifest.ConfigDescriptor.Digest == right.Manifest.ConfigDescriptor.Digest
                || (!left.Image.RepositoryDigest.IsEmpty && left.Image.RepositoryDigest == right.Manifest.Descriptor?.Digest)
                || (!right.Image.RepositoryDigest.IsEmpty && right.Image.RepositoryDigest == left.Manifest.Descriptor?.Digest);

    private async Task<ImageComparison> CompareAsync(CancellationToken cancellationToken)
    {
        _shared = left.DiffIds.Zip(right.DiffIds).TakeWhile(pair => pair.First == pair.Second).Count();
        bool sameFiles = left.DiffIds.SequenceEqual(right.DiffIds), readable = left.Manifest.Platform.Os != "windows" && right.Manifest.Platform.Os != "windows";
        DifferenceList list = sameFiles || !readable ? Documents(readable)
            : await FragmentsAsync(cancellationToken).ConfigureAwait(false) ?? await ContentsAsync(cancellationToken).ConfigureAwait(false);
        if (list.Found.Count == 0)
        {
            list.Add(new ImageDifference
            {
                Kind = ImageDifferenceKind.Metadata,
                Path = "config",
                ReferenceValue = left.Digest.ToString(),
                DifferenceValue = right.Digest.ToString(),
                IsSignificant = false,
                Message = "The documents say the same in other bytes: key order, white space, or what no container sees.",
            });
        }

        return Result(list, list.HasSignificant ? ComparisonVerdict.Different : ComparisonVerdict.Equivalent);
    }

    private DifferenceList Documents(bool filesAreRead)
    {
        DifferenceList list = new(
            right.Manifest.Platform,
            new LayerSteps(left.Manifest.Config.History, left.DiffIds.Count, null),
            new LayerSteps(right.Manifest.Config.History, right.DiffIds.Count, context.Dockerfile),
            context.Safe);
        ConfigDifferences.Find(left, right, list);
        DocumentDifferences.Layers(left, right, filesAreRead, list);
        DocumentDifferences.History(left, right, list);
        DocumentDifferences.Manifests(left, right, list);
        return list;
    }

    // What a list of fragments says can make images different and nothing else: where it finds no difference that counts, or
    // does not hold, every file is read.
    private async Task<DifferenceList?> FragmentsAsync(CancellationToken cancellationToken)
    {
        if (!FragmentLayers.TryReduce(left, right, out (ComparedSide Left, ComparedSide Right)? reduced))
        {
            return null;
        }

        DifferenceList list = Documents(filesAreRead: true);
        int documents = list.Found.Count;
        try
        {
            await FilesAsync(reduced.Value.Left, reduced.Value.Right, list, cancellationToken).ConfigureAwait(false);
        }
        catch (ImageBlobCorruptException)
        {
            return null;
        }

        _basis = ComparisonBasis.Fragments;
        return list.Found.Skip(documents).Any(found => found.IsSignificant) ? list : null;
    }

    private async Task<DifferenceList> ContentsAsync(CancellationToken cancellationToken)
    {
        _basis = ComparisonBasis.Content;
        DifferenceList list = Documents(filesAreRead: true);
        await FilesAsync(left, right, list, cancellationToken).ConfigureAwait(false);
        return list;
    }

    private async Task FilesAsync(ComparedSide reference, ComparedSide difference, DifferenceList list, CancellationToken cancellationToken)
    {
        context.Reporter.Progress(new ProgressUpdate(Activity, $"{left.Reference} and {right.Reference}", 0, 0));
        MergedFileSystem[] files = await Task.WhenAll(reference.ReadAsync(_shared, context.Known, cancellationToken), difference.ReadAsync(_shared, context.Known, cancellationToken)).ConfigureAwait(false);
        TreeDifferences tree = null!;
        IReadOnlySet<string> changed = null!;
        await Task.Run(
            () =>
            {
                PackageDatabase before = new(files[0], left.Reference, left.Manifest.Platform), after = new(files[1], right.Reference, right.Manifest.Platform);
                changed = Packages(before, after, list);
                tree = TreeDifferences.Find(files[0], files[1], before.OwnerOf, after.OwnerOf, list, cancellationToken);
            },
            cancellationToken).ConfigureAwait(false);
        (_added, _saved) = (tree.Added, tree.Saved);
        if (tree.Contents.Count == 0 || !IsAsked(ImageDifferenceKind.Content))
        {
            ContentDifferences.Tell(tree, list);
        }
        else
        {
            context.Reporter.Progress(new ProgressUpdate(Activity, $"{tree.Contents.Count} files that differ", 0, 0));
            using ContentSpool first = await ContentSpool.TakeAsync(reference, tree.Contents.Select(pair => pair.Left), context.Cache().NewTemporaryPath(), cancellationToken).ConfigureAwait(false);
            using ContentSpool second = await ContentSpool.TakeAsync(difference, tree.Contents.Select(pair => pair.Right), context.Cache().NewTemporaryPath(), cancellationToken).ConfigureAwait(false);
            await Task.Run(() => ContentDifferences.Explain(tree, first, second, changed, list, cancellationToken), cancellationToken).ConfigureAwait(false);
        }

        context.Reporter.Progress(new ProgressUpdate(Activity, "", 0, 0, Completed: true));
    }

    // A package database that is damaged is itself a file that may differ; the others are compared all the same.
    private IReadOnlySet<string> Packages(PackageDatabase before, PackageDatabase after, DifferenceList list)
    {
        try
        {
            return PackageDifferences.Find(before.Packages, after.Packages, list);
        }
        catch (BaseImageException e)
        {
            context.Reporter.Warning($"Packages are not compared: {e.Message}");
            return new HashSet<string>();
        }
    }

    private bool IsAsked(ImageDifferenceKind kind) => context.Kinds.Count == 0 || context.Kinds.Contains(kind);

    private ImageComparison Result(DifferenceList? list, ComparisonVerdict verdict)
    {
        ImageDifference[] asked = list is null ? [] : [.. list.Sorted().Where(found => IsAsked(found.Kind))];
        if (asked.Length > context.Limit)
        {
            context.Reporter.Warning(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{asked.Length - context.Limit} of {asked.Length} differences are not listed; -Kind and -MaximumDifference choose."));
        }

        return Result(list, verdict, asked);
    }

    private ImageComparison Result(DifferenceList? list, ComparisonVerdict verdict, ImageDifference[] asked) => new()
    {
        ReferenceImage = left.Reference,
        DifferenceImage = right.Reference,
        Platform = right.Manifest.Platform,
        Verdict = verdict,
        Basis = _basis,
        ReferenceDigest = left.Digest,
        DifferenceDigest = right.Digest,
        SizeAdded = _added,
        SizeSaved = _saved,
        SharedLayers = verdict is ComparisonVerdict.Identical ? left.DiffIds.Count : _shared,
        Summary = list is null ? "" : ImageComparison.Summarize(list.Found),
        Differences = [.. asked.Take(context.Limit)],
        DifferencesOmitted = Math.Max(0, asked.Length - context.Limit),
    };
}
