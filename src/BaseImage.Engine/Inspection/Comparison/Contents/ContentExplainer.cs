namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>
/// Looks for what made two contents differ: first what is known of the path, then what the format says, then what stands in
/// them as text. Bytes are a stranger's: every reader has limits, and what it cannot read explains nothing. Never throws
/// for any bytes.
/// </summary>
internal sealed class ContentExplainer
{
    /// <summary>The most bytes of a content, or of a member of an archive, that are taken into memory.</summary>
    internal const int MaxBytes = 32 << 20;

    // A package in a tar in a gzip in an ar is as deep as it gets.
    private const int MaxDepth = 5;

    private readonly string _path;
    private readonly ContentView _left, _right;
    private readonly ContentFormat _leftFormat, _rightFormat;
    private readonly string _leftName, _rightName;
    private readonly int _depth;
    private readonly CancellationToken _cancellation;

    /// <summary>Takes two contents.</summary>
    /// <param name="path">The file's absolute path, or the name of an archive's member.</param>
    /// <param name="left">The reference image's.</param>
    /// <param name="right">The difference image's.</param>
    /// <param name="cancellation">Stops it.</param>
    internal ContentExplainer(string path, ContentView left, ContentView right, CancellationToken cancellation)
        : this(path, left, right, 0, cancellation)
    {
    }

    private ContentExplainer(string path, ContentView left, ContentView right, int depth, CancellationToken cancellation)
    {
        (_path, _left, _right, _depth, _cancellation) = (path, left, right, depth, cancellation);
        (_leftFormat, _leftName) = ContentKinds.Of(path, left.Slice(0, ContentKinds.HeadLength), left.Length);
        (_rightFormat, _rightName) = ContentKinds.Of(path, right.Slice(0, ContentKinds.HeadLength), right.Length);
    }

    /// <summary>What the file is, in words; both where the images differ in that.</summary>
    internal string Kind => _leftName == _rightName ? _leftName : $"{(_leftName.Length == 0 ? "data" : _leftName)} and {(_rightName.Length == 0 ? "data" : _rightName)}";

    /// <summary>The likely cause; <see cref="ContentFinding.None"/> where nothing explains it.</summary>
    /// <param name="packagesDiffer">True where packages of the image are of other versions.</param>
    internal ContentFinding Explain(bool packagesDiffer = false)
    {
        _cancellation.ThrowIfCancellationRequested();
        if (KnownPaths.Explain(_path, _left, _right, packagesDiffer) is { IsKnown: true } known)
        {
            return known;
        }

        if (_leftFormat != _rightFormat || _depth > MaxDepth)
        {
            return ContentFinding.None;
        }

        try
        {
            return OfFormat();
        }
        catch (System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            // A line that was made to be slow explains nothing.
            return ContentFinding.None;
        }
    }

    private ContentFinding OfFormat()
        => _leftFormat switch
        {
            ContentFormat.Gzip or ContentFormat.Compressed => CompressedContents.Explain(_left, _right, _leftFormat is ContentFormat.Gzip, Inner, _cancellation),
            ContentFormat.Zip => ArchiveContents.Explain(ZipMembers.Read(_left), ZipMembers.Read(_right), Inner, _cancellation),
            ContentFormat.Ar => ArchiveContents.Explain(ArMembers.Read(_left), ArMembers.Read(_right), Inner, _cancellation),
            ContentFormat.Tar => ArchiveContents.Explain(TarMembers.Read(_left, _cancellation), TarMembers.Read(_right, _cancellation), Inner, _cancellation),
            ContentFormat.ByteCode => ByteCodeContents.Explain(_left, _right, _cancellation),
            ContentFormat.Elf => ElfContents.Explain(_left, _right, _cancellation),
            ContentFormat.Pe => PeContents.Explain(_left, _right, _cancellation),
            ContentFormat.Text => TextContents.Explain(_path, _left, _right, _cancellation),
            _ => DataContents.Explain(_left, _right, _cancellation),
        };

    private ContentFinding Inner(string name, ContentView left, ContentView right)
        => new ContentExplainer(name.Length == 0 ? WithoutSuffix(_path) : name, left, right, _depth + 1, _cancellation).Explain();

    private static string WithoutSuffix(string path)
    {
        int point = path.LastIndexOf('.');
        return point > path.LastIndexOf('/') + 1 ? path[..point] : path;
    }
}
