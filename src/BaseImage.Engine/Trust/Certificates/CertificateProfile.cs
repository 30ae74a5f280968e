using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Certificates;

/// <summary>
/// Which chains of certificates may sign, and which may make timestamps.
/// Source: Notary Project signature specification 1.0, "Certificate Requirements".
/// </summary>
internal static class CertificateProfile
{
    private const string CodeSigning = "1.3.6.1.5.5.7.3.3";
    private const string TimeStamping = "1.3.6.1.5.5.7.3.8";

    // anyExtendedKeyUsage, serverAuth, clientAuth, emailProtection, timeStamping.
    private static readonly HashSet<string> Forbidden = new(StringComparer.Ordinal) { "2.5.29.37.0", "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2", "1.3.6.1.5.5.7.3.4", TimeStamping };

    /// <summary>Makes sure that a chain, the signer's certificate first and a root last, may sign.</summary>
    /// <exception cref="TrustFailureException">It may not.</exception>
    internal static void CheckSigning(IReadOnlyList<X509Certificate2> chain)
    {
        CheckChain(chain, isKeyUsageCritical: true);
        Guard(chain[0], leaf =>
        {
            if (Extension<X509EnhancedKeyUsageExtension>(leaf) is not { } purposes)
            {
                return;
            }

            string[] oids = [.. purposes.EnhancedKeyUsages.Cast<Oid>().Select(oid => oid.Value ?? "")];
            if (Array.Find(oids, Forbidden.Contains) is { } wrong)
            {
                throw Unfit(leaf, $"its extended key usage has {wrong}, which a certificate for signing must not have ({CodeSigning} is code signing)");
            }
        });
    }

    /// <summary>Makes sure that a chain, the authority's certificate first and a root last, may make timestamps.</summary>
    /// <exception cref="TrustFailureException">It may not.</exception>
    internal static void CheckTimestamping(IReadOnlyList<X509Certificate2> chain)
    {
        CheckChain(chain, isKeyUsageCritical: false);
        Guard(chain[0], leaf =>
        {
            if (Extension<X509EnhancedKeyUsageExtension>(leaf) is not { Critical: true, EnhancedKeyUsages: { Count: 1 } purposes } || purposes[0].Value != TimeStamping)
            {
                throw Unfit(leaf, "its extended key usage is not time stamping alone, marked critical");
            }
        });
    }

    private static void CheckChain(IReadOnlyList<X509Certificate2> chain, bool isKeyUsageCritical)
    {
        if (chain.Count is 0 or > CertificateLinks.MaxLength)
        {
            throw new TrustFailureException(SignatureStatus.ChainBroken, chain.Count == 0 ? "There is no certificate." : $"There are more than {CertificateLinks.MaxLength} certificates.");
        }

        for (int i = 0; i < chain.Count; i++)
        {
            bool isLast = i == chain.Count - 1;
            X509Certificate2 issuer = chain[isLast ? i : i + 1];
            if (!isLast && CertificateLinks.IsRoot(chain[i]))
            {
                throw new TrustFailureException(SignatureStatus.ChainBroken, $"'{chain[i].Subject}' is a root, but certificates come after it.");
            }

            if (!CertificateLinks.Issued(issuer, chain[i]))
            {
                throw new TrustFailureException(SignatureStatus.ChainBroken, isLast
                    ? $"'{chain[i].Subject}' is the last certificate and no root: those over it are missing."
                    : $"'{chain[i].Subject}' was not issued by '{issuer.Subject}', which comes after it.");
            }
        }

        for (int i = 0; i < chain.Count; i++)
        {
            int depth = i;
            Guard(chain[i], certificate =>
            {
                CheckAlgorithms(certificate);
                if (depth == 0)
                {
                    CheckLeaf(certificate, isKeyUsageCritical);
                }
                else
                {
                    CheckAuthority(certificate, depth, isKeyUsageCritical);
                }
            });
        }
    }

