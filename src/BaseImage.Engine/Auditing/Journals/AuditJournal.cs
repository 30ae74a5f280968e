using System.Buffers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Journals;

/// <summary>
/// A file with a line for each image and platform that was audited. A line is written at once when the image is done; what
/// a killed process left of one is cut off by the next. Only where lines lie is kept in memory.
/// </summary>
internal sealed class AuditJournal : IAuditJournal
{
    // A line has the rows of one image and platform.
    private const int MaximumLine = 256 << 20;

    private readonly FileStream _file;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly Dictionary<string, (long Start, int Length)> _lines = new(StringComparer.Ordinal);

    private AuditJournal(string path, FileStream file) => (Path, _file) = (path, file);

    /// <inheritdoc/>
    public string Path { get; }

    /// <summary>Opens a journal, making it where there is none.</summary>
    /// <exception cref="JournalInvalidException">The file is something else.</exception>
    /// <exception cref="PathNotWritableException">It cannot be written, or another process writes it.</exception>
    public static async Task<AuditJournal> OpenAsync(string path, CancellationToken cancellationToken)
    {
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1 << 16, FileOptions.Asynchronous);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new PathNotWritableException(path, e);
        }

        try
        {
            AuditJournal journal = new(path, file);
            await journal.ReadAsync(cancellationToken).ConfigureAwait(false);
            return journal;
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>What was found when the same was audited; null where it was not.</summary>
    public async Task<JournalItem?> FindAsync(string key, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_lines.TryGetValue(key, out (long Start, int Length) place))
            {
                return null;
            }

            byte[] line = new byte[place.Length];
            _file.Position = place.Start;
            await _file.ReadExactlyAsync(line, cancellationToken).ConfigureAwait(false);
            return JournalLine.Read(line);
        }
        catch (EndOfStreamException)
        {
            return null;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Takes down what was found.</summary>
    /// <exception cref="PathNotWritableException">The disk refuses.</exception>
    public async Task AddAsync(string key, JournalItem item, CancellationToken cancellationToken)
    {
        byte[] line = JournalLine.Write(key, item);
        if (line.Length > MaximumLine)
        {
            return;
        }

        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            long start = _file.Length;
            _file.Position = start;
            try
            {
                // Not to be broken off: half a line is for those who are killed.
                await _file.WriteAsync(line, CancellationToken.None).ConfigureAwait(false);
                await _file.FlushAsync(CancellationToken.None).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                _file.SetLength(start);
                throw new PathNotWritableException(Path, e);
            }

            _lines[key] = (start, line.Length - 1);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file.Dispose();
        _gate.Dispose();
    }

    private async Task ReadAsync(CancellationToken cancellationToken)
    {
        byte[] header = new byte[JournalLine.Header.Length];
        int read = await _file.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
        if (!JournalLine.Header.AsSpan().StartsWith(header.AsSpan(0, read)))
        {
            throw new JournalInvalidException(Path);
        }

        if (read < header.Length)
        {
            _file.SetLength(0);
            await _file.WriteAsync(JournalLine.Header, cancellationToken).ConfigureAwait(false);
            await _file.FlushAsync(cancellationToken).ConfigureAwait(false);
            return;
        }

        long whole = await IndexAsync(cancellationToken).ConfigureAwait(false);
        _file.SetLength(whole);
    }

    // Gives where the last whole line ends.
    private async Task<long> IndexAsync(CancellationToken cancellationToken)
    {
        long start = JournalLine.Header.Length;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(1 << 20);
        try
        {
            int held = 0;
            while (true)
            {
                int read = await _file.ReadAsync(buffer.AsMemory(held), cancellationToken).ConfigureAwait(false);
                if (read == 0)
                {
                    return start;
                }

                held += read;
                int used = 0;
                for (int end; (end = buffer.AsSpan(used, held - used).IndexOf((byte)'\n')) >= 0; used += end + 1)
                {
                    if (JournalLine.Key(buffer.AsSpan(used, end)) is { } key)
                    {
                        _lines[key] = (start, end);
                    }

                    start += end + 1;
                }

                buffer.AsSpan(used, held - used).CopyTo(buffer);
                held -= used;
                if (held == buffer.Length)
                {
                    if (held >= MaximumLine)
                    {
                        throw new JournalInvalidException(Path);
                    }

                    byte[] larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
                    buffer.AsSpan(0, held).CopyTo(larger);
                    ArrayPool<byte>.Shared.Return(buffer);
                    buffer = larger;
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
