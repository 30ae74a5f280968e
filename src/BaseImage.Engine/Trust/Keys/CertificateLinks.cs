using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>
/// Which certificate issued which. The signatures themselves are looked at, over the very bytes that were signed: neither a
/// system's store nor its opinion takes part.
/// </summary>
internal static class CertificateLinks
{
    /// <summary>The longest chain that is followed.</summary>
    internal const int MaxLength = 10;

    /// <summary>A certificate and those that lead to its root, as far as there are some among others.</summary>
    internal static IReadOnlyList<X509Certificate2> From(X509Certificate2 leaf, IReadOnlyCollection<X509Certificate2> others)
    {
        List<X509Certificate2> chain = [leaf];
        while (chain.Count < MaxLength && !IsRoot(chain[^1]) && others.FirstOrDefault(other => Issued(other, chain[^1])) is { } issuer)
        {
            chain.Add(issuer);
        }

        return chain;
    }

    /// <summary>True where a certificate is signed with its own key. A name that is its issuer's too says nothing.</summary>
    internal static bool IsRoot(X509Certificate2 certificate) => Issued(certificate, certificate);

    /// <summary>True where a certificate is named by another as its issuer and its key has signed the other.</summary>
    internal static bool Issued(X509Certificate2 issuer, X509Certificate2 certificate)
        => issuer.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) && Signed(issuer, certificate);

    /// <summary>A certificate's key as the library that reads revocation lists has it.</summary>
    internal static AsymmetricKeyParameter Key(X509Certificate2 certificate) => PublicKeyFactory.CreateKey(certificate.PublicKey.ExportSubjectPublicKeyInfo());

    private static bool Signed(X509Certificate2 issuer, X509Certificate2 certificate)
    {
        try
        {
            CertificateParts parts = CertificateParts.Of(certificate.RawDataMemory);
            using AsymmetricAlgorithm? key = issuer.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)issuer.GetECDsaPublicKey();
            return parts.Hash is { } hash && (key, parts.Padding) switch
            {
                (RSA rsa, { } padding) => rsa.VerifyData(parts.Signed.Span, parts.Signature.Span, hash, padding),
                (ECDsa ec, null) => ec.VerifyData(parts.Signed.Span, parts.Signature.Span, hash, DSASignatureFormat.Rfc3279DerSequence),
                _ => false,
            };
        }
        catch (Exception e) when (e is CryptographicException or System.Formats.Asn1.AsnContentException)
        {
            return false;
        }
    }
}
