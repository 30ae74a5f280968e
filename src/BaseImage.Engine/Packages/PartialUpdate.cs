using System.Globalization;
using System.Text;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// An update that applies some changes and keeps everything else as it was locked. Packages that the archive has
/// meanwhile replaced are put back into the universe from the lock itself, with the dependencies that the lock records.
/// </summary>
/// <param name="older">The present lock; null for none.</param>
/// <param name="only">The changes to apply; null for all.</param>
internal sealed class PartialUpdate(ImageLock? older, IReadOnlyList<LockChange>? only)
{
    private const string FromLock = "lock";
    private readonly bool _active = only is not null && older is not null;

    /// <summary>The versions to keep for a platform: all that are locked but those to change.</summary>
    /// <exception cref="LockChangeStaleException">A change starts from another version than the one that is locked.</exception>
    public IReadOnlyDictionary<string, PackageVersion> KeptVersions(Platform platform)
        => Packages(platform).Where(p => !IsChanged(platform, p)).ToDictionary(p => p.Name, p => p.Version, StringComparer.Ordinal);

    /// <summary>Adds the kept packages that the indexes no longer have.</summary>
    public void AddKeptPackages(PackageUniverse universe, Platform platform)
    {
        foreach (LockedPackage package in Packages(platform).Where(p => !IsChanged(platform, p)))
        {
            IReadOnlyList<PackageRecord> present = universe.Versions(package.Name);
            if (present.Any(r => r.Version == package.Version && r.Sha256 == package.Sha256))
            {
                continue;
            }

            StringBuilder stanza = new();
            stanza.Append(CultureInfo.InvariantCulture, $"Package: {package.Name}\nVersion: {package.Version}\nArchitecture: {package.Architecture}\n");
            stanza.Append(CultureInfo.InvariantCulture, $"Filename: {package.Path}\nSize: {package.Size}\nSHA256: {package.Sha256.Hex}\n");
            string[] needs = [.. Packages(platform).Where(p => p.NeededBy.Contains(package.Name, StringComparer.Ordinal)).Select(p => p.Name)];
            if (needs.Length > 0)
            {
                stanza.Append(CultureInfo.InvariantCulture, $"Depends: {string.Join(", ", needs)}\n");
            }

            // What it provides and excludes is not in the lock; its successor says it nearly always in the same words.
            foreach (string field in new[] { "Multi-Arch", "Provides", "Conflicts", "Breaks", "Essential" })
            {
                if (present.Count > 0 && present[0].Field(field) is { } value)
                {
                    stanza.Append(CultureInfo.InvariantCulture, $"{field}: {value.Replace('\n', ' ')}\n");
                }
            }

            universe.Add(Encoding.UTF8.GetBytes(stanza.ToString()), new IndexOrigin(package.Archive, FromLock, FromLock, int.MaxValue, false));
        }
    }

    /// <summary>The lock's own entry for a package that was kept, with who needs it now; null for one that was not.</summary>
    public LockedPackage? Kept(Platform platform, ResolvedPackage package)
        => Packages(platform).FirstOrDefault(p => p.Name == package.Record.Name && p.Version == package.Record.Version && p.Sha256 == package.Record.Sha256) is { } kept
            ? kept with { Requested = package.Request is not null, Reason = package.Request?.Reason ?? "", NeededBy = package.NeededBy }
            : null;

    /// <summary>Adds the older indexes that kept packages came from, and their signed files, so that those can still be proved.</summary>
    public async Task<ImageLock> AddOlderIndexesAsync(ImageLock newer, Dictionary<string, byte[]> files, CancellationToken cancellationToken)
    {
        if (!_active)
        {
            return newer;
        }

        List<LockedIndex> indexes = [.. newer.Indexes];
        foreach (LockedIndex index in older!.Indexes.Where(o => newer.Indexes.All(n => n.Sha256 != o.Sha256)))
        {
            bool isNeeded = newer.Platforms.Any(p => p.Packages.Any(n => n.Archive == index.Archive && Packages(p.Platform).Any(o => o.Name == n.Name && o.Sha256 == n.Sha256)));
            if (isNeeded && await LockFiles.FindAsync(older, index, cancellationToken).ConfigureAwait(false) is { } found)
            {
                indexes.Add(index);
                foreach ((string name, byte[] content) in found)
                {
                    files[LockFiles.Dated(name, index)] = content;
                }
            }
        }

        return newer with { Indexes = [.. indexes.OrderBy(i => i.Archive, StringComparer.Ordinal).ThenBy(i => i.Suite, StringComparer.Ordinal).ThenBy(i => i.Date)] };
    }

    private IEnumerable<LockedPackage> Packages(Platform platform)
        => _active ? older!.Platforms.FirstOrDefault(p => p.Platform == platform)?.Packages ?? [] : [];

    private bool IsChanged(Platform platform, LockedPackage package)
    {
        LockChange? change = only!.FirstOrDefault(c => c.Package == package.Name && c.Platform == platform);
        if (change is not null && change.OldVersion != package.Version)
        {
            throw new LockChangeStaleException(package.Name,
                $"The change of '{package.Name}' for {platform} starts from {change.OldVersion?.ToString() ?? "nothing"}, but {package.Version} is locked.");
        }

        return change is not null;
    }
}
