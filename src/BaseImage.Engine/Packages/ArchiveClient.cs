using System.Collections.Concurrent;
using System.Net;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Packages;

/// <summary>A file of an archive whose content is known beforehand.</summary>
/// <param name="What">How errors name it, for instance <c>Package libc6 2.36-9 (amd64)</c>.</param>
/// <param name="Path">Its path under the archive's root.</param>
/// <param name="Size">Its bytes.</param>
/// <param name="Sha256">Its SHA-256.</param>
/// <param name="AlternativePath">A path that is tried first, as by-hash; null for none.</param>
internal sealed record ArchiveFile(string What, string Path, long Size, Digest Sha256, string? AlternativePath = null)
{
    /// <summary>What the cache calls such a file.</summary>
    public string Kind => Path.EndsWith(".deb", StringComparison.Ordinal) ? "package" : "index";

    /// <summary>How the cache names it, without the word for its kind.</summary>
    public string Label => What.StartsWith("Package ", StringComparison.Ordinal) ? What["Package ".Length..] : What;
}

/// <summary>A suite's signed Release file as a mirror gave it: <c>InRelease</c>, or <c>Release</c> and its signature.</summary>
/// <param name="Mirror">The mirror.</param>
/// <param name="Path">The Release file's path under the archive's root.</param>
/// <param name="Content">Its bytes.</param>
/// <param name="Signature">The bytes of Release.gpg; null for an InRelease or where there is none.</param>
internal sealed record FetchedRelease(Mirror Mirror, string Path, byte[] Content, byte[]? Signature);

/// <summary>
/// Fetches an archive's files from its mirrors into the cache: pinned by size and digest, resumed where they were broken
/// off, tried again with growing waits, and from one mirror after the other. One client serves one command.
/// </summary>
internal sealed class ArchiveClient : IDisposable
{
    private const int MaxReleaseBytes = 32 << 20;

    private readonly Mirrors _mirrors;
    private readonly ContentCache _cache;
    private readonly bool _offline;
    private readonly IReporter _reporter;
    private readonly ArchiveClientOptions _options;
    private readonly MirrorTransport _transport;
    private readonly ConcurrentDictionary<(string Mirror, string Path), byte[]?> _probed = new();
    private readonly ConcurrentDictionary<string, string> _unconnected = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<Digest, Lazy<Task>> _fetching = new();

    /// <summary>Makes a client.</summary>
    public ArchiveClient(Mirrors mirrors, ContentCache cache, IReporter reporter, ArchiveClientOptions? options = null)
    {
        (_mirrors, _cache, _offline, _reporter, _options) = (mirrors, cache, mirrors.Access.Offline, reporter, options ?? new ArchiveClientOptions());
        _transport = new MirrorTransport(_options);
    }

    /// <summary>Where files are kept.</summary>
    public ContentCache Cache => _cache;

    /// <summary>Makes a client with this machine's settings.</summary>
    /// <param name="access">What the command line says.</param>
    /// <param name="dataFiles">Reads baseimage.config.psd1; null to leave it out.</param>
    /// <param name="cache">Where files are kept.</param>
    /// <param name="snapshotTime">When a lock's indexes were read; null to leave the snapshot archive out.</param>
    /// <param name="reporter">Told of progress and warnings.</param>
    public static ArchiveClient Create(ArchiveAccess access, IReadDataFile? dataFiles, ContentCache cache, DateTimeOffset? snapshotTime, IReporter reporter)
        => new(new Mirrors { Access = access, DataFiles = dataFiles, ConfigFiles = BaseImagePaths.FromEnvironment().ConfigFiles, SnapshotTime = snapshotTime, Reporter = reporter }, cache, reporter);

