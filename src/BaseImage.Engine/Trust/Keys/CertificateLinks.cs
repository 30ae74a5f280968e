using System.Security.Cryptography.X509Certificates;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Security;
using Org.BouncyCastle.X509;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>
/// Which certificate issued which. The signatures themselves are looked at, by one library on every system: neither a
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
        while (chain.Count < MaxLength && !IsSelfIssued(chain[^1]) && others.FirstOrDefault(other => Issued(other, chain[^1])) is { } issuer)
        {
            chain.Add(issuer);
        }

        return chain;
    }

    /// <summary>True where a certificate names itself as its issuer.</summary>
    internal static bool IsSelfIssued(X509Certificate2 certificate)
        => certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    /// <summary>True where a certificate is named by another as its issuer and its key has signed the other.</summary>
    internal static bool Issued(X509Certificate2 issuer, X509Certificate2 certificate)
        => issuer.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData) && Signed(issuer, certificate);

    private static bool Signed(X509Certificate2 issuer, X509Certificate2 certificate)
    {
        try
        {
            return new X509CertificateParser().ReadCertificate(certificate.RawData) is { } parsed && parsed.IsSignatureValid(Key(issuer));
        }
        catch (Exception e) when (e is GeneralSecurityException or CryptoException or ArgumentException or InvalidOperationException or IOException)
        {
            return false;
        }
    }

    /// <summary>A certificate's key as the library that checks certificates has it.</summary>
    internal static AsymmetricKeyParameter Key(X509Certificate2 certificate) => PublicKeyFactory.CreateKey(certificate.PublicKey.ExportSubjectPublicKeyInfo());
}
