using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Cosign;

/// <summary>
/// The certificates of a bundle's signer: in the bundle, or beside it in the annotations of its layer. We write the latter, by the
/// names that cosign's older form has for them: a bundle with a certificate in place of a key is one that cosign refuses to hold
/// against a key ("expected key signature, not certificate"), and one with a chain it does not read at all.
/// Nothing vouches for either place: a certificate counts where its key has made the signature and a trust store leads to it.
/// </summary>
internal static class BundleCertificates
{
    private const int MaxChars = 256 << 10;

    /// <summary>The annotations for a chain, the signer's certificate first; none for a bare key.</summary>
    internal static SortedDictionary<string, string> Annotations(IReadOnlyList<X509Certificate2> chain)
    {
        SortedDictionary<string, string> annotations = new(StringComparer.Ordinal);
        if (chain.Count > 0)
        {
            annotations[CosignNames.Certificate] = Pem(chain.Take(1));
        }

        if (chain.Count > 1)
        {
            annotations[CosignNames.Chain] = Pem(chain.Skip(1));
        }

        return annotations;
    }

    /// <summary>The signer's certificate and others that may lead from it to a root; none for a bare key.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="annotations">Those of its layer.</param>
    /// <exception cref="SignatureEnvelopeInvalidException">They cannot be read.</exception>
    internal static IReadOnlyList<X509Certificate2> Of(SigstoreBundle bundle, IReadOnlyDictionary<string, string> annotations)
    {
        if (bundle.Certificates.Count > 0 || !annotations.TryGetValue(CosignNames.Certificate, out string? own))
        {
            return bundle.Certificates;
        }

        IReadOnlyList<X509Certificate2> leaf = Read(own, CosignNames.Certificate);
        IReadOnlyList<X509Certificate2> others = annotations.TryGetValue(CosignNames.Chain, out string? chain) ? Read(chain, CosignNames.Chain) : [];
        return leaf.Count == 1 && others.Count < CertificateLinks.MaxLength ? [.. leaf, .. others]
            : throw new SignatureEnvelopeInvalidException(CosignNames.Certificate, "the annotation has not exactly one certificate, or there are too many beside it");
    }

    private static string Pem(IEnumerable<X509Certificate2> certificates) => string.Concat(certificates.Select(certificate => certificate.ExportCertificatePem() + "\n"));

    private static IReadOnlyList<X509Certificate2> Read(string pem, string name)
    {
        try
        {
            byte[] bytes = System.Text.Encoding.UTF8.GetBytes(pem);
            return pem.Length <= MaxChars && PemFile.IsPem(bytes) ? CertificateFile.Read(bytes, name)
                : throw new SignatureEnvelopeInvalidException(name, "the annotation holds no certificate in PEM");
        }
        catch (KeyInvalidException e)
        {
            throw new SignatureEnvelopeInvalidException(name, "the annotation has a certificate that cannot be read", e);
        }
    }
}
