using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Errors;

namespace BaseImage.Engine.Storage;

/// <summary>
/// A folder of blobs named by their SHA-256, and of small entries named by kind and key. Nothing in it is believed:
/// a blob is hashed when it is opened (once a process, as long as its size and time stay), an entry carries the digest
/// of its content, and what does not match is dropped and counts as absent. Every write goes to a temporary file and is
/// renamed, so any number of processes may share it and any may be killed.
/// </summary>
internal sealed class ContentCache : IDisposable
{
    /// <summary>The most bytes that an entry may have to be read.</summary>
    internal const int MaxEntryBytes = 256 << 20;

    private readonly CacheStaging _staging;
    private readonly ConcurrentDictionary<Digest, (long Length, DateTime Written)> _verified = new();
    private DateTime _newestUse = DateTime.MinValue;

    private ContentCache(string root, CacheStaging staging) => (Root, _staging) = (root, staging);

    /// <summary>The cache's folder, as a full path.</summary>
    public string Root { get; }

    /// <summary>Opens the cache in a folder, making it when missing, and clears what dead processes left half-written.</summary>
    /// <exception cref="PathNotWritableException">The folder cannot be written.</exception>
    public static ContentCache Open(string root)
    {
        root = Path.GetFullPath(root);
        try
        {
            Directory.CreateDirectory(root);
            ContentCache cache = new(root, CacheStaging.Open(Path.Combine(root, "tmp")));
            cache.RemoveForgottenPartials();
            return cache;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(root, e);
        }
    }

