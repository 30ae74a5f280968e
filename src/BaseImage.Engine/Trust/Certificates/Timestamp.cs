using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;

namespace BaseImage.Engine.Trust.Certificates;

/// <summary>What a timestamp proves.</summary>
/// <param name="Earliest">The earliest moment of the stamp, by its accuracy.</param>
/// <param name="Latest">The latest moment of it.</param>
/// <param name="Chain">The authority's certificates, from the stamp's signer to a root that is trusted.</param>
internal sealed record TimestampProof(DateTimeOffset Earliest, DateTimeOffset Latest, IReadOnlyList<X509Certificate2> Chain);

/// <summary>
/// What an authority's timestamp proves: that a signature was there at a time. Source: RFC 3161; RFC 5816; Notary Project trust
/// store and trust policy specification, "Validate Authentic Timestamp".
/// </summary>
internal static class Timestamp
{
    private const string BaselinePolicy = "0.4.0.2023.1.1";
    private const string SigningCertificateV2 = "1.2.840.113549.1.9.16.2.47";

    private static readonly HashSet<string> Hashes = new(StringComparer.Ordinal) { "2.16.840.1.101.3.4.2.1", "2.16.840.1.101.3.4.2.2", "2.16.840.1.101.3.4.2.3" };

    // RSA (PKCS #1, with and without its hash's name, and PSS) and ECDSA with SHA-2.
    private static readonly HashSet<string> Algorithms = new(StringComparer.Ordinal)
    {
        "1.2.840.113549.1.1.1", "1.2.840.113549.1.1.10", "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13",
        "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4",
    };

    /// <summary>Verifies a timestamp.</summary>
    /// <param name="encoded">The token's DER.</param>
    /// <param name="signature">What it has to be of.</param>
    /// <param name="roots">The authorities that are trusted.</param>
    /// <returns>What it proves. Whether its certificates were revoked is still to be asked.</returns>
    /// <exception cref="TrustFailureException">It proves nothing.</exception>
    internal static TimestampProof Verify(ReadOnlyMemory<byte> encoded, ReadOnlySpan<byte> signature, IReadOnlyList<X509Certificate2> roots)
    {
        try
        {
            if (!Rfc3161TimestampToken.TryDecode(encoded, out Rfc3161TimestampToken? token, out int read) || read != encoded.Length)
            {
                throw Invalid("it cannot be read");
            }

            SignedCms cms = token.AsSignedCms();
            if (cms.SignerInfos.Count != 1 || !Hashes.Contains(cms.SignerInfos[0].DigestAlgorithm.Value ?? "") || !Algorithms.Contains(cms.SignerInfos[0].SignatureAlgorithm.Value ?? "")
                || !Hashes.Contains(token.TokenInfo.HashAlgorithmId.Value ?? ""))
            {
                throw Invalid("it has an algorithm that is not used");
            }

            if (!cms.SignerInfos[0].SignedAttributes.Cast<CryptographicAttributeObject>().Any(attribute => attribute.Oid.Value == SigningCertificateV2))
            {
                throw Invalid("it does not say with which certificate it was made (signing-certificate-v2)");
            }

            if (!token.VerifySignatureForData(signature, out X509Certificate2? signer))
            {
                throw Invalid("it does not hold, or is of another signature");
            }

            // Roots first: a stamp may bring a root's other certificate, issued by an older one, which would lead past the root that is trusted.
            IReadOnlyList<X509Certificate2> chain = CertificateLinks.From(signer, [.. roots, .. cms.Certificates]);
            if (!roots.Any(root => root.RawDataMemory.Span.SequenceEqual(chain[^1].RawDataMemory.Span)))
            {
                throw new TrustFailureException(SignatureStatus.TimestampUntrusted, $"The timestamp is by '{signer.Subject}', whose certificates lead to none that is trusted.");
            }

            Profile(chain);
            (DateTimeOffset earliest, DateTimeOffset latest) = Span(token.TokenInfo);
            ValidityPeriod.Check(chain, earliest, latest, "the timestamp's time");
            return new TimestampProof(earliest, latest, chain);
        }
        catch (Exception e) when (e is CryptographicException or System.Formats.Asn1.AsnContentException or ArgumentException or InvalidOperationException or OverflowException)
        {
            throw new TrustFailureException(SignatureStatus.TimestampInvalid, "The timestamp cannot be verified: a part of it cannot be read.", e);
        }
    }

    private static void Profile(IReadOnlyList<X509Certificate2> chain)
    {
        try
        {
            CertificateProfile.CheckTimestamping(chain);
        }
        catch (TrustFailureException e)
        {
            throw Invalid(e.Message.TrimEnd('.'), e);
        }
    }

    private static (DateTimeOffset Earliest, DateTimeOffset Latest) Span(Rfc3161TimestampTokenInfo info)
    {
        TimeSpan accuracy = info.AccuracyInMicroseconds is { } microseconds ? TimeSpan.FromTicks(microseconds * 10)
            : info.PolicyId.Value == BaselinePolicy ? TimeSpan.FromSeconds(1) : TimeSpan.Zero;
        return (info.Timestamp - accuracy, info.Timestamp + accuracy);
    }

    private static TrustFailureException Invalid(string problem, Exception? inner = null) => new(SignatureStatus.TimestampInvalid, $"The timestamp does not count: {problem}.", inner);
}
