using System.IO.Compression;
using System.Security.Cryptography;

namespace BaseImage.Engine.Layers;

/// <summary>
/// gzip through the runtime's native inflate, which is fast and checks each member's CRC and size, but takes an early end
/// and anything after the end for the end. So a member of random bytes is made to follow: where the data is whole,
/// they come out last (and are kept back); where it is cut off or followed by something else, they do not.
/// </summary>
internal sealed class StrictGzipStream : ReadOnlyForwardStream
{
    private const int TailLength = 32;
    private static readonly byte[] s_tail = RandomNumberGenerator.GetBytes(TailLength);
    private static readonly byte[] s_tailMember = Member(s_tail);
    private readonly GZipStream _gzip;
    private readonly byte[] _held = new byte[(64 * 1024) + TailLength];
    private int _start;
    private int _end;
    private bool _ended;

    public StrictGzipStream(CompressedSource source)
    {
        source.Append(s_tailMember);
        _gzip = new GZipStream(source, CompressionMode.Decompress, leaveOpen: true);
    }

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        while (_end - _start <= TailLength && !_ended)
        {
            _held.AsSpan(_start, _end - _start).CopyTo(_held);
            (_start, _end) = (0, _end - _start);
            int read = _gzip.Read(_held, _end, _held.Length - _end);
            _end += read;
            if (read == 0)
            {
                _ended = true;
                if (!_held.AsSpan(_start, _end - _start).SequenceEqual(s_tail))
                {
                    throw new InvalidDataException("it ends too early or is followed by something else");
                }
            }
        }
        int count = Math.Min(buffer.Length, _end - _start - TailLength);
        _held.AsSpan(_start, count).CopyTo(buffer);
        _start += count;
        return count;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _gzip.Dispose();
        }
        base.Dispose(disposing);
    }

    private static byte[] Member(byte[] content)
    {
        using MemoryStream member = new();
        using (GZipStream gzip = new(member, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(content);
        }
        return member.ToArray();
    }
}
