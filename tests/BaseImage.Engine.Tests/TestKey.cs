using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Security;

namespace BaseImage.Engine.Tests;

/// <summary>An OpenPGP key for tests, made without gpg. Ed25519 keys come from a seed, so that signatures never change.</summary>
internal sealed class TestKey
{
    private readonly PgpSecretKeyRing _ring;
    private readonly PgpPublicKeyRing _public;
    private readonly PgpSecretKey _signing;

    private TestKey(PgpSecretKeyRing ring, PgpPublicKeyRing @public, PgpSecretKey signing) => (_ring, _public, _signing) = (ring, @public, signing);

    /// <summary>When keys are made where a test says nothing else.</summary>
    public static readonly DateTime Created = new(2020, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>The key that test archives are signed with.</summary>
    public static TestKey Default { get; } = Ed25519(1);

    /// <summary>The public keyring, binary.</summary>
    public byte[] Public => _public.GetEncoded();

    /// <summary>The primary key's fingerprint.</summary>
    public string Fingerprint => Convert.ToHexString(_ring.GetPublicKey().GetFingerprint());

    /// <summary>The id of the key that signs.</summary>
    public string KeyId => _signing.KeyId.ToString("X16", CultureInfo.InvariantCulture);

    /// <summary>An Ed25519 key.</summary>
    /// <param name="seed">Tells keys apart.</param>
    /// <param name="validDays">Days until it expires; 0 for never.</param>
    /// <param name="subkey">True where a subkey signs.</param>
    /// <param name="boundSubkey">False to leave out the subkey's own signature on the primary key.</param>
    public static TestKey Ed25519(byte seed, int validDays = 0, bool subkey = false, bool boundSubkey = true)
        => Make(PublicKeyAlgorithmTag.EdDsa_Legacy, Pair(seed), validDays, subkey ? Pair((byte)(seed + 128)) : null, boundSubkey);

    /// <summary>An RSA key.</summary>
    public static TestKey Rsa(int bits)
    {
        RsaKeyPairGenerator generator = new();
        generator.Init(new RsaKeyGenerationParameters(BigInteger.ValueOf(65537), new SecureRandom(), bits, 30));
        return Make(PublicKeyAlgorithmTag.RsaGeneral, generator.GenerateKeyPair(), 0, null, true);
    }

    /// <summary>The public keyring with a revocation of the primary key.</summary>
    public byte[] Revoked(RevocationReasonTag reason, DateTime at)
    {
        PgpSignatureGenerator generator = new(_ring.GetPublicKey().Algorithm, HashAlgorithmTag.Sha256);
        generator.InitSign(PgpSignature.KeyRevocation, _ring.GetSecretKey().ExtractPrivateKey(null), new SecureRandom());
        PgpSignatureSubpacketGenerator packets = new();
        packets.SetSignatureCreationTime(false, at);
        packets.SetRevocationReason(false, reason, "test");
        generator.SetHashedSubpackets(packets.Generate());
        PgpPublicKey revoked = PgpPublicKey.AddCertification(_ring.GetPublicKey(), generator.GenerateCertification(_ring.GetPublicKey()));
        return revoked.GetEncoded();
    }

    /// <summary>A clear-signed file.</summary>
    public byte[] ClearSign(string text, HashAlgorithmTag hash = HashAlgorithmTag.Sha256, DateTime? made = null, int validDays = 0)
    {
        string[] lines = text.TrimEnd('\n').Split('\n');
        byte[] signed = Encoding.UTF8.GetBytes(string.Join("\r\n", lines.Select(l => l.TrimEnd(' ', '\t'))));
        string body = string.Join('\n', lines.Select(l => l.StartsWith('-') ? "- " + l : l));
        string armor = Encoding.ASCII.GetString(Armor(Sign(signed, PgpSignature.CanonicalTextDocument, hash, made, validDays)));
        return Encoding.UTF8.GetBytes($"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{body}\n{armor}");
    }

    /// <summary>A detached signature.</summary>
    public byte[] DetachSign(byte[] content, bool armored = true, HashAlgorithmTag hash = HashAlgorithmTag.Sha256)
    {
        byte[] signature = Sign(content, PgpSignature.BinaryDocument, hash, null, 0);
        return armored ? Armor(signature) : signature;
    }

    /// <summary>An armored block of signature packets.</summary>
    public static byte[] Armor(byte[] packets)
    {
        using MemoryStream output = new();
        using (ArmoredOutputStream armored = new(output, addVersionHeader: false))
        {
            armored.Write(packets);
        }

        return Encoding.ASCII.GetBytes(Encoding.ASCII.GetString(output.ToArray()).Replace("\r\n", "\n", StringComparison.Ordinal));
    }

    /// <summary>A signature packet.</summary>
    public byte[] Sign(byte[] content, int type, HashAlgorithmTag hash, DateTime? made, int validDays)
    {
        PgpSignatureGenerator generator = new(_signing.PublicKey.Algorithm, hash);
        generator.InitSign(type, _signing.ExtractPrivateKey(null), new SecureRandom());
        PgpSignatureSubpacketGenerator packets = new();
        packets.SetSignatureCreationTime(false, made ?? new DateTime(2024, 1, 2, 0, 0, 0, DateTimeKind.Utc));
        packets.SetIssuerFingerprint(false, _signing.PublicKey);
        packets.SetIssuerKeyID(false, _signing.KeyId);
        if (validDays > 0)
        {
            packets.SetSignatureExpirationTime(false, validDays * 86_400L);
        }

        generator.SetHashedSubpackets(packets.Generate());
        generator.Update(content);
        return generator.Generate().GetEncoded();
    }

    private static AsymmetricCipherKeyPair Pair(byte seed)
    {
        Ed25519PrivateKeyParameters key = new(SHA256.HashData([seed]));
        return new AsymmetricCipherKeyPair(key.GeneratePublicKey(), key);
    }

    private static TestKey Make(PublicKeyAlgorithmTag algorithm, AsymmetricCipherKeyPair pair, int validDays, AsymmetricCipherKeyPair? subkey, bool bound)
    {
        PgpSignatureSubpacketGenerator packets = new();
        packets.SetKeyFlags(false, PgpKeyFlags.CanCertify | (subkey is null ? PgpKeyFlags.CanSign : 0));
        packets.SetSignatureCreationTime(false, Created);
        if (validDays > 0)
        {
            packets.SetKeyExpirationTime(false, validDays * 86_400L);
        }

        PgpKeyRingGenerator generator = new(
            PgpSignature.PositiveCertification, new PgpKeyPair(algorithm, pair, Created), "Test archive <archive@example.org>",
            SymmetricKeyAlgorithmTag.Null, HashAlgorithmTag.Sha256, (char[]?)null, true, packets.Generate(), null, new SecureRandom());
        if (subkey is not null)
        {
            PgpSignatureSubpacketGenerator binding = new();
            binding.SetKeyFlags(false, PgpKeyFlags.CanSign);
            binding.SetSignatureCreationTime(false, Created);
            PgpKeyPair sub = new(algorithm, subkey, Created);
            if (bound)
            {
                generator.AddSubKey(sub, binding.Generate(), null, HashAlgorithmTag.Sha256, HashAlgorithmTag.Sha256);
            }
            else
            {
                generator.AddSubKey(sub, binding.Generate(), null, HashAlgorithmTag.Sha256);
            }
        }

        PgpSecretKeyRing ring = generator.GenerateSecretKeyRing();
        return new TestKey(ring, generator.GeneratePublicKeyRing(), ring.GetSecretKeys().Last());
    }
}
