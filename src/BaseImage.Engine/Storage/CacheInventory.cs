using System.Text;

namespace BaseImage.Engine.Storage;

/// <summary>A thing in the cache with what belongs to it.</summary>
/// <param name="Entry">What a person sees of it.</param>
/// <param name="EntryKind">The folder that an entry lies in; null for a blob or a temporary file.</param>
/// <param name="Companions">The files of entries that say nothing but what this blob is.</param>
internal sealed record CacheItem(CacheEntry Entry, string? EntryKind, IReadOnlyList<string> Companions);

/// <summary>
/// Reads a cache's folder: blobs, the entries that name them, downloads that were broken off, temporary files of running
/// commands. Reads names and first lines alone, and changes nothing.
/// </summary>
internal static class CacheInventory
{
    // Long enough for the header, the label and a digest.
    private const int PeekBytes = 1024;

    private sealed record Named(FileInfo File, string Kind, string Label, Digest Target, bool Readable);

    /// <summary>Everything, by kind, then by name.</summary>
    public static IReadOnlyList<CacheItem> Read(string root, CancellationToken cancellationToken)
    {
        DateTime? oldestUse = CacheStaging.OldestUse(Path.Combine(root, "tmp"));
        List<Named> entries = [];
        foreach (FileInfo file in Files(Path.Combine(root, "entries")))
        {
            cancellationToken.ThrowIfCancellationRequested();
            entries.Add(ReadEntry(file));
        }

        ILookup<Digest, Named> names = entries.Where(entry => !entry.Target.IsEmpty).ToLookup(entry => entry.Target);
        HashSet<string> companions = new(StringComparer.Ordinal);
        List<CacheItem> items = [];
        foreach (FileInfo file in Files(Path.Combine(root, "blobs")))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Digest.TryParse("sha256:" + file.Name, out Digest digest))
            {
                Named[] own = [.. names[digest].OrderBy(named => Rank(named.Kind)).ThenBy(named => named.Label, StringComparer.Ordinal)];
                companions.UnionWith(own.Select(named => named.File.FullName));
                items.Add(Blob(file, digest, own, oldestUse));
            }
        }

        items.AddRange(entries.Where(entry => !companions.Contains(entry.File.FullName)).Select(entry => Entry(entry, oldestUse)));
        items.AddRange(Files(Path.Combine(root, "partial")).Select(Partial));
        items.AddRange(CacheStaging.Live(Path.Combine(root, "tmp")).SelectMany(Files).Where(file => file.Length > 0).Select(Temporary));
        return [.. items.OrderBy(item => item.Entry.Kind).ThenBy(item => item.Entry.Name, StringComparer.Ordinal).ThenBy(item => item.Entry.Path, StringComparer.Ordinal)];
    }

    /// <summary>True where an entry could lie: not the store, not a file beside the cache, nothing of ours that is no entry.</summary>
    public static bool IsPlace(string root, string path)
        => new[] { "blobs", "entries", "partial", "tmp" }.Any(folder => path.StartsWith(Path.Combine(root, folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal));

    private static CacheItem Blob(FileInfo file, Digest digest, Named[] own, DateTime? oldestUse) => new(
        new CacheEntry
        {
            Kind = own.Length > 0 ? KindOf(own[0].Kind) : CacheEntryKind.Other,
            Name = own.Length > 0 ? own[0].Label : "",
            Digest = digest,
            Size = file.Length + own.Sum(named => named.File.Length),
            Created = file.LastWriteTimeUtc,
            LastUsed = LastUsed(file),
            InUse = file.LastAccessTimeUtc >= oldestUse,
            Path = file.FullName,
        },
        null,
        [.. own.Select(named => named.File.FullName)]);

    private static CacheItem Entry(Named entry, DateTime? oldestUse) => new(
        new CacheEntry
        {
            Kind = entry.Readable && entry.Kind is "package-listing" or "layer" ? KindOf(entry.Kind) : CacheEntryKind.Metadata,
            Name = entry.Kind is "package-listing" or "layer" ? entry.Label : $"{entry.Kind} {entry.Label}".TrimEnd(),
            Digest = entry.Target,
            Size = entry.File.Length,
            Created = entry.File.LastWriteTimeUtc,
            LastUsed = LastUsed(entry.File),
            InUse = entry.File.LastAccessTimeUtc >= oldestUse,
            Path = entry.File.FullName,
        },
        entry.Kind,
        []);

    private static CacheItem Partial(FileInfo file) => new(
        new CacheEntry
        {
            Kind = CacheEntryKind.PartialDownload,
            Digest = Digest.TryParse("sha256:" + file.Name, out Digest digest) ? digest : default,
            Size = file.Length,
            Created = file.CreationTimeUtc,
            LastUsed = file.LastWriteTimeUtc,
            InUse = CacheRemoval.IsHeld(file.FullName),
            Path = file.FullName,
        },
        null,
        []);

    private static CacheItem Temporary(FileInfo file) => new(
        new CacheEntry
        {
            Kind = CacheEntryKind.Temporary,
            Size = file.Length,
            Created = file.CreationTimeUtc,
            LastUsed = file.LastWriteTimeUtc,
            InUse = true,
            Path = file.FullName,
        },
        null,
        []);

    private static Named ReadEntry(FileInfo file)
    {
        string kind = file.Directory?.Parent?.Name ?? "";
        byte[] start = [];
        try
        {
            DateTime used = file.LastAccessTimeUtc;
            using FileStream stream = new(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1);
            start = new byte[Math.Min(PeekBytes, stream.Length)];
            start = start[..stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)];
            Untouch(stream, used);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Gone meanwhile, or not for this account: still something that takes space.
        }

        (string Label, byte[] Content)? peek = EntryFile.Peek(start, kind, file.Name);
        string first = peek is null ? "" : Encoding.ASCII.GetString(peek.Value.Content.AsSpan(0, Math.Min(peek.Value.Content.Length, "sha256:".Length + 64)));
        return new Named(file, kind, peek?.Label ?? "", Digest.TryParse(first, out Digest digest) ? digest : default, peek is not null);
    }

    /// <summary>Looking is not using: gives a file the access time back that it had.</summary>
    internal static void Untouch(FileStream stream, DateTime used)
    {
        try
        {
            File.SetLastAccessTimeUtc(stream.SafeFileHandle, used);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // As in CacheUse.Note.
        }
    }

    private static DateTimeOffset LastUsed(FileInfo file) => file.LastAccessTimeUtc > file.LastWriteTimeUtc ? file.LastAccessTimeUtc : file.LastWriteTimeUtc;

    private static CacheEntryKind KindOf(string kind) => kind switch
    {
        "package" => CacheEntryKind.Package,
        "index" => CacheEntryKind.Index,
        "fragment" => CacheEntryKind.Fragment,
        "layer" => CacheEntryKind.Layer,
        "package-listing" => CacheEntryKind.Listing,
        _ => CacheEntryKind.Metadata,
    };

    // A package is a package even where a layer of one fragment has the same bytes as something else.
    private static int Rank(string kind) => kind switch { "package" => 0, "index" => 1, "fragment" => 2, _ => 3 };

    private static IEnumerable<FileInfo> Files(string folder)
        => Directory.Exists(folder)
            ? new DirectoryInfo(folder).EnumerateFiles("*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.ReparsePoint }).Where(IsThere)
            : [];

    // Another process may remove a file once it is listed. What is asked after here is kept, so that it is not asked again.
    private static bool IsThere(FileInfo file)
    {
        file.Refresh();
        return file.Exists;
    }
}
