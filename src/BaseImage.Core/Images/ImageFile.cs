namespace BaseImage;

/// <summary>The kinds of file in a layer.</summary>
public enum ImageFileKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    SymbolicLink,

    /// <summary>A further name of a regular file.</summary>
    HardLink,

    /// <summary>A character device.</summary>
    CharacterDevice,

    /// <summary>A block device.</summary>
    BlockDevice,

    /// <summary>A named pipe.</summary>
    Fifo,
}

/// <summary>A file in an image's merged file system.</summary>
public sealed record ImageFile
{
    /// <summary>Its absolute path; bytes that are not UTF-8, and control characters, are written as <c>\xNN</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its kind.</summary>
    public required ImageFileKind Kind { get; init; }

    /// <summary>Permission, set-id and sticky bits; its text is octal, as <c>4755</c>.</summary>
    public ImageFileMode Mode { get; init; }

    /// <summary>The bits as <c>ls -l</c> prints them.</summary>
    public string Permissions => FileModeText.Format(Kind, Mode);

    /// <summary>The owner.</summary>
    public long Uid { get; init; }

    /// <summary>The group.</summary>
    public long Gid { get; init; }

    /// <summary>Bytes of a regular file's content; 0 for others.</summary>
    public long Size { get; init; }

    /// <summary>Where a link leads, as written.</summary>
    public string? LinkTarget { get; init; }

    /// <summary>When its content last changed.</summary>
    public DateTimeOffset ModifiedTime { get; init; }

    /// <summary>SHA-256 of a regular file's content; empty for others.</summary>
    public Digest Digest { get; init; }

    /// <summary>File capabilities in libcap's words, for instance <c>cap_net_raw=ep</c>; empty for none.</summary>
    public string Capabilities { get; init; } = "";

    /// <summary>The names of its extended attributes.</summary>
    public IReadOnlyList<string> ExtendedAttributes { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The package that ships it; empty for none.</summary>
    public string Package { get; init; } = "";

    /// <summary>The layer that it comes from, counted from 0.</summary>
    public int Layer { get; init; }

    /// <summary>The image, pinned.</summary>
    public string Image { get; init; } = "";

    /// <summary>The image's platform.</summary>
    public Platform? Platform { get; init; }

    /// <summary><see cref="Path"/>.</summary>
    public override string ToString() => Path;
}
