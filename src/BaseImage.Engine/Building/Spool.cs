using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Building;

/// <summary>A package's contents in a temporary file without a tree, gone with the build even where the process is killed.</summary>
internal sealed class Spool : IDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private FileStream? _file;
    private DiskFile? _writing;
    private PackageListing? _listing;

    /// <summary>Fills it, once, however many ask.</summary>
    public async Task<PackageListing> FillAsync(Func<CancellationToken, Task<PackageListing>> fill, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _listing ??= await fill(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Starts the file, dropping what an attempt that failed has left.</summary>
    /// <exception cref="Errors.PathNotWritableException">The disk refuses it.</exception>
    public Stream Create(ContentCache cache)
    {
        _writing?.Dispose();
        string path = cache.NewTemporaryPath();
        try
        {
            _file = new FileStream(path, FileMode.CreateNew, FileAccess.ReadWrite, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.DeleteOnClose);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new Errors.PathNotWritableException(path, e);
        }

        return _writing = new DiskFile(_file, path);
    }

    /// <summary>Reads a part of it; any number of readers at once.</summary>
    public Stream Open(long offset, long length)
        => new Part(_file ?? throw new InvalidOperationException("The spool is empty."), offset, length);

    /// <inheritdoc/>
    public void Dispose()
    {
        _writing?.Dispose();
        _gate.Dispose();
    }

    private sealed class Part(FileStream file, long offset, long length) : Stream
    {
        private long _position;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get => _position; set => throw new NotSupportedException(); }

        public override int Read(Span<byte> buffer)
        {
            int wanted = (int)Math.Min(buffer.Length, length - _position);
            int read = wanted == 0 ? 0 : RandomAccess.Read(file.SafeFileHandle, buffer[..wanted], offset + _position);
            _position += read;
            return read;
        }

        public override int Read(byte[] buffer, int start, int count) => Read(buffer.AsSpan(start, count));

        public override void Flush()
        {
        }

        public override long Seek(long position, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int start, int count) => throw new NotSupportedException();
    }
}
