namespace BaseImage.Engine.Packages;

/// <summary>What one platform is to have.</summary>
internal sealed record ResolveRequest
{
    /// <summary>The packages asked for, those of other platforms left out.</summary>
    public required IReadOnlyList<PackageRequest> Packages { get; init; }

    /// <summary>Packages left out although something depends on them: name and reason.</summary>
    public IReadOnlyDictionary<string, string> Without { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Which provider to take: virtual name and real name.</summary>
    public IReadOnlyDictionary<string, string> Prefer { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Versions to keep where they are still there and fit: package name and version. For updating a lock in part.</summary>
    public IReadOnlyDictionary<string, PackageVersion> Keep { get; init; } = new Dictionary<string, PackageVersion>(StringComparer.Ordinal);

    /// <summary>Packages that are there already, one a name: they are not taken again, and no other version of them is.</summary>
    public IReadOnlyList<PackageRecord> Installed { get; init; } = [];

    /// <summary>The platform, for messages.</summary>
    public required Platform Platform { get; init; }
}

/// <summary>A package of the closure.</summary>
/// <param name="Record">The package.</param>
/// <param name="Request">What asked for it; null where only other packages need it.</param>
/// <param name="NeededBy">The packages of the closure that need it, in ordinal order.</param>
internal sealed record ResolvedPackage(PackageRecord Record, PackageRequest? Request, IReadOnlyList<string> NeededBy);

/// <summary>A closure: packages in ordinal order of names, and which entries of Without something would have needed.</summary>
/// <param name="Packages">The closure.</param>
/// <param name="LeftOut">A package that was left out, and those that need it, in ordinal order.</param>
internal sealed record Resolution(IReadOnlyList<ResolvedPackage> Packages, IReadOnlyDictionary<string, IReadOnlyList<string>> LeftOut);
