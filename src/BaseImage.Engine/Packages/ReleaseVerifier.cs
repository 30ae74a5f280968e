using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>A Release file that a trusted key signed.</summary>
/// <param name="Release">What it says, read from exactly the bytes that were signed.</param>
/// <param name="Signer">The fingerprint of the primary key, upper-case hexadecimal; empty for an unsigned one.</param>
internal sealed record VerifiedRelease(ReleaseFile Release, string Signer);

/// <summary>
/// Verifies the OpenPGP signatures of Release files. One good signature by a key of the keyring is enough, apt's own
/// rule. Source: RFC 9580; SHA-256 and better, RSA of 2048 bits and more, Ed25519.
/// </summary>
internal static class ReleaseVerifier
{
    /// <summary>Verifies a clear-signed InRelease file.</summary>
    /// <param name="file">Its bytes.</param>
    /// <param name="name">How errors name it.</param>
    /// <param name="keyring">The keys that are trusted.</param>
    /// <param name="asOf">The time at which keys and signatures are judged.</param>
    public static VerifiedRelease VerifyInline(byte[] file, string name, Keyring keyring, DateTimeOffset asOf)
    {
        ClearSignedText parts = ClearSignedText.Split(file, name);
        string signer = Verify(parts.Signed, SignaturePackets.Read(parts.Armor, name), PgpSignature.CanonicalTextDocument, name, keyring, asOf);
        return new VerifiedRelease(ReleaseFile.Parse(parts.Text, name), signer);
    }

    /// <summary>Verifies a Release file against its Release.gpg, binary or armored.</summary>
    public static VerifiedRelease VerifyDetached(byte[] file, byte[] signature, string name, Keyring keyring, DateTimeOffset asOf)
    {
        string signer = Verify(file, SignaturePackets.Read(signature, name), PgpSignature.BinaryDocument, name, keyring, asOf);
        return new VerifiedRelease(ReleaseFile.Parse(file, name), signer);
    }

    /// <summary>Reads the Release file of an archive that the definition declares as checksums-only; a signature around it is not looked at.</summary>
    public static VerifiedRelease ReadUnsigned(byte[] file, string name)
    {
        bool inline = file.AsSpan().StartsWith("-----BEGIN PGP SIGNED MESSAGE-----"u8);
        return new VerifiedRelease(ReleaseFile.Parse(inline ? ClearSignedText.Split(file, name).Text : file, name), "");
    }

    private static string Verify(byte[] content, IReadOnlyList<PgpSignature> signatures, int type, string name, Keyring keyring, DateTimeOffset asOf)
    {
        List<string> problems = [];
        foreach (PgpSignature signature in signatures)
        {
            foreach (TrustedKey key in keyring.Find(signature.KeyId))
            {
                string? problem = Check(content, signature, type, key, asOf);
                if (problem is null)
                {
                    return key.PrimaryFingerprint;
                }

                problems.Add($"by {Keyring.FormatKeyId(signature.KeyId)}: {problem}");
            }
        }

        throw problems.Count > 0
            ? new ReleaseSignatureInvalidException(name, string.Join("; ", problems))
            : new ReleaseSignerUnknownException(name, keyring.Name, [.. signatures.Select(s => Keyring.FormatKeyId(s.KeyId)).Distinct(StringComparer.Ordinal)], keyring.KeyIds);
    }

    private static string? Check(byte[] content, PgpSignature signature, int type, TrustedKey key, DateTimeOffset asOf)
    {
        if (signature.Version != 4)
        {
            return $"it is of version {signature.Version}";
        }

        if (signature.SignatureType != type)
        {
            return $"it is of type 0x{signature.SignatureType:X2}, not 0x{type:X2}";
        }

        if (signature.HashAlgorithm is not (HashAlgorithmTag.Sha256 or HashAlgorithmTag.Sha384 or HashAlgorithmTag.Sha512))
        {
            return $"it uses {signature.HashAlgorithm}, which is too weak or unknown";
        }

        if (signature.KeyAlgorithm != key.Key.Algorithm)
        {
            return "its algorithm is not its key's";
        }

        PgpSignatureSubpacketVector? hashed = signature.GetHashedSubPackets();
        if (hashed is null || !hashed.HasSubpacket(SignatureSubpacketTag.CreationTime))
        {
            return "it does not say when it was made";
        }

        // RFC 9580 5.2.3.7: an unknown subpacket that is marked critical makes the signature invalid.
        if (hashed.ToArray().Any(p => p.IsCritical() && !IsKnown(p.SubpacketType)))
        {
            return "it demands something that is not understood";
        }

        DateTimeOffset made = new(DateTime.SpecifyKind(signature.CreationTime, DateTimeKind.Utc));
        long seconds = hashed.GetSignatureExpirationTime();
        if (seconds > 0 && asOf > made.AddSeconds(seconds))
        {
            return "it has expired";
        }

        if (made > asOf + ReleaseRules.ClockTolerance)
        {
            return "it was made after the time it is judged at";
        }

        return key.WhyNot(made, asOf) ?? (OpenPgpCheck.OfDocument(signature, key.Key, content) ? null : "the file is not what was signed");
    }

    private static bool IsKnown(SignatureSubpacketTag tag) => tag is SignatureSubpacketTag.CreationTime or SignatureSubpacketTag.ExpireTime
        or SignatureSubpacketTag.IssuerKeyId or SignatureSubpacketTag.IssuerFingerprint or SignatureSubpacketTag.SignerUserId or SignatureSubpacketTag.PolicyUrl;
}
