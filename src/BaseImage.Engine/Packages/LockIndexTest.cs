using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>Does every locked package stand in a package index that the signed Release files promise, with this digest?</summary>
internal static class LockIndexTest
{
    /// <summary>Runs the check with the indexes that can be had: from the cache, a saved folder or a mirror.</summary>
    public static async Task<LockCheck> RunAsync(ImageLock imageLock, ImageDefinition definition, ArchiveClient client, CancellationToken cancellationToken)
    {
        Dictionary<(string Archive, Digest Sha256), LockedPackage> open = [];
        foreach (LockedPackage package in imageLock.Platforms.SelectMany(p => p.Packages))
        {
            open[(package.Archive, package.Sha256)] = package;
        }

        int total = open.Count;
        List<string> unavailable = [];
        foreach (LockedIndex index in imageLock.Indexes)
        {
            foreach (LockedPackageIndex packages in index.PackageIndexes)
            {
                ArchiveSource archive = definition.Archives.FirstOrDefault(a => a.Id == index.Archive) ?? LockedArchives.SourceOf(imageLock, index.Archive);
                LoadedPackageIndex loaded = new(client, archive, LockedArchives.FileOf(index, packages), packages, "", "");
                try
                {
                    await loaded.ReadAsync(paragraph => Strike(open, index.Archive, paragraph), cancellationToken).ConfigureAwait(false);
                }
                catch (BaseImageException e) when (e.Kind is ErrorKind.NotFound or ErrorKind.Connection or ErrorKind.InvalidOperation)
                {
                    unavailable.Add(e.Message);
                }
                catch (BaseImageException e)
                {
                    return new LockCheck("PackageIndex", AuditStatus.Fail, e.Message);
                }
            }
        }

        string names = string.Join(", ", open.Values.Select(p => $"{p.Name} {p.Version}").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(10));
        return open.Count == 0 ? new LockCheck("PackageIndex", AuditStatus.Pass, $"All {total} packages stand in the signed indexes with the lock's digests.")
            : unavailable.Count > 0 ? new LockCheck("PackageIndex", AuditStatus.Skipped, $"{unavailable.Count} package indexes are not at hand, so {open.Count} of {total} packages were not compared with them; a folder of Save-BaseImagePackage has them. {unavailable[0]}")
            : new LockCheck("PackageIndex", AuditStatus.Fail, $"{open.Count} packages do not stand in the signed indexes as they are locked: {names}.");
    }

    private static void Strike(Dictionary<(string Archive, Digest Sha256), LockedPackage> open, string archive, ControlParagraph paragraph)
    {
        if (Digest.TryParse("sha256:" + paragraph["SHA256"], out Digest digest) && open.TryGetValue((archive, digest), out LockedPackage? package)
            && paragraph["Package"] == package.Name && paragraph["Version"] == package.Version.ToString() && paragraph["Architecture"] == package.Architecture
            && paragraph["Filename"] == package.Path && paragraph["Size"] == package.Size.ToString(System.Globalization.CultureInfo.InvariantCulture))
        {
            open.Remove((archive, digest));
        }
    }
}
