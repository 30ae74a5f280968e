namespace BaseImage;

/// <summary>A distribution and which of its archives are used.</summary>
/// <param name="Distribution">For instance <c>debian</c>.</param>
/// <param name="Suite">The code name, for instance <c>bookworm</c>.</param>
/// <param name="Updates">True to use SUITE-updates.</param>
/// <param name="Security">True to use SUITE-security.</param>
public sealed record DistributionSource(string Distribution, string Suite, bool Updates = true, bool Security = true);

/// <summary>A package that was asked for.</summary>
/// <param name="Name">The package's name.</param>
/// <param name="Reason">Why it is in the image.</param>
/// <param name="Version">A version, or a pattern with <c>*</c>; null for the newest.</param>
/// <param name="Platforms">The platforms it is for; empty for all.</param>
public sealed record PackageRequest(string Name, string Reason, string? Version, IReadOnlyList<Platform> Platforms);

/// <summary>A package archive, told apart by its id; where it is reached is a setting, not part of a definition.</summary>
public sealed record ArchiveSource
{
    /// <summary>The id that mirrors are configured by, for instance <c>debian-security</c>.</summary>
    public required string Id { get; init; }

    /// <summary>Its suites, for instance <c>bookworm</c> and <c>bookworm-updates</c>.</summary>
    public required IReadOnlyList<string> Suites { get; init => field = TextList.Of<string>(value); }

    /// <summary>Its components, for instance <c>main</c>.</summary>
    public IReadOnlyList<string> Components { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>(["main"]);

    /// <summary>The Debian architectures that it serves; empty for all.</summary>
    public IReadOnlyList<string> Architectures { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The keyring: a name in the module's keyrings folder, or a full path. Null when <see cref="ChecksumsOnly"/>.</summary>
    public string? Keyring { get; init; }

    /// <summary>True for an unsigned private archive that the definition declares as <c>Trusted = 'checksums-only'</c>.</summary>
    public bool ChecksumsOnly { get; init; }
}

/// <summary>A file that the definition adds.</summary>
/// <param name="Path">Where it goes in the image, absolute.</param>
/// <param name="SourcePath">Where it is read from, as a full path; null when <paramref name="Content"/> is given.</param>
/// <param name="Content">Its text, with "\n" at line ends; null when read from a file.</param>
/// <param name="Sha256">What its content must hash to; null when not pinned.</param>
/// <param name="Mode">Permission bits, as 0644.</param>
/// <param name="Uid">The owner.</param>
/// <param name="Gid">The group.</param>
public sealed record AddedFile(string Path, string? SourcePath, string? Content, Digest? Sha256, int Mode, long Uid, long Gid);

/// <summary>An account that the definition adds.</summary>
/// <param name="Name">Its login name.</param>
/// <param name="Uid">Its user id.</param>
/// <param name="Gid">Its group id; a group of the account's name is made for it.</param>
/// <param name="Home">Its home; made with mode 0700 and owned by the account.</param>
/// <param name="Shell">Its shell, as passwd(5) has it.</param>
public sealed record AccountRequest(string Name, long Uid, long Gid, string Home, string Shell = "/usr/sbin/nologin");
