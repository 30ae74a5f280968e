using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Packages;

/// <summary>Says whether a lock still holds, and how far that could be proved.</summary>
/// <param name="dataFiles">Reads the settings that name mirrors; null for none.</param>
/// <param name="paths">Where the cache is.</param>
internal sealed class LockTester(IReadDataFile? dataFiles, Func<BaseImagePaths> paths) : ITestLock
{
    /// <inheritdoc/>
    public async Task<LockResult> TestAsync(ImageLock imageLock, ImageDefinition definition, ArchiveAccess? access, IReporter reporter, CancellationToken cancellationToken)
    {
        using ContentCache cache = ContentCache.Open(paths().CacheRoot);
        using IDisposable use = cache.BeginUse();
        using ArchiveClient client = ArchiveClient.Create(access ?? new ArchiveAccess { Offline = true }, dataFiles, cache, imageLock.SnapshotTime, reporter);
        List<LockCheck> checks =
        [
            TestDefinition(imageLock, definition),
            await LockSignatureTest.RunAsync(imageLock, definition, cancellationToken).ConfigureAwait(false),
            await LockIndexTest.RunAsync(imageLock, definition, client, cancellationToken).ConfigureAwait(false),
            access is null
                ? new LockCheck("Archive", AuditStatus.Skipped, "The archives were not asked.")
                : await LockArchiveTest.RunAsync(imageLock, definition, client, access, cancellationToken).ConfigureAwait(false),
        ];
        bool isValid = checks.All(c => c.Status != AuditStatus.Fail) && checks.Take(2).All(c => c.Status == AuditStatus.Pass);
        return new LockResult { Path = imageLock.Path, Name = imageLock.Name, IsValid = isValid, Checks = checks };
    }

    private static LockCheck TestDefinition(ImageLock imageLock, ImageDefinition definition)
        => imageLock.DefinitionDigest == definition.ModelDigest
            ? new LockCheck("Definition", AuditStatus.Pass, "The lock was made from this definition.")
            : new LockCheck("Definition", AuditStatus.Fail, $"'{definition.Path}' has changed since the lock was made: run Update-BaseImageLock.");
}

/// <summary>Are the signed Release files beside the lock the ones it names, and do they promise the package indexes it names?</summary>
internal static class LockSignatureTest
{
    /// <summary>Runs the check, offline.</summary>
    public static async Task<LockCheck> RunAsync(ImageLock imageLock, ImageDefinition definition, CancellationToken cancellationToken)
    {
        List<string> problems = [];
        int signed = 0, unsigned = 0;
        foreach (LockedIndex index in imageLock.Indexes)
        {
            try
            {
                string? problem = await TestAsync(imageLock, index, definition, cancellationToken).ConfigureAwait(false);
                if (problem is not null)
                {
                    problems.Add($"{index.Archive} {index.Suite}: {problem}");
                }
                else if (index.Signer.Length > 0)
                {
                    signed++;
                }
                else
                {
                    unsigned++;
                }
            }
            catch (BaseImageException e)
            {
                problems.Add($"{index.Archive} {index.Suite}: {e.Message}");
            }
        }

        string note = unsigned == 0 ? "" : $" {unsigned} of archives that are trusted by checksums only are not signed.";
        return problems.Count > 0 ? new LockCheck("Signature", AuditStatus.Fail, string.Join(" ", problems))
            : signed > 0 ? new LockCheck("Signature", AuditStatus.Pass, $"The signatures of {signed} indexes hold.{note}")
            : new LockCheck("Signature", AuditStatus.Skipped, $"There was no signature to verify.{note}");
    }

    private static async Task<string?> TestAsync(ImageLock imageLock, LockedIndex index, ImageDefinition definition, CancellationToken cancellationToken)
    {
        ArchiveSource? archive = definition.Archives.FirstOrDefault(a => a.Id == index.Archive);
        if (archive is null || !archive.Suites.Contains(index.Suite, StringComparer.Ordinal))
        {
            return "the definition does not use it.";
        }

        if (await LockFiles.FindAsync(imageLock, index, cancellationToken).ConfigureAwait(false) is not { } files)
        {
            return $"its signed file is missing from '{imageLock.IndexFolder}', or is not the one that was locked.";
        }

        // Judged at the time of locking: that an index has expired since, or its key, does not undo what was signed.
        DateTimeOffset asOf = imageLock.AsOf ?? imageLock.SnapshotTime;
        IReadOnlyList<string> names = LockFiles.NamesOf(index);
        VerifiedRelease verified = await IndexLoader.VerifyAsync(
            archive, index.Suite, index.Path, files[names[0]], names.Count > 1 ? files[names[1]] : null, asOf, null, cancellationToken).ConfigureAwait(false);
        if (verified.Signer != index.Signer)
        {
            return $"it is signed by {verified.Signer}, but the lock says {index.Signer}.";
        }

        if (verified.Release.Date != index.Date || verified.Release.ValidUntil != index.ValidUntil)
        {
            return "its Date or Valid-Until is not what the lock says.";
        }

        LockedPackageIndex? other = index.PackageIndexes.FirstOrDefault(p => !verified.Release.Files.TryGetValue(p.Path, out ReleaseEntry? entry) || entry.Sha256 != p.Sha256 || entry.Size != p.Size);
        return other is null ? null : $"it does not list {other.Path} as the lock does.";
    }
}