    /// <summary>Opens a blob for reading, from its start, or null when it is absent or was damaged.</summary>
    public async Task<Stream?> TryOpenAsync(Digest digest, CancellationToken cancellationToken)
    {
        string path = BlobPath(digest);
        FileStream? stream = OpenRead(path);
        if (stream is null)
        {
            return null;
        }

        try
        {
            (long Length, DateTime Written) now = (stream.Length, File.GetLastWriteTimeUtc(path));
            if (!_verified.TryGetValue(digest, out (long Length, DateTime Written) known) || known != now)
            {
                if (Digest.FromSha256(await SHA256.HashDataAsync(stream, cancellationToken).ConfigureAwait(false)) != digest)
                {
                    await stream.DisposeAsync().ConfigureAwait(false);
                    _verified.TryRemove(digest, out _);
                    AtomicFile.TryDelete(path);
                    return null;
                }

                _verified[digest] = now;
                stream.Position = 0;
            }

            return stream;
        }
        catch
        {
            await stream.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>True when the blob is there and sound.</summary>
    public async Task<bool> ContainsAsync(Digest digest, CancellationToken cancellationToken)
    {
        Stream? stream = await TryOpenAsync(digest, cancellationToken).ConfigureAwait(false);
        if (stream is null)
        {
            return false;
        }

        await stream.DisposeAsync().ConfigureAwait(false);
        return true;
    }

    /// <summary>Adds a blob and returns its digest.</summary>
    /// <param name="content">Read to its end.</param>
    /// <param name="expected">What it must hash to; null where any content is welcome.</param>
    /// <param name="name">How an error names the content.</param>
    /// <param name="cancellationToken">Stops it; nothing remains.</param>
    /// <exception cref="DigestMismatchException">The content is not what was expected; nothing remains.</exception>
    public async Task<Digest> AddAsync(Stream content, Digest? expected, string name, CancellationToken cancellationToken)
    {
        CacheWriter writer = CreateWriter();
        await using (writer.ConfigureAwait(false))
        {
            await content.CopyToAsync(writer, 1 << 16, cancellationToken).ConfigureAwait(false);
            return await writer.CommitAsync(expected, name, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A stream to write a blob to whose digest is known only at the end. Disposed uncommitted, it leaves nothing.</summary>
    public CacheWriter CreateWriter()
    {
        string path = _staging.NewPath();
        return new CacheWriter(this, Create(path, FileAccess.Write, 1 << 16), path);
    }

    /// <summary>A path for a temporary file on the cache's own file system; gone with this cache, or with the next one after a crash.</summary>
    public string NewTemporaryPath() => _staging.NewPath();

    /// <summary>
    /// A file that a download with a known digest is gathered in, over several processes if need be. While another holder
    /// gathers the same one, it is a file of its own, which is not kept.
    /// </summary>
    public PartialBlob OpenPartial(Digest digest)
    {
        string path = Path.Combine(PartialFolder, Hex(digest));
        try
        {
            Directory.CreateDirectory(PartialFolder);
            while (true)
            {
                FileStream stream = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous);
                // The holder before may have removed the file between our opening and our locking it.
                if (File.Exists(path))
                {
                    return new PartialBlob(this, digest, path, new DiskFile(stream, path));
                }

                stream.Dispose();
            }
        }
        catch (IOException)
        {
            string own = _staging.NewPath();
            return new PartialBlob(this, digest, own, Create(own, FileAccess.ReadWrite, 1 << 16), keep: false);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new PathNotWritableException(path, e);
        }
    }

    /// <summary>True when there is an entry of that kind and key, sound or not.</summary>
    public bool HasEntry(string kind, string key) => File.Exists(EntryPath(kind, key));

    /// <summary>Reads an entry, or null when it is absent or was damaged.</summary>
    /// <param name="kind">A short name of lower-case letters, digits and hyphens.</param>
    /// <param name="key">Any text.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<byte[]?> TryGetAsync(string kind, string key, CancellationToken cancellationToken)
    {
        string path = EntryPath(kind, key);
        FileStream? stream = OpenRead(path);
        if (stream is null)
        {
            return null;
        }

        byte[] file;
        await using (stream.ConfigureAwait(false))
        {
            if (stream.Length > MaxEntryBytes)
            {
                return null;
            }

            file = new byte[stream.Length];
            await stream.ReadExactlyAsync(file, cancellationToken).ConfigureAwait(false);
        }

        int start = EntryFile.ContentStart(file, kind, Path.GetFileName(path));
        if (start >= 0)
        {
            return file[start..];
        }

        AtomicFile.TryDelete(path);
        return null;
    }

    /// <summary>Writes an entry, replacing an older one.</summary>
    public Task PutAsync(string kind, string key, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
        => PutAsync(kind, key, "", value, cancellationToken);

    /// <summary>Writes an entry, replacing an older one.</summary>
    /// <param name="kind">A short name of lower-case letters, digits and hyphens.</param>
    /// <param name="key">Any text.</param>
    /// <param name="label">What it is, in words, for whoever looks into the cache.</param>
    /// <param name="value">The content.</param>
    /// <param name="cancellationToken">Stops it; nothing remains.</param>
    public async Task PutAsync(string kind, string key, string label, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        string path = EntryPath(kind, key);
        string temporary = _staging.NewPath();
        try
        {
            DiskFile stream = Create(temporary, FileAccess.Write, 4096);
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync(EntryFile.Header(kind, Path.GetFileName(path), label, value.Span), cancellationToken).ConfigureAwait(false);
                await stream.WriteAsync(value, cancellationToken).ConfigureAwait(false);
                await stream.FlushAsync(cancellationToken).ConfigureAwait(false);
            }

            Place(temporary, path);
        }
        finally
        {
            AtomicFile.TryDelete(temporary);
        }
    }

    /// <summary>Opens the blob that a key stands for, or null when key or blob is absent or was damaged.</summary>
    public async Task<CachedBlob?> TryOpenBlobAsync(string kind, string key, CancellationToken cancellationToken)
    {
        byte[]? entry = await TryGetAsync(kind, key, cancellationToken).ConfigureAwait(false);
        if (entry is null || !Digest.TryParse(Encoding.ASCII.GetString(entry), out Digest digest))
        {
            return null;
        }

        Stream? content = await TryOpenAsync(digest, cancellationToken).ConfigureAwait(false);
        return content is null ? null : new CachedBlob(digest, content);
    }

    /// <summary>Notes what a blob is, for whoever looks into the cache.</summary>
    /// <param name="digest">The blob.</param>
    /// <param name="kind">The kind of thing: <c>package</c> or <c>index</c>.</param>
    /// <param name="label">Its name in words.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public Task DescribeAsync(Digest digest, string kind, string label, CancellationToken cancellationToken)
        => PutAsync(kind, digest.ToString(), label, Encoding.ASCII.GetBytes(digest.ToString()), cancellationToken);

    /// <summary>Lets a key stand for a blob.</summary>
    public Task PutBlobAsync(string kind, string key, Digest digest, CancellationToken cancellationToken)
        => PutAsync(kind, key, Encoding.ASCII.GetBytes(digest.ToString()), cancellationToken);

    /// <summary>Where a blob lies, whether it is there or not. What is read there without <see cref="TryOpenAsync"/> is not verified.</summary>
    public string BlobPath(Digest digest)
    {
        string hex = Hex(digest);
        return Path.Combine(Root, "blobs", "sha256", hex[..2], hex);
    }

    /// <summary>
    /// Says that a command begins whose entries nobody should clear: those that are used from now on until the result is
    /// disposed of, or the process dies.
    /// </summary>
    public IDisposable BeginUse()
    {
        CacheUse use = new(_staging);
        _newestUse = use.Started;
        return use;
    }

    /// <summary>Gives the temporary folder back.</summary>
    public void Dispose() => _staging.Dispose();

    /// <summary>Puts a finished and verified temporary file where its digest says.</summary>
    internal void PlaceBlob(string temporary, Digest digest)
    {
        // An earlier blob of the same name may be damaged: it is replaced, never trusted.
        _verified.TryRemove(digest, out _);
        Place(temporary, BlobPath(digest));
    }

    private string PartialFolder => Path.Combine(Root, "partial");

    // What nobody went on downloading for a week is not going to be.
    private void RemoveForgottenPartials()
    {
        if (Directory.Exists(PartialFolder))
        {
            foreach (string path in Directory.EnumerateFiles(PartialFolder))
            {
                if (File.GetLastWriteTimeUtc(path) < DateTime.UtcNow.AddDays(-7))
                {
                    AtomicFile.TryDelete(path);
                }
            }
        }
    }

    private static DiskFile Create(string path, FileAccess access, int buffer)
    {
        try
        {
            return new DiskFile(new FileStream(path, FileMode.CreateNew, access, FileShare.None, buffer, FileOptions.Asynchronous), path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }
    }

    private static void Place(string temporary, string path)
    {
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Another process has just put the same thing there and, on Windows, has it open; or the disk refuses.
            if (!File.Exists(path))
            {
                throw new PathNotWritableException(path, e);
            }
        }
    }

    private FileStream? OpenRead(string path)
    {
        try
        {
            FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous);
            CacheUse.Note(stream, _newestUse);
            return stream;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private string EntryPath(string kind, string key)
    {
        if (kind.Length == 0 || !kind.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-'))
        {
            throw new ArgumentException($"'{kind}' is not a kind of cache entry.", nameof(kind));
        }

        string hex = Digest.Of(Encoding.UTF8.GetBytes(key)).Hex;
        return Path.Combine(Root, "entries", kind, hex[..2], hex);
    }

    private static string Hex(Digest digest) => digest.Algorithm == "sha256"
        ? digest.Hex
        : throw new ArgumentException($"The cache holds sha256 digests, not '{digest}'.", nameof(digest));
}

/// <summary>A blob of the cache that is open for reading.</summary>
/// <param name="Digest">Its digest.</param>
/// <param name="Content">Its content, at the start.</param>
internal sealed record CachedBlob(Digest Digest, Stream Content) : IAsyncDisposable
{
    /// <inheritdoc/>
    public ValueTask DisposeAsync() => Content.DisposeAsync();
}
