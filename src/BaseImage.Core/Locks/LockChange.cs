namespace BaseImage;

/// <summary>Why a lock's package changes.</summary>
public enum LockChangeKind
{
    /// <summary>A newer version from a security archive.</summary>
    Security,

    /// <summary>A newer version.</summary>
    Update,

    /// <summary>An older version.</summary>
    Downgrade,

    /// <summary>The same version with other content.</summary>
    Rebuilt,

    /// <summary>Newly asked for.</summary>
    Added,

    /// <summary>Newly needed by another package.</summary>
    NewDependency,

    /// <summary>No longer asked for or needed.</summary>
    Removed,
}

/// <summary>One difference between a lock and what its definition would resolve to now.</summary>
public sealed record LockChange
{
    /// <summary>Why.</summary>
    public required LockChangeKind Kind { get; init; }

    /// <summary>The package's name.</summary>
    public required string Package { get; init; }

    /// <summary>The platform.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The package's architecture.</summary>
    public string Architecture { get; init; } = "";

    /// <summary>The version locked; null for a new one.</summary>
    public PackageVersion? OldVersion { get; init; }

    /// <summary>The version resolved; null for one that goes.</summary>
    public PackageVersion? NewVersion { get; init; }

    /// <summary>The difference of the packages' sizes, in bytes.</summary>
    public long SizeDelta { get; init; }

    /// <summary>Who asks for or needs it.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The definition's path.</summary>
    public string Path { get; init; } = "";

    /// <summary>The lock's path.</summary>
    public string LockPath { get; init; } = "";

    /// <summary>The image's name.</summary>
    public string Name { get; init; } = "";
}

/// <summary>Whether a lock still matches its definition, its signed indexes and its archive.</summary>
public sealed record LockResult
{
    /// <summary>The lock's path.</summary>
    public required string Path { get; init; }

    /// <summary>The image's name.</summary>
    public required string Name { get; init; }

    /// <summary>True when every check that ran passed and at least the definition's and the signatures' ran.</summary>
    public required bool IsValid { get; init; }

    /// <summary>Each check, its status and what it found.</summary>
    public required IReadOnlyList<LockCheck> Checks { get; init => field = TextList.Of<LockCheck>(value); }
}

/// <summary>One check of a lock.</summary>
/// <param name="Name"><c>Definition</c>, <c>Signature</c>, <c>PackageIndex</c> or <c>Archive</c>.</param>
/// <param name="Status">Pass, Fail or Skipped.</param>
/// <param name="Message">What was found, or why it was skipped.</param>
public sealed record LockCheck(string Name, AuditStatus Status, string Message)
{
    /// <summary>Name and status.</summary>
    public override string ToString() => $"{Name}: {Status}";
}
