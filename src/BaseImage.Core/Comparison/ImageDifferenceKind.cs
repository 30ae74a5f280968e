namespace BaseImage;

/// <summary>What differs, the worst first. Up to <see cref="Config"/> a difference makes images Different, after it Equivalent.</summary>
public enum ImageDifferenceKind
{
    /// <summary>One of the images has no such platform, or the images are of two platforms.</summary>
    Platform,

    /// <summary>A package is in one image alone, or in another version.</summary>
    Package,

    /// <summary>A file is in one image alone.</summary>
    File,

    /// <summary>A file is of another kind: a link here, a directory there; or a device has other numbers.</summary>
    Type,

    /// <summary>A regular file has other bytes.</summary>
    Content,

    /// <summary>A symbolic link leads elsewhere, or a hard link belongs to another file.</summary>
    Link,

    /// <summary>Permission, set-id or sticky bits differ.</summary>
    Mode,

    /// <summary>The owner or the group differs.</summary>
    Owner,

    /// <summary>An extended attribute, such as a file's capabilities, differs.</summary>
    Xattr,

    /// <summary>How a container starts differs; labels that only describe (<c>org.opencontainers.image.*</c>) do not count.</summary>
    Config,

    /// <summary>A layer has another digest, or there are more of them; the files may be the same.</summary>
    Layer,

    /// <summary>A step of the history differs.</summary>
    History,

    /// <summary>A file was changed at another time.</summary>
    Time,

    /// <summary>Something in the documents that no container sees: creation time, author, annotations, media types.</summary>
    Metadata,
}

/// <summary>Which image has something.</summary>
public enum ImageDifferenceChange
{
    /// <summary>Both have it, each in its own way.</summary>
    Changed,

    /// <summary>The difference image alone has it.</summary>
    Added,

    /// <summary>The reference image alone has it.</summary>
    Removed,
}
