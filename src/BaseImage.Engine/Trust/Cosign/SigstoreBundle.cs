using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Dsse;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Cosign;

/// <summary>
/// Sigstore bundles, version 0.3, with a DSSE envelope and a key or certificates: what cosign 3 writes. Source: sigstore
/// protobuf-specs, sigstore_bundle.proto and its JSON form; cosign, BUNDLE_SPEC.
/// </summary>
/// <param name="Envelope">The envelope.</param>
/// <param name="KeyHint">A hint at the key, which decides nothing; empty for none.</param>
/// <param name="Certificates">The signer's certificate first, and others in any order; none where it names a key.</param>
internal sealed record SigstoreBundle(DsseEnvelope Envelope, string KeyHint, IReadOnlyList<X509Certificate2> Certificates)
{
    /// <summary>The most bytes of a bundle.</summary>
    internal const int MaxBytes = DsseEnvelope.MaxBytes;

    // What sigstore's authority (Fulcio) puts into certificates: who has logged in, and with whose help.
    private const string KeylessArc = "1.3.6.1.4.1.57264.1.";

    private static readonly JsonLimits Json = new() { MaxBytes = MaxBytes, MaxDepth = 24, MaxValues = 20_000 };

    /// <summary>True where its certificate is one of a sigstore authority for a log-in, and no key of one's own is behind it.</summary>
    internal bool IsKeyless => Certificates.Count > 0 && Certificates[0].Extensions.Any(extension => extension.Oid?.Value?.StartsWith(KeylessArc, StringComparison.Ordinal) == true);

    /// <summary>Puts an envelope into a bundle.</summary>
    internal static byte[] Write(DsseEnvelope envelope, VerificationKey key) => CanonicalJson.WriteCompact(new JObject
    {
        ["mediaType"] = CosignNames.Bundle,
        ["verificationMaterial"] = new JObject { ["publicKey"] = new JObject { ["hint"] = key.Hint } },
        ["dsseEnvelope"] = envelope.ToJson(),
    });

    /// <summary>Reads a bundle.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="JsonInvalidException">It is not strict JSON.</exception>
    /// <exception cref="SignatureEnvelopeInvalidException">It is none, or not of this version, or has another content than one signed envelope.</exception>
    internal static SigstoreBundle Parse(ReadOnlyMemory<byte> bytes, string name)
    {
        try
        {
            JsonFields root = new(StrictJson.ParseObject(bytes, name, Json), name);
            if (root.RequiredText("mediaType") != CosignNames.Bundle)
            {
                throw new SignatureEnvelopeInvalidException(name, $"the bundle is of the type '{root.Text("mediaType")}', and only {CosignNames.Bundle} is read");
            }

            if (root.Value["messageSignature"] is not null)
            {
                throw new SignatureEnvelopeInvalidException(name, "the bundle has a signature of a message, where a DSSE envelope belongs");
            }

            JsonFields material = root.RequiredObject("verificationMaterial");
            string[] kinds = [.. new[] { "publicKey", "certificate", "x509CertificateChain" }.Where(kind => material.Value[kind] is not null)];
            if (kinds.Length != 1)
            {
                throw new SignatureEnvelopeInvalidException(name, "the bundle has not exactly one of publicKey, certificate and x509CertificateChain");
            }

            DsseEnvelope envelope = DsseEnvelope.Parse(root.RequiredObject("dsseEnvelope").Value, name);
            return envelope.Signatures.Count != 1 ? throw new SignatureEnvelopeInvalidException(name, $"the bundle's envelope has {envelope.Signatures.Count} signatures, and must have one")
                : new SigstoreBundle(envelope, kinds[0] == "publicKey" ? material.RequiredObject("publicKey").Text("hint") : "", Chain(material, kinds[0], name));
        }
        catch (ImageDocumentInvalidException e)
        {
            throw new SignatureEnvelopeInvalidException(name, e.Problem, e);
        }
    }

    private static IReadOnlyList<X509Certificate2> Chain(JsonFields material, string kind, string name)
    {
        IReadOnlyList<JsonFields> found = kind switch
        {
            "certificate" => [material.RequiredObject(kind)],
            "x509CertificateChain" => material.RequiredObject(kind).Objects("certificates"),
            _ => [],
        };
        return found.Count > CertificateLinks.MaxLength || (found.Count == 0 && kind != "publicKey")
            ? throw new SignatureEnvelopeInvalidException(name, $"the bundle has {found.Count} certificates, and must have 1 to {CertificateLinks.MaxLength}")
            : [.. found.Select(one => Certificate(one, name))];
    }

    private static X509Certificate2 Certificate(JsonFields fields, string name)
    {
        try
        {
            return StrictBase64.TryDecodeAny(fields.RequiredText("rawBytes"), out byte[] der) ? CertificateFile.Der(der, name)
                : throw new SignatureEnvelopeInvalidException(name, "a certificate of the bundle is not Base64");
        }
        catch (KeyInvalidException e)
        {
            throw new SignatureEnvelopeInvalidException(name, "the bundle has a certificate that cannot be read", e);
        }
    }
}
