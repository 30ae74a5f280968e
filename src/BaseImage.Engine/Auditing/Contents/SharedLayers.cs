using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// Layers that several images have in common, merged and looked at once. What an image puts on top costs what it changes;
/// what is made of the shared files (and what rules say of them) is shared too (docs/decisions/0014). A property test
/// holds this against merging each image by itself.
/// </summary>
internal sealed class SharedLayers
{
    private readonly MergedFileSystem _merged;
    private readonly PackageClaims _claims;
    private readonly List<StoredFile> _stored;
    private readonly FileFacts _facts;
    private readonly Dictionary<LayerPath, ImageFile> _files;
    private readonly int _layers;

    private SharedLayers(LayerMerge merge, PackageClaims claims, IReadOnlyList<(MergedFile Merged, ImageFile File)> files, FileFacts facts, int layers)
    {
        (_merged, _claims, _stored, _facts, _layers) = (merge.Files, claims, merge.Stored, facts, layers);
        _files = files.ToDictionary(pair => pair.Merged.Path, pair => pair.File);
    }

    /// <summary>Merges layers; null where they cannot be shared, and each image has to be merged by itself.</summary>
    public static SharedLayers? Of(IReadOnlyList<LayerFacts> layers, CancellationToken cancellation)
    {
        try
        {
            LayerMerge merge = new();
            PackageClaims claims = new();
            merge.Apply(layers, 0, i => $"layer {i}", cancellation);
            PackageDatabase database = new(merge.Files, "", Platform.LinuxAmd64, claims);
            (IReadOnlyList<(MergedFile, ImageFile)> files, FileFacts facts) = merge.Complete(database, layers.Count);
            return claims.IsUnclear ? null : new SharedLayers(merge, claims, files, facts, layers.Count);
        }
        catch (BaseImageException)
        {
            // Whoever merges the image by itself says what is wrong with it.
            return null;
        }
    }

    /// <summary>The files of an image with further layers; null where these change what is shared, and it has to be merged by itself.</summary>
    /// <param name="layers">All of the image's layers.</param>
    /// <param name="name">What errors call a layer.</param>
    /// <param name="cancellation">Stops it.</param>
    public (FileFacts Facts, MergedFileSystem Merged)? With(IReadOnlyList<LayerFacts> layers, Func<int, string> name, CancellationToken cancellation)
    {
        LayerMerge merge = new(_merged.Fork());
        merge.Apply(layers, _layers, name, cancellation);
        List<(ImageFile File, ContentFacts? Content)> changed = [];
        HashSet<MergedFileBody> own = [];
        HashSet<ImageFile> replaced = new(ReferenceEqualityComparer.Instance);
        bool isHiding = false;
        foreach ((MergedFile? before, MergedFile? after) in merge.Files.Changes(_merged))
        {
            if (_claims.IsLedBy(before, after))
            {
                return null;
            }

            if (before is not null)
            {
                isHiding |= before.Body.Known is not null;
                replaced.Add(_files[before.Path]);
            }

            if (after is not null)
            {
                changed.Add((InspectedImage.Describe(after, after.IsDirectory ? "" : _claims.OwnerOf(after.Path)), after.Body.Known as ContentFacts));
                own.Add(after.Body);
            }
        }

        // Of paths that are written alike (a control character and its escape) nobody can say which is which.
        if (changed.Select(pair => pair.File).Concat(replaced).Any(file => file.Path.Contains(@"\x", StringComparison.Ordinal)))
        {
            return null;
        }

        isHiding |= merge.Stored.Exists(file => !own.Contains(file.Body)) || HidesAgain(merge.Stored);
        LayerUse use = isHiding ? LayerUse.Of(layers.Count, [.. _stored, .. merge.Stored], merge.Visible()) : _facts.Use.With(merge.Sizes(_layers, layers.Count));
        FileTable table = FileTable.Of(changed);
        return (new FileFacts(new FileOverlay(_facts.Store, table, replaced), merge.Secrets.Count == 0 ? _facts.Secrets : [.. _facts.Secrets, .. merge.Secrets], use)
        {
            Shared = _facts,
            Changed = table.All,
            Replaced = [.. replaced],
            HasOwnSecrets = merge.Secrets.Count > 0,
        }, merge.Files);
    }

    // A path that is gone in the shared layers counts otherwise once it is there again.
    private bool HidesAgain(List<StoredFile> stored)
        => _facts.Use.Hidden.Count > 0 && _facts.Use.Hidden.Select(file => file.Path).Intersect(stored.Select(file => file.File.ToString()), StringComparer.Ordinal).Any();
}
