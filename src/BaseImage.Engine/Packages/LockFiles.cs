namespace BaseImage.Engine.Packages;

/// <summary>The signed files kept beside a lock, <c>NAME.lock.d/</c>: found by name, believed by digest.</summary>
internal static class LockFiles
{
    /// <summary>A name that tells an index's content too: for files that are being put in place, and for those of older indexes.</summary>
    public static string Dated(string name, LockedIndex index) => $"{name}.{index.Sha256.Hex[..12]}";

    /// <summary>The names that an index's signed files have: the Release file, then its signature where it is apart.</summary>
    public static IReadOnlyList<string> NamesOf(LockedIndex index)
    {
        string name = IndexLoader.SignedFileName(index.Archive, index.Path);
        return index.Signer.Length > 0 && !index.Path.EndsWith("/InRelease", StringComparison.Ordinal) ? [name, name + ".gpg"] : [name];
    }

    /// <summary>True for a file that a lock's folder holds; others in it are nobody's business.</summary>
    public static bool IsSignedFile(string name)
    {
        string plain = name.Length > 13 && name[^13] == '.' && name[^12..].All(char.IsAsciiHexDigitLower) ? name[..^13] : name;
        return plain.EndsWith("_InRelease", StringComparison.Ordinal) || plain.EndsWith("_Release", StringComparison.Ordinal) || plain.EndsWith("_Release.gpg", StringComparison.Ordinal);
    }

    /// <summary>An index's signed files by their plain names, or null where they are missing or not those that were locked.</summary>
    public static async Task<IReadOnlyDictionary<string, byte[]>?> FindAsync(ImageLock imageLock, LockedIndex index, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> names = NamesOf(index);
        foreach (bool dated in new[] { false, true })
        {
            Dictionary<string, byte[]> files = new(StringComparer.Ordinal);
            foreach (string name in names)
            {
                string path = Path.Combine(imageLock.IndexFolder, dated ? Dated(name, index) : name);
                if (File.Exists(path) && new FileInfo(path).Length <= 32 << 20)
                {
                    files[name] = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
                }
            }

            if (files.Count == names.Count && Digest.Of(files[names[0]]) == index.Sha256)
            {
                return files;
            }
        }

        return null;
    }
}
