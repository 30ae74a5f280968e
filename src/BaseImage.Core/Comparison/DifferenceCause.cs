namespace BaseImage;

/// <summary>Why two builds differ, as far as the bytes show it.</summary>
public enum DifferenceCause
{
    /// <summary>Nothing known explains it.</summary>
    Unknown,

    /// <summary>The time of the build.</summary>
    Timestamp,

    /// <summary>The build's time zone.</summary>
    TimeZone,

    /// <summary>The folder in which it was built.</summary>
    BuildPath,

    /// <summary>A random number, id or key made while building.</summary>
    RandomId,

    /// <summary>The name of the host that built it.</summary>
    HostName,

    /// <summary>The build's language and sorting rules.</summary>
    Locale,

    /// <summary>The same parts in another order.</summary>
    Order,

    /// <summary>The build's umask.</summary>
    Umask,

    /// <summary>The user, or the settings, of the build host.</summary>
    BuildHost,

    /// <summary>Compiled Python that holds its source's time, or its hash.</summary>
    ByteCode,

    /// <summary>The time, name or system in a gzip header.</summary>
    GzipHeader,

    /// <summary>The same data from another compressor or level.</summary>
    Compression,

    /// <summary>Times of members inside an ar, tar, zip or Java archive.</summary>
    ArchiveTimes,

    /// <summary>Owners or modes of members inside an archive.</summary>
    ArchiveOwners,

    /// <summary>The build id of a linker, and nothing else.</summary>
    BuildId,

    /// <summary>Another version of a compiler or another tool.</summary>
    Toolchain,

    /// <summary>Another version of a package.</summary>
    PackageVersion,

    /// <summary>A package index of another day.</summary>
    PackageIndex,

    /// <summary>A log of the build.</summary>
    Log,

    /// <summary>A cache that a tool makes again, with times or inode numbers of the build.</summary>
    Cache,

    /// <summary>Line ends of Windows and of Linux.</summary>
    LineEndings,
}
