namespace BaseImage.Engine.Layers;

/// <summary>The formats that can be read.</summary>
internal enum CompressionFormat
{
    /// <summary>Not compressed.</summary>
    None,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 8878.</summary>
    Zstd,

    /// <summary>The .xz File Format 1.2.1.</summary>
    Xz,

    /// <summary>bzip2.</summary>
    Bzip2,

    /// <summary>The .lzma format of LZMA Utils: 13 bytes of header, no checksum.</summary>
    Lzma,
}
