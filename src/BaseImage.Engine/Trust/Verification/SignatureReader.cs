using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Certificates;
using BaseImage.Engine.Trust.Cms;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Notation;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Verification;

/// <summary>Reads signatures of every form, and tells what they say of themselves.</summary>
internal static class SignatureReader
{
    /// <summary>Reads a signature; null where it is about something else than an image's signature.</summary>
    /// <exception cref="TrustFailureException">It is not what its form says.</exception>
    internal static SignatureDocument? Read(StoredSignature stored) => stored.Failure is { } failure
        ? throw new TrustFailureException(failure.Status, failure.Message, failure)
        : stored.Format switch
        {
            SignatureFormat.Notation => JwsEnvelope.Read(stored.Content),
            SignatureFormat.NotationCose => CoseEnvelope.Read(stored.Content),
            SignatureFormat.Cms => CmsSignature.Read(stored.Content, stored.Payload),
            SignatureFormat.Cosign => SimpleSigning.Read(stored.Content, stored.Annotations),
            SignatureFormat.CosignBundle => BundleSignature.Read(stored.Content, stored.Annotations),
            _ => throw new TrustFailureException(SignatureStatus.UnsupportedFormat, $"Signatures of the form {stored.Format} are not verified here."),
        };

    /// <summary>What a signature says of itself, for a person.</summary>
    /// <param name="image">The image, pinned.</param>
    /// <param name="subject">Its manifest or index.</param>
    /// <param name="stored">Where it was found.</param>
    /// <param name="document">What it says; null where it cannot be read.</param>
    /// <param name="problem">Why it cannot be read; empty where it can.</param>
    internal static ImageSignature Describe(string image, Digest subject, StoredSignature stored, SignatureDocument? document, string problem) => new()
    {
        Image = image,
        Subject = subject,
        Format = stored.Format,
        Digest = stored.Manifest.Digest,
        Signer = document is null ? "" : document.Chain.Count > 0 ? document.Chain[0].Subject : Hint(document.KeyHint),
        Algorithm = document is { Chain.Count: > 0 } ? Algorithm(document.Chain[0]) : "",
        SigningScheme = document?.SigningScheme ?? "",
        SigningTime = document?.SigningTime,
        Expiry = document?.Expiry,
        HasTimestamp = document is { Timestamp.IsEmpty: false },
        SigningAgent = document?.SigningAgent ?? "",
        Annotations = document?.Target.Annotations ?? TextDictionary.Empty,
        Certificates = document is null ? [] : [.. document.Chain.Select(Describe)],
        Problem = problem,
    };

    /// <summary>A certificate, for a person.</summary>
    internal static SignatureCertificate Describe(X509Certificate2 certificate)
    {
        (DateTimeOffset notBefore, DateTimeOffset notAfter) = ValidityPeriod.Of(certificate);
        return new SignatureCertificate(certificate.Subject, certificate.Issuer, certificate.GetCertHashString(HashAlgorithmName.SHA256), notBefore, notAfter);
    }

    // sigstore's hints are Base64 of the key's SHA-256; everywhere else fingerprints are hexadecimal.
    private static string Hint(string hint) => StrictBase64.TryDecode(hint, out byte[] bytes) && bytes.Length == 32 ? Digest.FromSha256(bytes).ToString() : hint;

    private static string Algorithm(X509Certificate2 certificate)
    {
        try
        {
            using VerificationKey key = VerificationKey.Of(certificate);
            return key.Algorithm.Words;
        }
        catch (BaseImageException)
        {
            return "";
        }
    }
}
