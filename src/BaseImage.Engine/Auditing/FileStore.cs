using BaseImage.Engine.Auditing.Contents;

namespace BaseImage.Engine.Auditing;

/// <summary>The files of an image in ordinal order of their paths, each with what its content gave, and found by path.</summary>
internal abstract class FileStore
{
    /// <summary>Every file, in ordinal order of paths.</summary>
    public abstract IReadOnlyList<ImageFile> All { get; }

    /// <summary>The file at a path, links not followed; of several whose names are written alike the last.</summary>
    public abstract ImageFile? Find(ReadOnlySpan<char> path);

    /// <summary>What the content of a file gave; null for what is not a regular file.</summary>
    public abstract ContentFacts? Content(ImageFile file);
}

/// <summary>The files of an image that has most of them in common with a lower one: what it adds or changes, and what it lacks of the lower.</summary>
/// <param name="lower">The lower files.</param>
/// <param name="changed">What is added, or stands for a lower file of the same path.</param>
/// <param name="replaced">Lower files that are no longer there as they were.</param>
internal sealed class FileOverlay(FileStore lower, FileTable changed, IReadOnlySet<ImageFile> replaced) : FileStore
{
    private readonly Lazy<IReadOnlyList<ImageFile>> _all = new(() => Merge(lower.All, changed.All, replaced));

    /// <inheritdoc/>
    public override IReadOnlyList<ImageFile> All => _all.Value;

    /// <inheritdoc/>
    public override ImageFile? Find(ReadOnlySpan<char> path)
        => changed.Find(path) ?? (lower.Find(path) is { } file && !replaced.Contains(file) ? file : null);

    /// <inheritdoc/>
    public override ContentFacts? Content(ImageFile file) => changed.Find(file.Path) is not null ? changed.Content(file) : lower.Content(file);

    private static ImageFile[] Merge(IReadOnlyList<ImageFile> lower, IReadOnlyList<ImageFile> changed, IReadOnlySet<ImageFile> replaced)
    {
        if (changed.Count == 0 && replaced.Count == 0 && lower is ImageFile[] same)
        {
            return same;
        }

        List<ImageFile> all = new(lower.Count + changed.Count);
        int next = 0;
        foreach (ImageFile file in lower)
        {
            while (next < changed.Count && string.CompareOrdinal(changed[next].Path, file.Path) < 0)
            {
                all.Add(changed[next++]);
            }

            if (!replaced.Contains(file))
            {
                all.Add(file);
            }
        }

        all.AddRange(changed.Skip(next));
        return [.. all];
    }
}
