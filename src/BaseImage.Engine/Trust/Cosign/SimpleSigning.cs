using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Cosign;

/// <summary>
/// cosign's signatures under a tag: the payload is a layer, its signature an annotation. Source: cosign, SIGNATURE_SPEC;
/// the client writes <c>docker-manifest-digest</c> with a small d.
/// </summary>
internal static class SimpleSigning
{
    /// <summary>The most bytes of a payload.</summary>
    internal const int MaxBytes = 1 << 20;

    private const string Type = "cosign container image signature";
    private static readonly JsonLimits Json = new() { MaxBytes = MaxBytes, MaxDepth = 16, MaxValues = 10_000 };

    /// <summary>A payload.</summary>
    /// <param name="subject">The manifest or index.</param>
    /// <param name="identity">The image's name, as <c>host/name</c>.</param>
    /// <param name="annotations">What the signer says besides.</param>
    internal static byte[] Payload(Digest subject, string identity, IReadOnlyDictionary<string, string> annotations) => CanonicalJson.WriteCompact(new JObject
    {
        ["critical"] = new JObject
        {
            ["identity"] = new JObject { ["docker-reference"] = identity },
            ["image"] = new JObject { ["docker-manifest-digest"] = subject.ToString() },
            ["type"] = Type,
        },
        ["optional"] = annotations.Count == 0 ? JValue.CreateNull() : new JObject(annotations.Select(pair => new JProperty(pair.Key, pair.Value))),
    });

    /// <summary>Reads a payload and the annotations beside it.</summary>
    /// <exception cref="TrustFailureException">It is none.</exception>
    internal static SignatureDocument Read(ReadOnlyMemory<byte> payload, IReadOnlyDictionary<string, string> annotations)
    {
        if (payload.Length > MaxBytes)
        {
            throw new TrustFailureException(SignatureStatus.TooLarge, $"The payload has {payload.Length} bytes, and at most {MaxBytes} are read.");
        }

        if (!annotations.TryGetValue(CosignNames.Signature, out string? encoded) || !StrictBase64.TryDecode(encoded, out byte[] signature) || signature.Length == 0)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The annotation '{CosignNames.Signature}' is missing, or is not Base64.");
        }

        try
        {
            JsonFields root = new(StrictJson.ParseObject(payload, "payload", Json), "payload");
            JsonFields critical = root.RequiredObject("critical");
            if (critical.RequiredText("type") != Type)
            {
                throw new TrustFailureException(SignatureStatus.Malformed, $"The payload is of the type '{critical.Text("type")}', and must be '{Type}'.");
            }

            SortedDictionary<string, string> said = new(StringComparer.Ordinal);
            if (root.Object("optional") is { } optional)
            {
                foreach (JProperty property in optional.Value.Properties())
                {
                    said[property.Name] = property.Value is JValue { Value: string text } ? text : property.Value.ToString(Newtonsoft.Json.Formatting.None);
                }
            }

            return new SignatureDocument
            {
                Format = SignatureFormat.Cosign,
                Target = new OciDescriptor("", critical.RequiredObject("image").Digest("docker-manifest-digest"), 0) { Annotations = said },
                Signature = signature,
                Keyless = annotations.ContainsKey(CosignNames.Certificate) ? "It was made without a key of one's own (with a certificate of a sigstore authority), which is not verified here" : "",
                Holds = key => key.Verifies(payload.Span, signature, SignatureForm.Sigstore),
            };
        }
        catch (Exception e) when (e is JsonInvalidException or ImageDocumentInvalidException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The payload is not one of cosign's: {e.Message}", e);
        }
    }
}
