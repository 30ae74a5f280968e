using System.Buffers;
using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Compression;

namespace BaseImage.Engine.Layers;

/// <summary>A gzip member a block: no name, time 0, XFL 0, OS 255 (unknown). Source: RFC 1952, section 2.3.</summary>
internal sealed class GzipCodec : Codec
{
    private const int HeaderSize = 10;
    private const int TrailerSize = 8;
    private static readonly ConcurrentBag<DeflateEncoder> s_encoders = [];

    /// <inheritdoc/>
    public override string Name => "gzip";

    /// <inheritdoc/>
    public override string Identity => $"gzip/{DeflateEncoder.Version}/{BlockSize}";

    /// <inheritdoc/>
    public override string MediaTypeSuffix => "+gzip";

    /// <inheritdoc/>
    public override void CompressBlock(byte[] raw, int length, Stream output)
    {
        ReadOnlySpan<byte> input = raw.AsSpan(0, length);
        DeflateEncoder encoder = s_encoders.TryTake(out DeflateEncoder? free) ? free : new DeflateEncoder();
        byte[] member = ArrayPool<byte>.Shared.Rent(HeaderSize + DeflateEncoder.MaxOutput(length) + TrailerSize);
        try
        {
            ReadOnlySpan<byte> header = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255];
            header.CopyTo(member);
            int end = HeaderSize + encoder.Encode(input, member.AsSpan(HeaderSize));
            BinaryPrimitives.WriteUInt32LittleEndian(member.AsSpan(end), XzCheck.Crc(input));
            BinaryPrimitives.WriteUInt32LittleEndian(member.AsSpan(end + 4), (uint)length);
            output.Write(member, 0, end + TrailerSize);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(member);
            s_encoders.Add(encoder);
        }
    }

    // What a deflate stream means does not depend on who reads it, so the runtime's own reader may; only its writer's
    // bytes differ between versions.
    /// <inheritdoc/>
    public override int InflateBlock(byte[] packed, int length, byte[] raw)
    {
        using MemoryStream member = new(packed, 0, length, writable: false);
        using GZipStream inflated = new(member, CompressionMode.Decompress);
        int read = inflated.ReadAtLeast(raw, raw.Length, throwOnEndOfStream: false);
        return read <= BlockSize ? read : throw new InvalidDataException("A gzip member is larger than a block.");
    }
}
