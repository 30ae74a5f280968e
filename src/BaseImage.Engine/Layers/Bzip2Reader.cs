using SharpCompress.Compressors;
using SharpCompress.Compressors.BZip2;

namespace BaseImage.Engine.Layers;

/// <summary>
/// bzip2 streams one after the other. SharpCompress can read several by itself, but then takes whatever follows the last
/// one for its end; here each is read alone, and what follows is looked at.
/// </summary>
internal sealed class Bzip2Reader(CompressedSource source) : ReadOnlyForwardStream
{
    private BZip2Stream? _stream;

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count)
    {
        while (true)
        {
            _stream ??= BZip2Stream.Create(source, CompressionMode.Decompress, false, false, true);
            int read = _stream.Read(buffer, offset, count);
            if (read > 0 || source.IsAtEnd)
            {
                return read;
            }
            _stream.Dispose();
            _stream = source.Peek(3).SequenceEqual("BZh"u8) ? null : throw new InvalidDataException("it is followed by something else");
        }
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _stream?.Dispose();
        }
        base.Dispose(disposing);
    }
}
