using System.Security.Cryptography;

namespace BaseImage.Engine.Storage;

/// <summary>Says whether a thing in the cache is what its name promises. Reading it here does not count as use.</summary>
internal static class CacheVerifier
{
    /// <summary>Its soundness, or null where it is gone.</summary>
    public static async Task<CacheEntryStatus?> CheckAsync(CacheItem item, CancellationToken cancellationToken)
    {
        if (item.Entry.Kind is CacheEntryKind.PartialDownload or CacheEntryKind.Temporary)
        {
            return CacheEntryStatus.Unchecked;
        }

        string path = item.Entry.Path;
        try
        {
            DateTime used = File.GetLastAccessTimeUtc(path);
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
            await using (stream.ConfigureAwait(false))
            {
                bool sound = item.EntryKind is null
                    ? Digest.FromSha256(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)) == item.Entry.Digest
                    : await IsEntryAsync(stream, item.EntryKind, Path.GetFileName(path), cancellationToken).ConfigureAwait(false);
                CacheInventory.Untouch(stream, used);
                return sound ? CacheEntryStatus.Sound : CacheEntryStatus.Damaged;
            }
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return CacheEntryStatus.Damaged;
        }
    }

    private static async Task<bool> IsEntryAsync(FileStream stream, string kind, string keyHex, CancellationToken cancellationToken)
    {
        if (stream.Length > ContentCache.MaxEntryBytes)
        {
            return false;
        }

        byte[] file = new byte[stream.Length];
        await stream.ReadExactlyAsync(file, cancellationToken).ConfigureAwait(false);
        return EntryFile.ContentStart(file, kind, keyHex) >= 0;
    }
}
