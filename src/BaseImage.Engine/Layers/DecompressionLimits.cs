namespace BaseImage.Engine.Layers;

/// <summary>How much compressed data may unpack to.</summary>
/// <param name="MaxBytes">The most bytes that come out.</param>
/// <param name="MaxRatio">The most bytes that come out for each that goes in; honest tars of zeros reach 1,030 in gzip.</param>
/// <param name="RatioFrom">Bytes that come out before the ratio is looked at.</param>
/// <param name="MaxMemory">The most bytes of dictionary or window that the data may ask for.</param>
internal sealed record DecompressionLimits(long MaxBytes, int MaxRatio, long RatioFrom, long MaxMemory)
{
    /// <summary>A foreign image's layer: 64 GiB; the ratio is not limited, because a layer with a file of zeros is legal and is only streamed.</summary>
    public static DecompressionLimits Layer { get; } = new(64L << 30, int.MaxValue, long.MaxValue, 128L << 20);

    /// <summary>A .deb's tar: 16 GiB; 500 to 1 from 256 MiB on (in Debian 12 the most of any package of that size is 107, qemu-efi-aarch64).</summary>
    public static DecompressionLimits Package { get; } = new(16L << 30, 500, 256L << 20, 128L << 20);

    /// <summary>A .deb's control tar: 64 MiB.</summary>
    public static DecompressionLimits Control { get; } = new(64L << 20, 1_000, 16L << 20, 128L << 20);

    /// <summary>An archive's index: 1 GiB.</summary>
    public static DecompressionLimits Index { get; } = new(1L << 30, 500, 64L << 20, 128L << 20);
}
