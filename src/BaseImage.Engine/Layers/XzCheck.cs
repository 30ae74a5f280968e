using System.Buffers.Binary;
using System.Security.Cryptography;

namespace BaseImage.Engine.Layers;

/// <summary>A block's checksum: none, CRC32, CRC64 or SHA-256. Source: The .xz File Format 1.2.1, section 2.1.1.2.</summary>
internal sealed class XzCheck : IDisposable
{
    private readonly int _type;
    private readonly IncrementalHash? _sha256;
    private ulong _crc32;
    private ulong _crc64;

    private XzCheck(int type, int size)
    {
        (_type, Size) = (type, size);
        _sha256 = type == 10 ? IncrementalHash.CreateHash(HashAlgorithmName.SHA256) : null;
    }

    /// <summary>Bytes of the checksum.</summary>
    public int Size { get; }

    /// <summary>The checksum of that type, or null for one that is not defined.</summary>
    public static XzCheck? Create(byte type) => type switch
    {
        0 => new XzCheck(type, 0),
        1 => new XzCheck(type, 4),
        4 => new XzCheck(type, 8),
        10 => new XzCheck(type, 32),
        _ => null,
    };

    /// <summary>CRC32 of some bytes.</summary>
    public static uint Crc(ReadOnlySpan<byte> bytes) => ~(uint)SlicedCrc.Crc32.Update(uint.MaxValue, bytes);

    /// <summary>Begins a block.</summary>
    public void Start() => (_crc32, _crc64) = (uint.MaxValue, ulong.MaxValue);

    /// <summary>Takes some of the block's bytes.</summary>
    public void Update(ReadOnlySpan<byte> bytes)
    {
        switch (_type)
        {
            case 1:
                _crc32 = SlicedCrc.Crc32.Update(_crc32, bytes);
                break;
            case 4:
                _crc64 = SlicedCrc.Crc64.Update(_crc64, bytes);
                break;
            default:
                _sha256?.AppendData(bytes);
                break;
        }
    }

    /// <summary>Ends the block: true where its checksum is this one.</summary>
    public bool Matches(ReadOnlySpan<byte> expected) => _type switch
    {
        1 => ~(uint)_crc32 == BinaryPrimitives.ReadUInt32LittleEndian(expected),
        4 => ~_crc64 == BinaryPrimitives.ReadUInt64LittleEndian(expected),
        10 => _sha256!.GetHashAndReset().AsSpan().SequenceEqual(expected),
        _ => true,
    };

    /// <inheritdoc/>
    public void Dispose() => _sha256?.Dispose();
}
