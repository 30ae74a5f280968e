namespace BaseImage.Engine.Layers;

/// <summary>
/// How a layer is compressed: by managed code at a pinned version, in blocks of fixed size that know nothing of each
/// other, so that the bytes do not depend on the runtime, the size of writes or the number of workers.
/// </summary>
internal abstract class Codec
{
    /// <summary>gzip (RFC 1952) by this room's own DEFLATE encoder: what every engine and tool reads.</summary>
    public static Codec Gzip { get; } = new GzipCodec();

    /// <summary>Zstandard (RFC 8878), level 2, with checksums: faster than gzip and a little smaller, but not read by Docker before 23 nor by umoci.</summary>
    public static Codec Zstd { get; } = new ZstdCodec(2);

    /// <summary>Nothing is compressed.</summary>
    public static Codec None { get; } = new NoCodec();

    /// <summary>The name in definitions, locks and media types: <c>gzip</c>, <c>zstd</c> or <c>none</c>.</summary>
    public abstract string Name { get; }

    /// <summary>What decides the bytes, for locks and cache keys: name, level, implementation with its version, block size.</summary>
    public abstract string Identity { get; }

    /// <summary>The ending of a layer's media type: <c>+gzip</c>, <c>+zstd</c> or nothing (OCI Image Specification 1.1, layer.md).</summary>
    public abstract string MediaTypeSuffix { get; }

    /// <summary>Raw bytes that become one gzip member or zstd frame.</summary>
    public virtual int BlockSize => 1 << 20;

    /// <summary>The codec of that name, or null.</summary>
    public static Codec? ByName(string name) => name switch
    {
        "gzip" => Gzip,
        "zstd" => Zstd,
        "none" => None,
        _ => null,
    };

    /// <summary>
    /// A stream that compresses what is written to it; disposing it writes the rest. Nothing written gives nothing.
    /// </summary>
    /// <param name="destination">Where to.</param>
    /// <param name="workers">How many blocks may be compressed at once; the bytes are the same for every number.</param>
    /// <param name="leaveOpen">False to dispose the destination with the stream.</param>
    public virtual CompressorStream Compress(Stream destination, int workers = 1, bool leaveOpen = true) => new(this, destination, workers, leaveOpen);

    /// <summary>Compresses one block by itself.</summary>
    /// <param name="raw">1 to <see cref="BlockSize"/> bytes at the array's start.</param>
    /// <param name="length">How many.</param>
    /// <param name="output">Where the member or frame goes.</param>
    public abstract void CompressBlock(byte[] raw, int length, Stream output);

    /// <summary>Inflates one block that <see cref="CompressBlock"/> made. Who asks has made sure that these are its bytes.</summary>
    /// <param name="packed">The member or frame at the array's start.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="raw">Where to: <see cref="BlockSize"/> bytes or more.</param>
    /// <returns>How many raw bytes there are.</returns>
    /// <exception cref="InvalidDataException">They are no block of this codec.</exception>
    public abstract int InflateBlock(byte[] packed, int length, byte[] raw);
}
