namespace BaseImage;

/// <summary>
/// What a rule of one's own is given of an image and platform, as <c>$_</c>. Nothing of the image runs; its layers were read
/// once, and all of this comes from that reading.
/// </summary>
public sealed class AuditedImage
{
    private readonly Lazy<IReadOnlyList<ImageFile>> _files;
    private readonly Lazy<IReadOnlyList<ImagePackage>> _packages;
    private readonly Func<string, string?> _read;

    /// <summary>Makes one.</summary>
    /// <param name="files">Lists its files when asked for.</param>
    /// <param name="packages">Lists its packages when asked for.</param>
    /// <param name="read">Reads a small file that was kept; null where it was not.</param>
    public AuditedImage(Func<IReadOnlyList<ImageFile>> files, Func<IReadOnlyList<ImagePackage>> packages, Func<string, string?> read)
        => (_files, _packages, _read) = (new(() => Asked(files)), new(() => Asked(packages)), read);

    /// <summary>The image, pinned by digest, in skopeo's notation.</summary>
    public required string Reference { get; init; }

    /// <summary>Its name without tag and digest.</summary>
    public required string Name { get; init; }

    /// <summary>The platform.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The manifest's digest, or the ImageId where an engine knows no digest.</summary>
    public Digest Digest { get; init; }

    /// <summary>When the image says it was made; null where it does not say.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>How a container of it starts.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>Its history, oldest first.</summary>
    public IReadOnlyList<ImageHistory> History { get; init => field = TextList.Of<ImageHistory>(value); } = TextList.Of<ImageHistory>([]);

    /// <summary>Its files as a container sees them, in ordinal order of paths.</summary>
    public IReadOnlyList<ImageFile> Files => _files.Value;

    /// <summary>Its packages, in ordinal order of names.</summary>
    public IReadOnlyList<ImagePackage> Packages => _packages.Value;

    /// <summary>
    /// What was asked for and could not be given, for instance the packages of a damaged database; null for nothing.
    /// PowerShell takes a property that throws for one that is null, and a rule must not pass for that.
    /// </summary>
    public Exception? Failure { get; private set; }

    /// <summary>
    /// The text of one of the small files that an audit keeps (accounts, os-release, configuration of package managers and
    /// the like), links followed inside the image; null for any other file.
    /// </summary>
    /// <param name="path">An absolute path in the image.</param>
    public string? ReadText(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return _read(path);
    }

    /// <summary><see cref="Reference"/> and <see cref="Platform"/>.</summary>
    public override string ToString() => $"{Reference} ({Platform})";

    private TextList<T> Asked<T>(Func<IReadOnlyList<T>> list)
    {
        try
        {
            return TextList.Of(list());
        }
        catch (Exception exception)
        {
            Failure ??= exception;
            throw;
        }
    }
}
