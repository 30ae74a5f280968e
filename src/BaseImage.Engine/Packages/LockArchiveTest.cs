using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Packages;

/// <summary>Do the archives still have every package, and are there newer ones?</summary>
internal static class LockArchiveTest
{
    /// <summary>Runs the check. A package that the present indexes no longer list is fetched, to see whether any mirror still has it.</summary>
    public static async Task<LockCheck> RunAsync(ImageLock imageLock, ImageDefinition definition, ArchiveClient client, ArchiveAccess access, CancellationToken cancellationToken)
    {
        List<(string Archive, LockedPackage Package)> gone;
        Dictionary<string, PackageVersion> newer = new(StringComparer.Ordinal);
        try
        {
            gone = await ListAsync(imageLock, definition, client, access, newer, cancellationToken).ConfigureAwait(false);
        }
        catch (BaseImageException e) when (e.Kind is ErrorKind.Connection or ErrorKind.NotFound or ErrorKind.InvalidOperation)
        {
            return new LockCheck("Archive", AuditStatus.Skipped, $"The archives' present indexes could not be read: {e.Message}");
        }
        catch (BaseImageException e)
        {
            return new LockCheck("Archive", AuditStatus.Fail, e.Message);
        }

        List<string> lost = [];
        foreach ((string id, LockedPackage package) in gone)
        {
            try
            {
                ArchiveSource archive = definition.Archives.FirstOrDefault(a => a.Id == id) ?? LockedArchives.SourceOf(imageLock, id);
                Stream stream = await client.OpenAsync(archive, LockedArchives.FileOf(package), cancellationToken).ConfigureAwait(false);
                await stream.DisposeAsync().ConfigureAwait(false);
            }
            catch (BaseImageException e)
            {
                lost.Add(e.Message);
            }
        }

        string news = newer.Count == 0 ? "None has a newer version."
            : $"Newer: {string.Join(", ", newer.OrderBy(n => n.Key, StringComparer.Ordinal).Take(10).Select(n => $"{n.Key} {n.Value}"))}{(newer.Count > 10 ? ", …" : "")}; see Get-BaseImageUpdate.";
        return lost.Count == 0
            ? new LockCheck("Archive", AuditStatus.Pass, $"Every package can still be had. {news}")
            : new LockCheck("Archive", AuditStatus.Fail, $"{lost.Count} packages can no longer be had: {lost[0]} {news}");
    }

    private static async Task<List<(string Archive, LockedPackage Package)>> ListAsync(
        ImageLock imageLock, ImageDefinition definition, ArchiveClient client, ArchiveAccess access, Dictionary<string, PackageVersion> newer, CancellationToken cancellationToken)
    {
        List<(string Archive, LockedPackage Package)> gone = [];
        IndexLoader loader = new(client);
        foreach (LockedPlatform platform in imageLock.Platforms)
        {
            Dictionary<string, LockedPackage> locked = platform.Packages.ToDictionary(p => p.Name, StringComparer.Ordinal);
            HashSet<string> found = new(StringComparer.Ordinal);
            foreach (ArchiveSource archive in definition.Archives)
            {
                foreach (string suite in archive.Suites)
                {
                    LoadedSuite loaded = await loader.LoadAsync(archive, suite, [platform.Platform.DebianArchitecture ?? ""], access.AsOf ?? DateTimeOffset.UtcNow, null, cancellationToken).ConfigureAwait(false);
                    foreach (LoadedPackageIndex index in loaded.Packages)
                    {
                        await index.ReadAsync(paragraph => Look(paragraph, locked, found, newer), cancellationToken).ConfigureAwait(false);
                    }
                }
            }

            gone.AddRange(platform.Packages.Where(p => !found.Contains(p.Name)).Select(p => (p.Archive, p)));
        }

        return gone;
    }

    private static void Look(ControlParagraph paragraph, Dictionary<string, LockedPackage> locked, HashSet<string> found, Dictionary<string, PackageVersion> newer)
    {
        if (paragraph["Package"] is not { } name || !locked.TryGetValue(name, out LockedPackage? package) || !PackageVersion.TryParse(paragraph["Version"], out PackageVersion? version))
        {
            return;
        }

        if (paragraph["SHA256"] == package.Sha256.Hex)
        {
            found.Add(name);
        }
        else if (version > package.Version && (!newer.TryGetValue(name, out PackageVersion? known) || version > known))
        {
            newer[name] = version;
        }
    }
}
