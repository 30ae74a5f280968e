using System.Buffers.Binary;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Elf;

/// <summary>
/// Parts of a file, each at its offset: what was kept of an ELF file as it passed. A read outside all parts says so and
/// gives nothing, so that a fact stays unknown where its bytes were not kept, and a header that lies reaches nowhere.
/// </summary>
internal sealed class ElfBytes
{
    private const int MaxText = 4096;

    private readonly List<(long Start, ReadOnlyMemory<byte> Bytes)> _parts = [];

    /// <summary>Makes it of parts.</summary>
    /// <param name="length">The file's bytes, whether kept or not.</param>
    /// <param name="parts">What was kept.</param>
    public ElfBytes(long length, params IEnumerable<(long Start, ReadOnlyMemory<byte> Bytes)> parts)
    {
        Length = length;
        _parts.AddRange(parts);
    }

    /// <summary>The file's bytes, whether kept or not.</summary>
    public long Length { get; }

    /// <summary>True where every number has its highest byte first.</summary>
    public bool IsBigEndian { get; set; }

    /// <summary>Bytes at an offset; false where they were not all kept or lie outside.</summary>
    public bool TryRead(long offset, long length, out ReadOnlySpan<byte> bytes)
    {
        bytes = default;
        if (offset < 0 || length is < 0 or > int.MaxValue || offset > Length - length)
        {
            return false;
        }

        foreach ((long start, ReadOnlyMemory<byte> part) in _parts)
        {
            if (offset >= start && offset - start <= part.Length - length)
            {
                bytes = part.Span.Slice((int)(offset - start), (int)length);
                return true;
            }
        }

        return false;
    }

    /// <summary>As many bytes at an offset as were kept, up to a length.</summary>
    public ReadOnlySpan<byte> ReadUpTo(long offset, long length)
    {
        foreach ((long start, ReadOnlyMemory<byte> part) in _parts)
        {
            if (offset >= start && offset - start < part.Length)
            {
                return part.Span.Slice((int)(offset - start), (int)Math.Clamp(length, 0, part.Length - (offset - start)));
            }
        }

        return default;
    }

    /// <summary>Two bytes as a number.</summary>
    public int U16(ReadOnlySpan<byte> bytes, int at) => IsBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    /// <summary>Four bytes as a number.</summary>
    public uint U32(ReadOnlySpan<byte> bytes, int at) => IsBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);

    /// <summary>Eight bytes as a number; what does not fit into 63 bits becomes the largest that does, which no file reaches.</summary>
    public long U64(ReadOnlySpan<byte> bytes, int at)
    {
        ulong value = IsBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(bytes[at..]) : BinaryPrimitives.ReadUInt64LittleEndian(bytes[at..]);
        return value > long.MaxValue ? long.MaxValue : (long)value;
    }

    /// <summary>Bytes up to the next zero; null where there is none within 4096 bytes.</summary>
    public ReadOnlySpan<byte> Raw(long offset, long end)
    {
        if (end - offset is not (> 0 and var room) || offset < 0)
        {
            return default;
        }

        ReadOnlySpan<byte> bytes = ReadUpTo(offset, Math.Min(room, MaxText));
        int zero = bytes.IndexOf((byte)0);
        return zero < 0 ? default : bytes[..zero];
    }

    /// <summary>As <see cref="Raw"/>, escaped; empty for nothing.</summary>
    public string Text(long offset, long end) => LayerText.Escape(Raw(offset, end));
}
