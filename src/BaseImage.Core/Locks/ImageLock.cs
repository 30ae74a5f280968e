namespace BaseImage;

/// <summary>
/// What a definition resolved to: every package by version and SHA-256, every index by SHA-256 and signer.
/// It names archive ids and paths, never hosts.
/// </summary>
public sealed record ImageLock
{
    /// <summary>The lock's file, as a full path; empty for one that was not written.</summary>
    public string Path { get; init; } = "";

    /// <summary>The format's version: 1.</summary>
    public int SchemaVersion { get; init; } = 1;

    /// <summary>The image's name.</summary>
    public required string Name { get; init; }

    /// <summary>The digest of the definition's parsed model.</summary>
    public required Digest DefinitionDigest { get; init; }

    /// <summary>When the indexes were read, to the second, UTC: the time that a snapshot archive is asked for.</summary>
    public required DateTimeOffset SnapshotTime { get; init; }

    /// <summary>The newest time that may appear in the image: the newest signed index's Date at the last change of packages.</summary>
    public required DateTimeOffset Epoch { get; init; }

    /// <summary>The time that Valid-Until was judged at, where <c>-AsOf</c> was used.</summary>
    public DateTimeOffset? AsOf { get; init; }

    /// <summary>The codec and its pinned version, for instance <c>SharpCompress/0.50.8</c>: another version may give other blobs of the same diffID.</summary>
    public required string Compressor { get; init; }

    /// <summary>Every index the packages came from.</summary>
    public required IReadOnlyList<LockedIndex> Indexes { get; init => field = TextList.Of<LockedIndex>(value); }

    /// <summary>One entry a platform, in ordinal order.</summary>
    public required IReadOnlyList<LockedPlatform> Platforms { get; init => field = TextList.Of<LockedPlatform>(value); }

    /// <summary>What was left out, and why.</summary>
    public IReadOnlyDictionary<string, string> Without { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>The folder with the signed index files: the lock's name with <c>.d</c> for <c>.json</c>.</summary>
    public string IndexFolder => System.IO.Path.ChangeExtension(Path, ".d");
}

/// <summary>A suite's signed Release file and the package indexes that were read by it.</summary>
public sealed record LockedIndex
{
    /// <summary>The archive's id.</summary>
    public required string Archive { get; init; }

    /// <summary>The suite, as the definition names it.</summary>
    public required string Suite { get; init; }

    /// <summary>The Release file's path under the archive's root: <c>dists/SUITE/InRelease</c> or <c>dists/SUITE/Release</c>.</summary>
    public required string Path { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required Digest Sha256 { get; init; }

    /// <summary>Its Date.</summary>
    public required DateTimeOffset Date { get; init; }

    /// <summary>Its Valid-Until; null where it has none.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>The fingerprint of the key that signed it; empty for a checksums-only archive.</summary>
    public string Signer { get; init; } = "";

    /// <summary>The package indexes that were read, in ordinal order of their paths.</summary>
    public required IReadOnlyList<LockedPackageIndex> PackageIndexes { get; init => field = TextList.Of<LockedPackageIndex>(value); }
}

/// <summary>A Packages file.</summary>
/// <param name="Path">Its path under <c>dists/SUITE/</c>, for instance <c>main/binary-amd64/Packages.xz</c>.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Its SHA-256, as the signed Release file gives it.</param>
public sealed record LockedPackageIndex(string Path, long Size, Digest Sha256);

/// <summary>A platform's packages.</summary>
/// <param name="Platform">The platform.</param>
/// <param name="Packages">Its packages, in ordinal order of name, then architecture.</param>
public sealed record LockedPlatform(Platform Platform, IReadOnlyList<LockedPackage> Packages)
{
    /// <summary>The manifest of the image that it is built on; empty for none.</summary>
    public Digest BaseManifest { get; init; }
}

/// <summary>A locked package.</summary>
public sealed record LockedPackage
{
    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required PackageVersion Version { get; init; }

    /// <summary>Its architecture, <c>all</c> included.</summary>
    public required string Architecture { get; init; }

    /// <summary>The archive's id.</summary>
    public required string Archive { get; init; }

    /// <summary>Its path under the archive's root.</summary>
    public required string Path { get; init; }

    /// <summary>Its bytes.</summary>
    public required long Size { get; init; }

    /// <summary>Its SHA-256.</summary>
    public required Digest Sha256 { get; init; }

    /// <summary>The source package's name.</summary>
    public required string Source { get; init; }

    /// <summary>The source package's version.</summary>
    public required PackageVersion SourceVersion { get; init; }

    /// <summary>True where the definition asks for it.</summary>
    public bool Requested { get; init; }

    /// <summary>The definition's reason; empty where it was not asked for.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The locked packages that need it, in ordinal order.</summary>
    public IReadOnlyList<string> NeededBy { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Name, version and architecture, as apt writes them.</summary>
    public override string ToString() => $"{Name}:{Architecture}={Version}";
}
