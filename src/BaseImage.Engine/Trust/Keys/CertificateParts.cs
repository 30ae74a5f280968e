using System.Formats.Asn1;
using System.Security.Cryptography;

namespace BaseImage.Engine.Trust.Keys;

/// <summary>
/// The three parts of a certificate as they stand in its DER. Source: RFC 5280, section 4.1; RFC 8017, appendix A.2; RFC 5758.
/// </summary>
/// <param name="Signed">The bytes that are signed.</param>
/// <param name="Signature">The signature.</param>
/// <param name="Hash">The hash that its algorithm names; null for one that is not known.</param>
/// <param name="Padding">The padding of RSA; null for ECDSA.</param>
internal sealed record CertificateParts(ReadOnlyMemory<byte> Signed, ReadOnlyMemory<byte> Signature, HashAlgorithmName? Hash, RSASignaturePadding? Padding)
{
    private const string ProbabilisticRsa = "1.2.840.113549.1.1.10";

    private static readonly Dictionary<string, (HashAlgorithmName Hash, RSASignaturePadding? Padding)> Algorithms = new(StringComparer.Ordinal)
    {
        // SHA-1 is read so that a certificate that has it can be told so.
        ["1.2.840.113549.1.1.5"] = (HashAlgorithmName.SHA1, RSASignaturePadding.Pkcs1),
        ["1.2.840.113549.1.1.11"] = (HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
        ["1.2.840.113549.1.1.12"] = (HashAlgorithmName.SHA384, RSASignaturePadding.Pkcs1),
        ["1.2.840.113549.1.1.13"] = (HashAlgorithmName.SHA512, RSASignaturePadding.Pkcs1),
        ["1.2.840.10045.4.1"] = (HashAlgorithmName.SHA1, null),
        ["1.2.840.10045.4.3.2"] = (HashAlgorithmName.SHA256, null),
        ["1.2.840.10045.4.3.3"] = (HashAlgorithmName.SHA384, null),
        ["1.2.840.10045.4.3.4"] = (HashAlgorithmName.SHA512, null),
    };

    private static readonly Dictionary<string, HashAlgorithmName> Hashes = new(StringComparer.Ordinal)
    {
        ["2.16.840.1.101.3.4.2.1"] = HashAlgorithmName.SHA256,
        ["2.16.840.1.101.3.4.2.2"] = HashAlgorithmName.SHA384,
        ["2.16.840.1.101.3.4.2.3"] = HashAlgorithmName.SHA512,
    };

    /// <summary>Takes a certificate apart.</summary>
    /// <exception cref="AsnContentException">It is not DER, has bytes after it, or names two algorithms.</exception>
    internal static CertificateParts Of(ReadOnlyMemory<byte> der)
    {
        AsnReader outer = new(der, AsnEncodingRules.DER);
        AsnReader parts = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        ReadOnlyMemory<byte> signed = parts.ReadEncodedValue(), algorithm = parts.ReadEncodedValue();
        byte[] signature = parts.ReadBitString(out int unused);
        parts.ThrowIfNotEmpty();

        // The algorithm stands inside and outside of what is signed; only where both agree is it the signer's.
        AsnReader inner = new AsnReader(signed, AsnEncodingRules.DER).ReadSequence();
        if (inner.PeekTag() is { TagClass: TagClass.ContextSpecific, TagValue: 0 })
        {
            inner.ReadEncodedValue();
        }

        inner.ReadIntegerBytes();
        if (unused != 0 || !inner.ReadEncodedValue().Span.SequenceEqual(algorithm.Span))
        {
            throw new AsnContentException("The certificate names two algorithms, or its signature is no whole number of bytes.");
        }

        AsnReader identifier = new AsnReader(algorithm, AsnEncodingRules.DER).ReadSequence();
        string oid = identifier.ReadObjectIdentifier();
        return oid == ProbabilisticRsa ? new CertificateParts(signed, signature, HashOfPss(identifier), RSASignaturePadding.Pss)
            : Algorithms.TryGetValue(oid, out (HashAlgorithmName Hash, RSASignaturePadding? Padding) known) ? new CertificateParts(signed, signature, known.Hash, known.Padding)
            : new CertificateParts(signed, signature, null, null);
    }

    // The hash of PSS is in its parameters, and its default is SHA-1.
    private static HashAlgorithmName? HashOfPss(AsnReader identifier)
    {
        AsnReader parameters = identifier.ReadSequence();
        Asn1Tag hash = new(TagClass.ContextSpecific, 0, isConstructed: true);
        return parameters.HasData && parameters.PeekTag().HasSameClassAndValue(hash)
            && Hashes.TryGetValue(parameters.ReadSequence(hash).ReadSequence().ReadObjectIdentifier(), out HashAlgorithmName name) ? name : null;
    }
}
