using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using Org.BouncyCastle.Asn1.Pkcs;
using Org.BouncyCastle.Cms;
using CmsSigner = System.Security.Cryptography.Pkcs.CmsSigner;
using ContentInfo = System.Security.Cryptography.Pkcs.ContentInfo;
using SignerInfo = System.Security.Cryptography.Pkcs.SignerInfo;

namespace BaseImage.Engine.Trust.Cms;

/// <summary>
/// Detached CMS signatures with signed attributes over the payload that Notary Project signatures have, kept beside it, so
/// that <c>openssl cms -verify</c> needs nothing else. Source: RFC 5652; RFC 4056 (RSASSA-PSS); RFC 5753 (ECDSA).
/// </summary>
internal static class CmsSignature
{
    internal const string ArtifactType = "application/vnd.baseimage.signature.cms.v1";
    internal const string MediaType = "application/pkcs7-signature";

    /// <summary>The most bytes of one.</summary>
    internal const int MaxBytes = 10 << 20;

    private const string Data = "1.2.840.113549.1.7.1";
    private const string ContentType = "1.2.840.113549.1.9.3";
    private const string MessageDigest = "1.2.840.113549.1.9.4";
    private const string TimestampToken = "1.2.840.113549.1.9.16.2.14";
    private const string ProbabilisticRsa = "1.2.840.113549.1.1.10";

    private static readonly Dictionary<string, string> HashOids = new(StringComparer.Ordinal)
    {
        ["SHA256"] = "2.16.840.1.101.3.4.2.1", ["SHA384"] = "2.16.840.1.101.3.4.2.2", ["SHA512"] = "2.16.840.1.101.3.4.2.3",
    };

    private static readonly HashSet<string> Ecdsa = new(StringComparer.Ordinal) { "1.2.840.10045.4.3.2", "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4" };

    /// <summary>Signs a payload.</summary>
    /// <param name="payload">What is signed.</param>
    /// <param name="key">The key, with its whole chain.</param>
    /// <param name="time">When.</param>
    /// <exception cref="SigningFailedException">The key or its provider will not.</exception>
    internal static byte[] Sign(byte[] payload, SigningKey key, DateTimeOffset time)
    {
        try
        {
            SignedCms cms = new(new ContentInfo(new Oid(Data), payload), detached: true);
            CmsSigner signer = new(SubjectIdentifierType.IssuerAndSerialNumber, key.Chain[0], key.Private)
            {
                IncludeOption = X509IncludeOption.None,
                DigestAlgorithm = new Oid(HashOids[key.Public.Algorithm.Hash.Name!]),
            };
            if (!key.Public.Algorithm.IsEllipticCurve)
            {
                signer.SignaturePadding = RSASignaturePadding.Pss;
            }

            signer.SignedAttributes.Add(new Pkcs9SigningTime(time.UtcDateTime));
            signer.Certificates.AddRange(key.Chain.ToArray());
            cms.ComputeSignature(signer, silent: true);
            return cms.Encode();
        }
        catch (CryptographicException e)
        {
            throw new SigningFailedException(key.Name, e);
        }
    }

    /// <summary>A signature with a timestamp of it, which is an attribute that is not signed. Source: RFC 3161, appendix A.</summary>
    internal static byte[] WithTimestamp(byte[] signature, byte[] token)
    {
        SignedCms cms = new();
        cms.Decode(signature);
        cms.SignerInfos[0].AddUnsignedAttribute(new AsnEncodedData(new Oid(TimestampToken), token));
        return cms.Encode();
    }