    private static void CheckAlgorithms(X509Certificate2 certificate)
    {
        if (CertificateParts.Of(certificate.RawDataMemory).Hash is not { } hash || hash == HashAlgorithmName.SHA1)
        {
            throw Unfit(certificate, $"it is signed with {certificate.SignatureAlgorithm.FriendlyName ?? certificate.SignatureAlgorithm.Value}, which is not used");
        }

        using AsymmetricAlgorithm? key = certificate.GetRSAPublicKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPublicKey();
        if (key is not (RSA { KeySize: >= 2048 } or ECDsa { KeySize: >= 256 }))
        {
            throw Unfit(certificate, "its key is neither RSA of at least 2048 bits nor an elliptic curve key of at least 256");
        }
    }

    private static void CheckLeaf(X509Certificate2 leaf, bool isKeyUsageCritical)
    {
        if (Extension<X509BasicConstraintsExtension>(leaf) is { CertificateAuthority: true })
        {
            throw Unfit(leaf, "it is an authority's and not a signer's");
        }

        X509KeyUsageExtension usage = KeyUsage(leaf, isKeyUsageCritical);
        const X509KeyUsageFlags Allowed = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.NonRepudiation;
        if (!usage.KeyUsages.HasFlag(X509KeyUsageFlags.DigitalSignature) || (usage.KeyUsages & ~Allowed) != 0)
        {
            throw Unfit(leaf, $"its key usage is {usage.KeyUsages}, and must be DigitalSignature");
        }

        try
        {
            using VerificationKey key = VerificationKey.Of(leaf);
        }
        catch (BaseImageException e)
        {
            throw new TrustFailureException(SignatureStatus.CertificateUnfit, e.Message, e);
        }
    }

    private static void CheckAuthority(X509Certificate2 authority, int depth, bool isKeyUsageCritical)
    {
        if (Extension<X509BasicConstraintsExtension>(authority) is not { Critical: true, CertificateAuthority: true } constraints)
        {
            throw Unfit(authority, "its basic constraints do not say, marked critical, that it is an authority");
        }

        if (constraints.HasPathLengthConstraint && constraints.PathLengthConstraint < depth - 1)
        {
            throw Unfit(authority, $"it allows {constraints.PathLengthConstraint} authorities below it, and there are {depth - 1}");
        }

        if (!KeyUsage(authority, isKeyUsageCritical).KeyUsages.HasFlag(X509KeyUsageFlags.KeyCertSign))
        {
            throw Unfit(authority, "its key usage does not have KeyCertSign");
        }
    }

    private static X509KeyUsageExtension KeyUsage(X509Certificate2 certificate, bool isCritical)
        => Extension<X509KeyUsageExtension>(certificate) is { } usage && (usage.Critical || !isCritical) ? usage
            : throw Unfit(certificate, "it has no key usage that is marked critical");

    private static T? Extension<T>(X509Certificate2 certificate)
        where T : X509Extension
    {
        T[] found = [.. certificate.Extensions.OfType<T>()];
        return found.Length < 2 ? found.FirstOrDefault() : throw Unfit(certificate, $"it has an extension twice ({found[0].Oid?.FriendlyName})");
    }

    // Extensions are taken apart when they are asked, and one that is damaged says so only then.
    private static void Guard(X509Certificate2 certificate, Action<X509Certificate2> check)
    {
        try
        {
            check(certificate);
        }
        catch (Exception e) when (e is CryptographicException or System.Formats.Asn1.AsnContentException or ArgumentException)
        {
            throw new TrustFailureException(SignatureStatus.CertificateUnfit, $"The certificate '{certificate.Subject}' is unfit: it has a part that cannot be read.", e);
        }
    }

    private static TrustFailureException Unfit(X509Certificate2 certificate, string problem) => new(SignatureStatus.CertificateUnfit, $"The certificate '{certificate.Subject}' is unfit: {problem}.");
}
