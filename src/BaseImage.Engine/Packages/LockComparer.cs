namespace BaseImage.Engine.Packages;

/// <summary>How two locks of one image differ, package by package.</summary>
internal static class LockComparer
{
    /// <summary>The differences, by platform, then package.</summary>
    /// <param name="older">The lock that is there; null for none.</param>
    /// <param name="newer">The lock that would be.</param>
    /// <param name="isSecurity">True for the id of an archive of security updates.</param>
    /// <param name="definitionPath">The definition's path.</param>
    /// <param name="lockPath">The lock's path.</param>
    public static IReadOnlyList<LockChange> Compare(ImageLock? older, ImageLock newer, Func<string, bool> isSecurity, string definitionPath, string lockPath)
    {
        List<LockChange> changes = [];
        IEnumerable<Platform> platforms = newer.Platforms.Concat(older?.Platforms ?? []).Select(p => p.Platform).Distinct().OrderBy(p => p.ToString(), StringComparer.Ordinal);
        foreach (Platform platform in platforms)
        {
            IReadOnlyDictionary<string, LockedPackage> before = ByName(older, platform), after = ByName(newer, platform);
            foreach (string name in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                LockedPackage? old = before.GetValueOrDefault(name), now = after.GetValueOrDefault(name);
                if (Kind(old, now, isSecurity) is { } kind)
                {
                    changes.Add(new LockChange
                    {
                        Kind = kind,
                        Package = name,
                        Platform = platform,
                        Architecture = (now ?? old)!.Architecture,
                        OldVersion = old?.Version,
                        NewVersion = now?.Version,
                        SizeDelta = (now?.Size ?? 0) - (old?.Size ?? 0),
                        Reason = Reason((now ?? old)!),
                        Path = definitionPath,
                        LockPath = lockPath,
                        Name = newer.Name,
                    });
                }
            }
        }

        return changes;
    }

    private static Dictionary<string, LockedPackage> ByName(ImageLock? imageLock, Platform platform)
        => imageLock?.Platforms.FirstOrDefault(p => p.Platform == platform)?.Packages.ToDictionary(p => p.Name, StringComparer.Ordinal) ?? new(StringComparer.Ordinal);

    private static LockChangeKind? Kind(LockedPackage? old, LockedPackage? now, Func<string, bool> isSecurity)
    {
        if (old is null)
        {
            return now!.Requested ? LockChangeKind.Added : LockChangeKind.NewDependency;
        }

        if (now is null)
        {
            return LockChangeKind.Removed;
        }

        int order = now.Version.CompareTo(old.Version);
        return order > 0 ? (isSecurity(now.Archive) ? LockChangeKind.Security : LockChangeKind.Update)
            : order < 0 ? LockChangeKind.Downgrade
            : now.Sha256 != old.Sha256 ? LockChangeKind.Rebuilt
            : null;
    }

    private static string Reason(LockedPackage package)
        => package.Requested ? package.Reason : package.NeededBy.Count > 0 ? $"needed by {string.Join(", ", package.NeededBy)}" : "";
}
