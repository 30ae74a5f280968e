using System.Buffers.Binary;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>Reads detached OpenPGP signatures, armored or binary, one by one. Source: RFC 9580, sections 4.2 and 6.</summary>
internal static class SignaturePackets
{
    private const int SignatureTag = 2;
    private const int MaxBytes = 64 << 10;
    private const int MaxSignatures = 32;

    /// <summary>The signatures that can be read; one of an unknown kind is passed over, so that a new kind beside a known one does no harm.</summary>
    /// <param name="content">Armored or binary.</param>
    /// <param name="name">The signed file, as errors name it.</param>
    /// <exception cref="ReleaseSignatureInvalidException">The content is not a row of signature packets.</exception>
    public static IReadOnlyList<PgpSignature> Read(byte[] content, string name)
    {
        if (content.Length is 0 or > MaxBytes)
        {
            throw new ReleaseSignatureInvalidException(name, $"the signature has {content.Length} bytes");
        }

        byte[] packets = (content[0] & 0x80) != 0 ? content : Dearmor(content, name);
        List<PgpSignature> signatures = [];
        int count = 0;
        for (int at = 0; at < packets.Length;)
        {
            int length = PacketLength(packets.AsSpan(at), name);
            if (++count > MaxSignatures)
            {
                throw new ReleaseSignatureInvalidException(name, $"it has more than {MaxSignatures} signatures");
            }

            if (TryParse(packets.AsSpan(at, length).ToArray()) is { } signature)
            {
                signatures.Add(signature);
            }

            at += length;
        }

        return signatures;
    }

    private static byte[] Dearmor(byte[] content, string name)
    {
        ClearSignedText.CheckArmor(content, name);
        try
        {
            using MemoryStream source = new(content), packets = new();
            using ArmoredInputStream armored = new(source);
            armored.CopyTo(packets);
            return packets.ToArray();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            throw new ReleaseSignatureInvalidException(name, "the armor of the signature is damaged", e);
        }
    }

    // The whole packet's length, its header included; only signature packets of definite length are taken, so that the
    // library never sees a length beyond what is there.
    private static int PacketLength(ReadOnlySpan<byte> packet, string name)
    {
        int tag = (packet[0] & 0x40) != 0 ? packet[0] & 0x3f : (packet[0] >> 2) & 0x0f;
        long length = -1;
        if ((packet[0] & 0x80) != 0 && tag == SignatureTag)
        {
            if ((packet[0] & 0x40) == 0)
            {
                length = (packet[0] & 3) switch
                {
                    0 when packet.Length >= 2 => 2 + packet[1],
                    1 when packet.Length >= 3 => 3 + BinaryPrimitives.ReadUInt16BigEndian(packet[1..]),
                    2 when packet.Length >= 5 => 5L + BinaryPrimitives.ReadUInt32BigEndian(packet[1..]),
                    _ => -1,
                };
            }
            else if (packet.Length >= 2)
            {
                length = packet[1] switch
                {
                    < 192 => 2 + packet[1],
                    < 224 when packet.Length >= 3 => 3 + ((packet[1] - 192) << 8) + packet[2] + 192,
                    255 when packet.Length >= 6 => 6L + BinaryPrimitives.ReadUInt32BigEndian(packet[2..]),
                    _ => -1,
                };
            }
        }

        return length > 0 && length <= packet.Length
            ? (int)length
            : throw new ReleaseSignatureInvalidException(name, "the signature is not made of whole signature packets");
    }

    private static PgpSignature? TryParse(byte[] packet)
    {
        try
        {
            using MemoryStream stream = new(packet);
            return new PgpObjectFactory(stream).NextPgpObject() is PgpSignatureList { Count: 1 } list ? list[0] : null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return null;
        }
    }
}