    /// <summary>Opens a file, from the cache or from the first mirror that has it.</summary>
    /// <exception cref="BaseImageException">No mirror gives it; the error names each that was tried.</exception>
    public async Task<Stream> OpenAsync(ArchiveSource archive, ArchiveFile file, CancellationToken cancellationToken, Action<long>? arrived = null)
    {
        if (await _cache.TryOpenAsync(file.Sha256, cancellationToken).ConfigureAwait(false) is { } cached)
        {
            return cached;
        }

        // A race with another process that clears or damages the cache is lost once, not twice.
        for (int round = 0; round < 2; round++)
        {
            await FetchOnceAsync(archive, file, arrived, cancellationToken).ConfigureAwait(false);
            if (await _cache.TryOpenAsync(file.Sha256, cancellationToken).ConfigureAwait(false) is { } fetched)
            {
                return fetched;
            }
        }

        throw new PathNotWritableException(_cache.BlobPath(file.Sha256), new IOException("what was written cannot be read back"));
    }

    /// <summary>Brings several files into the cache, in parallel, with progress in bytes.</summary>
    /// <param name="files">The files, each with its archive.</param>
    /// <param name="activity">The progress bar's title, for instance <c>Downloading packages</c>.</param>
    /// <param name="workers">How many at once; 0 for eight.</param>
    /// <param name="cancellationToken">Stops it; what has arrived is kept for the next time.</param>
    public async Task FetchAllAsync(IReadOnlyList<(ArchiveSource Archive, ArchiveFile File)> files, string activity, int workers, CancellationToken cancellationToken)
    {
        List<(ArchiveSource Archive, ArchiveFile File)> missing = [];
        foreach ((ArchiveSource Archive, ArchiveFile File) item in files.DistinctBy(f => f.File.Sha256))
        {
            if (!await _cache.ContainsAsync(item.File.Sha256, cancellationToken).ConfigureAwait(false))
            {
                missing.Add(item);
            }
        }

        long total = missing.Sum(m => m.File.Size), done = 0;
        try
        {
            await BoundedParallel.ForEachAsync(missing, workers > 0 ? workers : 8, async (item, token) =>
            {
                Stream stream = await OpenAsync(item.Archive, item.File, token, count =>
                    _reporter.Progress(new ProgressUpdate(activity, item.File.What, Interlocked.Add(ref done, count), total))).ConfigureAwait(false);
                await stream.DisposeAsync().ConfigureAwait(false);
            }, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (missing.Count > 0)
            {
                _reporter.Progress(new ProgressUpdate(activity, "", total, total, Completed: true));
            }
        }
    }

    /// <summary>Fetches a suite's Release file from the first mirror that has one.</summary>
    public Task<FetchedRelease> FetchReleaseAsync(ArchiveSource archive, string suite, CancellationToken cancellationToken)
        => FromMirrorsAsync(archive, $"The index of the suite '{suite}'", async mirror =>
        {
            string inline = $"dists/{suite}/InRelease", plain = $"dists/{suite}/Release";
            if (await ProbeAsync(mirror, inline, cancellationToken).ConfigureAwait(false) is { } signed)
            {
                return new FetchedRelease(mirror, inline, signed, null);
            }

            byte[] content = await ProbeAsync(mirror, plain, cancellationToken).ConfigureAwait(false)
                ?? throw new MirrorFailureException(MirrorFailureKind.NotFound, "it has neither InRelease nor Release of the suite");
            return new FetchedRelease(mirror, plain, content, await ProbeAsync(mirror, plain + ".gpg", cancellationToken).ConfigureAwait(false));
        }, cancellationToken);

    /// <summary>The name of the first mirror that still has a file of this size, or null.</summary>
    /// <exception cref="BaseImageException">No mirror could be asked.</exception>
    public async Task<string?> FindAsync(ArchiveSource archive, ArchiveFile file, CancellationToken cancellationToken)
    {
        try
        {
            return await FromMirrorsAsync(archive, file.What, async mirror =>
            {
                long? length = mirror.Folder is not null
                    ? new FileInfo(mirror.PathOf(file.Path)) is { Exists: true } info ? info.Length : null
                    : await WithRetryAsync(mirror, async () =>
                    {
                        using HttpResponseMessage response = await _transport.SendAsync(HttpMethod.Head, mirror.UrlOf(file.Path), 0, false, cancellationToken).ConfigureAwait(false);
                        return response.Content.Headers.ContentLength ?? file.Size;
                    }, cancellationToken).ConfigureAwait(false);
                return length == file.Size ? mirror.Name
                    : throw new MirrorFailureException(MirrorFailureKind.NotFound, length is null ? "it does not have it" : $"its file has {length} bytes, not {file.Size}");
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (ArchiveFileNotFoundException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _transport.Dispose();

    // Who asks for a file that is on its way already waits for it.
    private async Task FetchOnceAsync(ArchiveSource archive, ArchiveFile file, Action<long>? arrived, CancellationToken cancellationToken)
    {
        Lazy<Task> mine = new(() => FetchFromMirrorsAsync(archive, file, arrived, cancellationToken));
        Lazy<Task> fetching = _fetching.GetOrAdd(file.Sha256, mine);
        try
        {
            await (fetching == mine ? mine.Value : fetching.Value.WaitAsync(cancellationToken)).ConfigureAwait(false);
        }
        catch (Exception) when (fetching != mine && !cancellationToken.IsCancellationRequested)
        {
            // What ended the other one need not end this one: it may have been stopped.
            await FetchFromMirrorsAsync(archive, file, arrived, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _fetching.TryRemove(new KeyValuePair<Digest, Lazy<Task>>(file.Sha256, fetching));
        }
    }

    private async Task FetchFromMirrorsAsync(ArchiveSource archive, ArchiveFile file, Action<long>? arrived, CancellationToken cancellationToken)
    {
        await FromMirrorsAsync(archive, file.What, async mirror =>
        {
            await FetchAsync(mirror, file, arrived, cancellationToken).ConfigureAwait(false);
            return true;
        }, cancellationToken).ConfigureAwait(false);
        await _cache.DescribeAsync(file.Sha256, file.Kind, file.Label, cancellationToken).ConfigureAwait(false);
    }

    private async Task<T> FromMirrorsAsync<T>(ArchiveSource archive, string what, Func<Mirror, Task<T>> fetch, CancellationToken cancellationToken)
    {
        List<string> attempts = [];
        List<MirrorFailureKind> kinds = [];
        bool any = false;
        await foreach (Mirror mirror in _mirrors.ForAsync(archive, ProbeQuietlyAsync, cancellationToken).ConfigureAwait(false))
        {
            any = true;
            if (_offline && mirror.IsRemote)
            {
                continue;
            }

            try
            {
                return await fetch(mirror).ConfigureAwait(false);
            }
            catch (MirrorFailureException e)
            {
                attempts.Add($"{mirror.Name} ({e.Message})");
                kinds.Add(e.Kind);
                _reporter.Verbose($"{what}: {mirror.Name}: {e.Message}");
            }
        }

        throw !any && !_offline ? new NoMirrorException(archive.Id, Mirrors.VariableOf(archive.Id))
            : kinds.Contains(MirrorFailureKind.Mismatch) ? new ArchiveFileMismatchException(what, archive.Id, attempts)
            : _offline ? new OfflineUnavailableException(what, archive.Id, attempts)
            : kinds.TrueForAll(k => k == MirrorFailureKind.NotFound) ? new ArchiveFileNotFoundException(what, archive.Id, attempts)
            : new MirrorUnreachableException(what, archive.Id, attempts);
    }

    private async Task FetchAsync(Mirror mirror, ArchiveFile file, Action<long>? arrived, CancellationToken cancellationToken)
    {
        if (!ArchivePath.IsSafe(file.Path))
        {
            throw new MirrorFailureException(MirrorFailureKind.Refused, "its path leaves the archive");
        }

        if (file.AlternativePath is not null)
        {
            try
            {
                await FetchFromAsync(mirror, file, file.AlternativePath, arrived, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (MirrorFailureException e) when (e.Kind is MirrorFailureKind.NotFound or MirrorFailureKind.Refused)
            {
                // Not every mirror keeps indexes by hash; the plain path is checked against the same digest.
            }
        }

        await FetchFromAsync(mirror, file, file.Path, arrived, cancellationToken).ConfigureAwait(false);
    }

    private Task FetchFromAsync(Mirror mirror, ArchiveFile file, string path, Action<long>? arrived, CancellationToken cancellationToken)
        => mirror.Folder is not null
            ? CopyFromFolderAsync(mirror.PathOf(path), file, arrived, cancellationToken)
            : WithRetryAsync(mirror, async () =>
            {
                await DownloadAsync(mirror.UrlOf(path), file, arrived, cancellationToken).ConfigureAwait(false);
                return true;
            }, cancellationToken);

    private async Task CopyFromFolderAsync(string path, ArchiveFile file, Action<long>? arrived, CancellationToken cancellationToken)
    {
        FileInfo info = new(path);
        if (!info.Exists)
        {
            throw new MirrorFailureException(MirrorFailureKind.NotFound, "it does not have it");
        }

        if (info.Length != file.Size)
        {
            throw new MirrorFailureException(MirrorFailureKind.Mismatch, $"its file has {info.Length} bytes, not {file.Size}");
        }

        try
        {
            FileStream source = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.Asynchronous);
            await using (source.ConfigureAwait(false))
            {
                await _cache.AddAsync(source, file.Sha256, file.What, cancellationToken).ConfigureAwait(false);
            }

            arrived?.Invoke(file.Size);
        }
        catch (DigestMismatchException e)
        {
            throw new MirrorFailureException(MirrorFailureKind.Mismatch, $"its file has the digest {e.Actual}, not {e.Expected}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MirrorFailureException(MirrorFailureKind.Refused, e.Message);
        }
    }

    private async Task DownloadAsync(Uri url, ArchiveFile file, Action<long>? arrived, CancellationToken cancellationToken)
    {
        PartialBlob partial = _cache.OpenPartial(file.Sha256);
        await using (partial.ConfigureAwait(false))
        {
            bool resumed = partial.Content.Length > 0;
            if (partial.Content.Length > file.Size)
            {
                partial.Restart();
            }

            if (partial.Content.Length < file.Size || file.Size == 0)
            {
                await AppendAsync(url, file, partial, arrived, cancellationToken).ConfigureAwait(false);
            }

            try
            {
                await partial.CommitAsync(file.What, cancellationToken).ConfigureAwait(false);
            }
            catch (DigestMismatchException e)
            {
                // What was there before may be to blame and not the mirror: then the whole is fetched once more.
                throw new MirrorFailureException(resumed ? MirrorFailureKind.Transient : MirrorFailureKind.Mismatch, $"its file has the digest {e.Actual}, not {e.Expected}");
            }
        }
    }

    private async Task AppendAsync(Uri url, ArchiveFile file, PartialBlob partial, Action<long>? arrived, CancellationToken cancellationToken)
    {
        long have = partial.Content.Length;
        using HttpResponseMessage response = await _transport.SendAsync(HttpMethod.Get, url, have, false, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode == HttpStatusCode.RequestedRangeNotSatisfiable)
        {
            partial.Restart();
            throw new MirrorFailureException(have > 0 ? MirrorFailureKind.Transient : MirrorFailureKind.Refused, "it answers 416");
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            // It does not resume, or sends the whole because it has changed.
            partial.Restart();
            have = 0;
        }
        else if (response.Content.Headers.ContentRange is not { Unit: "bytes" } range || range.From != have || (range.Length ?? file.Size) != file.Size)
        {
            partial.Restart();
            throw new MirrorFailureException(have > 0 ? MirrorFailureKind.Transient : MirrorFailureKind.Mismatch, "it answers with another range than asked for");
        }

        long rest = file.Size - have;
        if (response.Content.Headers.ContentLength is { } length && length != rest)
        {
            throw new MirrorFailureException(MirrorFailureKind.Mismatch, $"it offers {length} bytes where {rest} were signed");
        }

        partial.Content.Position = have;
        long count;
        try
        {
            count = await _transport.CopyAsync(response, rest, async piece =>
            {
                await partial.Content.WriteAsync(piece, cancellationToken).ConfigureAwait(false);
                arrived?.Invoke(piece.Length);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (MirrorFailureException e) when (e.Kind == MirrorFailureKind.Mismatch)
        {
            partial.Restart();
            throw;
        }

        if (count < rest)
        {
            throw new MirrorFailureException(MirrorFailureKind.Transient, $"the download was cut short after {have + count} of {file.Size} bytes");
        }
    }

    private async Task<T> WithRetryAsync<T>(Mirror mirror, Func<Task<T>> action, CancellationToken cancellationToken)
    {
        // A host that could not be reached for one file is not waited for again for each of the others.
        if (_unconnected.TryGetValue(mirror.Name, out string? known))
        {
            throw new MirrorFailureException(MirrorFailureKind.Transient, known);
        }

        for (int attempt = 1; ; attempt++)
        {
            try
            {
                return await action().ConfigureAwait(false);
            }
            catch (MirrorFailureException e) when (e.Kind == MirrorFailureKind.Transient)
            {
                if (attempt >= _options.Attempts)
                {
                    if (e.Unconnected)
                    {
                        _unconnected[mirror.Name] = e.Message;
                    }

                    throw;
                }

                TimeSpan wait = _options.BackOff * (Math.Pow(2, attempt - 1) * (0.5 + Random.Shared.NextDouble()));
                wait = e.RetryAfter is { } asked && asked > wait ? asked : wait;
                await _options.Wait(wait < _options.LongestBackOff ? wait : _options.LongestBackOff, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    // A source of apt that does not answer is not the archive, as far as anyone can tell.
    private async Task<byte[]?> ProbeQuietlyAsync(Mirror mirror, string path, CancellationToken cancellationToken)
    {
        if (_offline && mirror.IsRemote)
        {
            return null;
        }

        try
        {
            return await ProbeAsync(mirror, path, cancellationToken).ConfigureAwait(false);
        }
        catch (MirrorFailureException e)
        {
            _reporter.Verbose($"{mirror.Name}: {e.Message}");
            return null;
        }
    }

    private async Task<byte[]?> ProbeAsync(Mirror mirror, string path, CancellationToken cancellationToken)
    {
        if (_probed.TryGetValue((mirror.Name, path), out byte[]? known))
        {
            return known;
        }

        byte[]? content;
        try
        {
            content = mirror.Folder is not null
                ? await ReadSmallAsync(mirror.PathOf(path), cancellationToken).ConfigureAwait(false)
                : await WithRetryAsync(mirror, () => DownloadSmallAsync(mirror.UrlOf(path), cancellationToken), cancellationToken).ConfigureAwait(false);
        }
        catch (MirrorFailureException e) when (e.Kind == MirrorFailureKind.NotFound)
        {
            content = null;
        }

        return _probed.GetOrAdd((mirror.Name, path), content);
    }

    private async Task<byte[]> DownloadSmallAsync(Uri url, CancellationToken cancellationToken)
    {
        using HttpResponseMessage response = await _transport.SendAsync(HttpMethod.Get, url, 0, true, cancellationToken).ConfigureAwait(false);
        if (response.StatusCode != HttpStatusCode.OK || response.Content.Headers.ContentLength > MaxReleaseBytes)
        {
            throw new MirrorFailureException(MirrorFailureKind.Refused, response.StatusCode != HttpStatusCode.OK ? $"it answers {(int)response.StatusCode}" : "its Release file is too large");
        }

        using MemoryStream content = new();
        await _transport.CopyAsync(response, MaxReleaseBytes, piece => content.WriteAsync(piece, cancellationToken), cancellationToken).ConfigureAwait(false);
        if (response.Content.Headers.ContentLength is { } length && length != content.Length)
        {
            throw new MirrorFailureException(MirrorFailureKind.Transient, $"the download was cut short after {content.Length} of {length} bytes");
        }

        return content.ToArray();
    }

    private static async Task<byte[]?> ReadSmallAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            FileInfo info = new(path);
            return !info.Exists ? null
                : info.Length > MaxReleaseBytes ? throw new MirrorFailureException(MirrorFailureKind.Refused, "its Release file is too large")
                : await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new MirrorFailureException(MirrorFailureKind.Refused, e.Message);
        }
    }
}
