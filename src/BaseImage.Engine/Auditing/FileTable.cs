using BaseImage.Engine.Auditing.Contents;

namespace BaseImage.Engine.Auditing;

/// <summary>Files in an array, with a table of their paths' hashes.</summary>
internal sealed class FileTable : FileStore
{
    private readonly ImageFile[] _files;
    private readonly ContentFacts?[] _contents;
    private readonly int[] _buckets;
    private readonly int[] _next;

    /// <summary>Makes a table of files that are in order already.</summary>
    /// <param name="files">The files, in ordinal order of paths.</param>
    /// <param name="contents">What the content of each gave; null for what is not a regular file.</param>
    public FileTable(ImageFile[] files, ContentFacts?[] contents)
    {
        (_files, _contents) = (files, contents);
        _buckets = new int[(files.Length * 4 / 3) + 1];
        _next = new int[files.Length];
        Array.Fill(_buckets, -1);
        for (int i = 0; i < files.Length; i++)
        {
            ref int bucket = ref _buckets[Bucket(files[i].Path)];
            (_next[i], bucket) = (bucket, i);
        }
    }

    /// <summary>Makes a table of files in any order, and of contents by path.</summary>
    public static FileTable Of(IEnumerable<ImageFile> files, IReadOnlyDictionary<string, ContentFacts>? contents)
    {
        ImageFile[] all = [.. files.OrderBy(file => file.Path, StringComparer.Ordinal)];
        return new FileTable(all, [.. all.Select(file => contents?.GetValueOrDefault(file.Path))]);
    }

    /// <summary>Makes a table of files in any order.</summary>
    public static FileTable Of(IEnumerable<(ImageFile File, ContentFacts? Content)> files)
    {
        (ImageFile File, ContentFacts? Content)[] all = [.. files.OrderBy(pair => pair.File.Path, StringComparer.Ordinal)];
        return new FileTable(Array.ConvertAll(all, pair => pair.File), Array.ConvertAll(all, pair => pair.Content));
    }

    /// <inheritdoc/>
    public override IReadOnlyList<ImageFile> All => _files;

    /// <inheritdoc/>
    public override ImageFile? Find(ReadOnlySpan<char> path)
    {
        for (int i = _buckets[Bucket(path)]; i >= 0; i = _next[i])
        {
            if (path.SequenceEqual(_files[i].Path))
            {
                return _files[i];
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public override ContentFacts? Content(ImageFile file)
    {
        ContentFacts? found = null;
        for (int i = _buckets[Bucket(file.Path)]; i >= 0; i = _next[i])
        {
            if (ReferenceEquals(_files[i], file))
            {
                return _contents[i];
            }

            found ??= _files[i].Path == file.Path ? _contents[i] : null;
        }

        return found;
    }

    // Strings' own hash is random in each process: nobody can make an image whose paths all meet.
    private int Bucket(ReadOnlySpan<char> path) => (int)((uint)string.GetHashCode(path, StringComparison.Ordinal) % (uint)_buckets.Length);
}
