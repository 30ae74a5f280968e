using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Dsse;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Cosign;

/// <summary>An image's signature as an in-toto statement in a sigstore bundle. Source: cosign, BUNDLE_SPEC; in-toto Attestation Framework 1.0, Statement.</summary>
internal static class BundleSignature
{
    private static readonly JsonLimits Json = new() { MaxBytes = 1 << 20, MaxDepth = 16, MaxValues = 10_000 };

    /// <summary>Signs a manifest or index.</summary>
    internal static byte[] Sign(Digest subject, IReadOnlyDictionary<string, string> annotations, SigningKey key)
    {
        JObject about = new() { ["digest"] = new JObject { [subject.Algorithm] = subject.Hex } };
        if (annotations.Count > 0)
        {
            about["annotations"] = new JObject(annotations.Select(pair => new JProperty(pair.Key, pair.Value)));
        }

        byte[] statement = CanonicalJson.WriteCompact(new JObject
        {
            ["_type"] = CosignNames.Statement,
            ["subject"] = new JArray(about),
            ["predicateType"] = CosignNames.SignPredicate,
            ["predicate"] = new JObject(),
        });
        return SigstoreBundle.Write(DsseEnvelope.Sign(CosignNames.InToto, statement, key), key.Public);
    }

    /// <summary>Reads a bundle that is a signature; null where it is about something else, as an attestation.</summary>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="annotations">Those of the layer that it is, which may have the signer's certificates.</param>
    /// <exception cref="TrustFailureException">It is neither.</exception>
    internal static SignatureDocument? Read(ReadOnlyMemory<byte> bytes, IReadOnlyDictionary<string, string>? annotations = null)
    {
        try
        {
            SigstoreBundle bundle = SigstoreBundle.Parse(bytes, "bundle");
            if (bundle.Envelope.PayloadType != CosignNames.InToto)
            {
                throw new TrustFailureException(SignatureStatus.Malformed, $"The envelope's payload is of the type '{bundle.Envelope.PayloadType}', and must be {CosignNames.InToto}.");
            }

            JsonFields statement = new(StrictJson.ParseObject(bundle.Envelope.Payload, "statement", Json), "statement");
            string type = statement.RequiredText("_type");
            bool isSignature = statement.RequiredText("predicateType") == CosignNames.SignPredicate;
            if (isSignature ? type != CosignNames.Statement : !CosignNames.IsStatement(type))
            {
                throw new TrustFailureException(SignatureStatus.Malformed, $"The statement is of the type '{type}', and must be {CosignNames.Statement}.");
            }

            return !isSignature ? null : Document(bundle, annotations ?? new SortedDictionary<string, string>(), Target(statement));
        }
        catch (Exception e) when (e is JsonInvalidException or ImageDocumentInvalidException or SignatureEnvelopeInvalidException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The bundle is not a signature: {e.Message}", e);
        }
    }

    /// <summary>A bundle as what is verified, whatever it states.</summary>
    /// <param name="bundle">The bundle.</param>
    /// <param name="annotations">Those of the layer that it is, which may have the signer's certificates.</param>
    /// <param name="target">What it is about.</param>
    /// <exception cref="SignatureEnvelopeInvalidException">The certificates cannot be read.</exception>
    internal static SignatureDocument Document(SigstoreBundle bundle, IReadOnlyDictionary<string, string> annotations, OciDescriptor target) => new()
    {
        Format = SignatureFormat.CosignBundle,
        Target = target,
        Chain = bundle.IsKeyless ? [] : BundleCertificates.Of(bundle, annotations),
        IsChainBeside = true,
        KeyHint = bundle.KeyHint,
        Signature = bundle.Envelope.Signatures[0].Value,
        Keyless = bundle.IsKeyless ? "It was made without a key of one's own (with a certificate of a sigstore authority), which is not verified here" : "",
        Holds = key => bundle.Envelope.Verify([key]) is not null,
    };

    private static OciDescriptor Target(JsonFields statement)
    {
        IReadOnlyList<JsonFields> subjects = statement.Objects("subject");
        if (subjects.Count != 1)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The statement is about {subjects.Count} subjects, and must be about one.");
        }

        IReadOnlyDictionary<string, string> digests = subjects[0].RequiredObject("digest") is { } fields ? fields.Value.Properties().ToDictionary(property => property.Name, property => fields.Text(property.Name), StringComparer.Ordinal) : [];
        return digests.TryGetValue("sha256", out string? hex) && Digest.TryParse("sha256:" + hex, out Digest digest)
            ? new OciDescriptor("", digest, 0) { Annotations = subjects[0].Map("annotations") }
            : throw new TrustFailureException(SignatureStatus.Malformed, "The statement's subject has no digest of SHA-256.");
    }
}
