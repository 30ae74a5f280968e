namespace BaseImage;

/// <summary>What a thing in the cache is.</summary>
public enum CacheEntryKind
{
    /// <summary>A package's archive, as a mirror gave it.</summary>
    Package,

    /// <summary>A package index of an archive.</summary>
    Index,

    /// <summary>What a package ships, so that it need not be unpacked to plan an image.</summary>
    Listing,

    /// <summary>A piece of a layer: one package's files, compressed.</summary>
    Fragment,

    /// <summary>The digests of a layer that was put together of fragments.</summary>
    Layer,

    /// <summary>What was learnt about something that is no longer in the cache, or is not for people.</summary>
    Metadata,

    /// <summary>A download that was broken off and will be gone on with.</summary>
    PartialDownload,

    /// <summary>A temporary file of a command that runs now.</summary>
    Temporary,

    /// <summary>Content that nothing in the cache names.</summary>
    Other,
}

/// <summary>What is known of an entry's soundness.</summary>
public enum CacheEntryStatus
{
    /// <summary>Nobody has looked.</summary>
    Unchecked,

    /// <summary>Its bytes are what its digest promises.</summary>
    Sound,

    /// <summary>Its bytes are not what its digest promises; it will be made again when it is needed.</summary>
    Damaged,
}

/// <summary>One thing in the cache. Any of them may be removed at any time: it is fetched or made again when needed.</summary>
public sealed record CacheEntry
{
    /// <summary>What it is.</summary>
    public required CacheEntryKind Kind { get; init; }

    /// <summary>Its name in words, for instance <c>libc6 2.36-9+deb12u10 (amd64)</c>; empty where nothing tells.</summary>
    public string Name { get; init; } = "";

    /// <summary>The digest of its content, or for a partial download of what it is to become; empty where it has none.</summary>
    public Digest Digest { get; init; }

    /// <summary>The bytes that removing it frees.</summary>
    public long Size { get; init; }

    /// <summary>When it came into the cache.</summary>
    public DateTimeOffset Created { get; init; }

    /// <summary>When a command last used it, to the minute.</summary>
    public DateTimeOffset LastUsed { get; init; }

    /// <summary>What is known of its soundness.</summary>
    public CacheEntryStatus Status { get; init; }

    /// <summary>True while a command that runs now has used it.</summary>
    public bool InUse { get; init; }

    /// <summary>Its file.</summary>
    public required string Path { get; init; }

    /// <summary><see cref="Name"/>, or else the digest.</summary>
    public override string ToString() => Name.Length > 0 ? Name : Digest.IsEmpty ? Path : Digest.ToString();
}