    /// <summary>Reads a signature.</summary>
    /// <param name="bytes">The CMS message, DER or BER.</param>
    /// <param name="payload">What it is of.</param>
    /// <exception cref="TrustFailureException">It is none.</exception>
    internal static SignatureDocument Read(ReadOnlyMemory<byte> bytes, ReadOnlyMemory<byte> payload)
    {
        if (bytes.Length > MaxBytes)
        {
            throw new TrustFailureException(SignatureStatus.TooLarge, $"The signature has {bytes.Length} bytes, and at most {MaxBytes} are read.");
        }

        try
        {
            AsnReader outer = new(bytes, AsnEncodingRules.BER);
            outer.ReadSequence();
            outer.ThrowIfNotEmpty();
            SignedCms whole = new();
            whole.Decode(bytes.Span);
            if (whole.ContentInfo.Content.Length > 0 || whole.ContentInfo.ContentType.Value != Data)
            {
                throw Wrong("it has content of its own, and must be detached");
            }

            SignedCms cms = new(new ContentInfo(new Oid(Data), payload.ToArray()), detached: true);
            cms.Decode(bytes.Span);
            return Read(cms, payload);
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException or ArgumentException or InvalidOperationException or OverflowException or KeyInvalidException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, "The CMS signature cannot be read.", e);
        }
    }

    private static SignatureDocument Read(SignedCms cms, ReadOnlyMemory<byte> payload)
    {
        SignerInfo signer = cms.SignerInfos.Count == 1 ? cms.SignerInfos[0] : throw Wrong($"it has {cms.SignerInfos.Count} signers, and must have one");
        X509Certificate2 leaf = signer.Certificate ?? throw new TrustFailureException(SignatureStatus.ChainBroken, "The signer's certificate is missing.");
        if (signer.SignedAttributes.Count == 0)
        {
            throw Wrong("it has no signed attributes");
        }

        AsnReader type = new(Single(signer.SignedAttributes, ContentType).RawData, AsnEncodingRules.DER);
        if (type.ReadObjectIdentifier() != Data)
        {
            throw Wrong("its content type is not the one that is signed");
        }

        Single(signer.SignedAttributes, MessageDigest);
        X509Certificate2[] others = [.. cms.Certificates.Select(certificate => CertificateFile.Der(certificate.RawData, "CMS"))];
        IReadOnlyList<X509Certificate2> chain = CertificateLinks.From(CertificateFile.Der(leaf.RawData, "CMS"), others);
        return others.Length > chain.Count ? throw new TrustFailureException(SignatureStatus.ChainBroken, "There are certificates that do not belong to the signer's chain.") : new SignatureDocument
        {
            Format = SignatureFormat.Cms,
            Target = SignedPayload.Read(payload),
            Chain = chain,
            SigningTime = signer.SignedAttributes.Cast<CryptographicAttributeObject>().SelectMany(attribute => attribute.Values.OfType<Pkcs9SigningTime>())
                .Select(time => (DateTimeOffset?)new DateTimeOffset(DateTime.SpecifyKind(time.SigningTime, DateTimeKind.Utc))).FirstOrDefault(),
            Timestamp = signer.UnsignedAttributes.Cast<CryptographicAttributeObject>().Any(attribute => attribute.Oid.Value == TimestampToken) ? Single(signer.UnsignedAttributes, TimestampToken).RawData : default(ReadOnlyMemory<byte>),
            Signature = signer.GetSignature(),
            CheckAlgorithm = key => CheckAlgorithm(cms, key),
            Holds = _ => Holds(cms),
        };
    }

    // RSA has to be PSS: a signature of the older padding by the same key would be of another format's.
    private static void CheckAlgorithm(SignedCms cms, VerificationKey key)
    {
        SignerInfo signer = cms.SignerInfos[0];
        string algorithm = signer.SignatureAlgorithm.Value ?? "", digest = signer.DigestAlgorithm.Value ?? "";
        if (!HashOids.ContainsValue(digest) || !(key.Algorithm.IsEllipticCurve ? Ecdsa.Contains(algorithm) : algorithm == ProbabilisticRsa))
        {
            throw new TrustFailureException(SignatureStatus.AlgorithmMismatch, $"It names the algorithm '{signer.SignatureAlgorithm.FriendlyName ?? algorithm}' with '{signer.DigestAlgorithm.FriendlyName ?? digest}', and the signer's key ({key.Algorithm.Words}) has {(key.Algorithm.IsEllipticCurve ? "ECDSA" : "RSASSA-PSS")} with SHA-256, SHA-384 or SHA-512.");
        }

        if (!key.Algorithm.IsEllipticCurve)
        {
            CheckSalt(cms, key);
        }
    }

    // Whoever signs may choose the salt's length; RFC 4056 says as long as the hash, and the platform verifies no other.
    private static void CheckSalt(SignedCms cms, VerificationKey key)
    {
        int salt, hash = cms.SignerInfos[0].DigestAlgorithm.Value == HashOids["SHA256"] ? 32 : cms.SignerInfos[0].DigestAlgorithm.Value == HashOids["SHA384"] ? 48 : 64;
        try
        {
            SignerInformation signer = new CmsSignedData(cms.Encode()).GetSignerInfos().GetSigners().Single();
            salt = RsassaPssParameters.GetInstance(signer.SignatureAlgorithm.Parameters).SaltLength.IntValueExact;
        }
        catch (Exception e) when (e is CmsException or IOException or ArgumentException or ArithmeticException or InvalidCastException or InvalidOperationException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, "The CMS signature cannot be read: its algorithm's parameters are damaged.", e);
        }

        if (salt != hash)
        {
            throw new TrustFailureException(SignatureStatus.AlgorithmMismatch, $"It is RSASSA-PSS ({key.Algorithm.Words}) with a salt of {salt} bytes, and must have one of {hash}, as long as the hash; openssl writes that with -keyopt rsa_pss_saltlen:digest.");
        }
    }

    private static bool Holds(SignedCms cms)
    {
        try
        {
            cms.CheckSignature(verifySignatureOnly: true);
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    private static AsnEncodedData Single(CryptographicAttributeObjectCollection attributes, string oid)
    {
        AsnEncodedData[] values = [.. attributes.Cast<CryptographicAttributeObject>().Where(attribute => attribute.Oid.Value == oid).SelectMany(attribute => attribute.Values.Cast<AsnEncodedData>())];
        return values.Length == 1 ? values[0] : throw Wrong($"it has the attribute {oid} {values.Length} times, and must have it once");
    }

    private static TrustFailureException Wrong(string problem) => new(SignatureStatus.Malformed, $"The CMS signature is not one of ours: {problem}.");
}
