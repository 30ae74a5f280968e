using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Whether an OpenPGP signature holds. The packets are BouncyCastle's; RSA is the platform's own, since BouncyCastle tests
/// for each signature anew whether the key's modulus might be a prime, which costs a hundred times the signature. Every
/// other kind of key stays with BouncyCastle. What throws on the way does not hold. Source: RFC 9580, 5.2.4.
/// </summary>
internal static class OpenPgpCheck
{
    /// <summary>A document's signature.</summary>
    /// <param name="signature">The signature, of a binary or a text document.</param>
    /// <param name="by">The key that is said to have made it.</param>
    /// <param name="content">The document's bytes; a text's lines already end with CR LF.</param>
    public static bool OfDocument(PgpSignature signature, PgpPublicKey by, byte[] content) => Holds(signature, by, () => [content], () =>
    {
        signature.Update(content);
        return signature.Verify();
    });

    /// <summary>A certification: a key and one of its user ids belong together.</summary>
    public static bool OfUserId(PgpSignature signature, PgpPublicKey by, string userId, PgpPublicKey key)
        => Holds(signature, by, () => [KeyBytes(key), UserIdBytes(userId)], () => signature.VerifyCertification(userId, key));

    /// <summary>What a key says of itself, its revocation included.</summary>
    public static bool OfKey(PgpSignature signature, PgpPublicKey by, PgpPublicKey key)
        => Holds(signature, by, () => [KeyBytes(key)], () => signature.VerifyCertification(key));

    /// <summary>That a primary key and a subkey belong together, said by either, or its revocation.</summary>
    public static bool OfSubkey(PgpSignature signature, PgpPublicKey by, PgpPublicKey primary, PgpPublicKey subkey)
        => Holds(signature, by, () => [KeyBytes(primary), KeyBytes(subkey)], () => signature.VerifyCertification(primary, subkey));

    private static bool Holds(PgpSignature signature, PgpPublicKey by, Func<byte[][]> signed, Func<bool> verify)
    {
        try
        {
            if (signature.KeyAlgorithm is PublicKeyAlgorithmTag.RsaGeneral or PublicKeyAlgorithmTag.RsaSign
                && signature.KeyAlgorithm == by.Algorithm && signature.Version == 4 && by.Version == 4
                && by.PublicKeyPacket.Key is RsaPublicBcpgKey key && HashName(signature.HashAlgorithm) is { } hash)
            {
                return HoldsRsa(signature, key, hash, signed());
            }

            signature.InitVerify(by);
            return verify();
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return false;
        }
    }

    private static bool HoldsRsa(PgpSignature signature, RsaPublicBcpgKey key, HashAlgorithmName name, byte[][] signed)
    {
        byte[] modulus = key.Modulus.ToByteArrayUnsigned(), number = signature.GetSignature();
        if (number.Length > modulus.Length)
        {
            return false;
        }

        using IncrementalHash hash = IncrementalHash.CreateHash(name);
        foreach (byte[] part in signed)
        {
            hash.AppendData(part);
        }

        hash.AppendData(signature.GetSignatureTrailer());

        // OpenPGP drops leading zeros of numbers; PKCS #1 wants as many bytes as the modulus has.
        byte[] padded = new byte[modulus.Length];
        number.CopyTo(padded, modulus.Length - number.Length);
        using RSA rsa = RSA.Create(new RSAParameters { Modulus = modulus, Exponent = key.PublicExponent.ToByteArrayUnsigned() });
        return rsa.VerifyHash(hash.GetHashAndReset(), padded, name, RSASignaturePadding.Pkcs1);
    }

    private static HashAlgorithmName? HashName(HashAlgorithmTag tag) => tag switch
    {
        // SHA-1 stands in the self-signatures of old keys; Release files with it are refused before they come here.
        HashAlgorithmTag.Sha1 => HashAlgorithmName.SHA1,
        HashAlgorithmTag.Sha256 => HashAlgorithmName.SHA256,
        HashAlgorithmTag.Sha384 => HashAlgorithmName.SHA384,
        HashAlgorithmTag.Sha512 => HashAlgorithmName.SHA512,
        _ => null,
    };

    private static byte[] KeyBytes(PgpPublicKey key)
    {
        byte[] body = key.PublicKeyPacket.GetEncodedContents();
        byte[] framed = new byte[body.Length + 3];
        framed[0] = 0x99;
        BinaryPrimitives.WriteUInt16BigEndian(framed.AsSpan(1), checked((ushort)body.Length));
        body.CopyTo(framed, 3);
        return framed;
    }

    private static byte[] UserIdBytes(string userId)
    {
        byte[] text = Encoding.UTF8.GetBytes(userId);
        byte[] framed = new byte[text.Length + 5];
        framed[0] = 0xB4;
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)text.Length);
        text.CopyTo(framed, 5);
        return framed;
    }
}
