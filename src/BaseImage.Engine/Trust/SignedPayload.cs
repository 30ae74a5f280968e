using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust;

/// <summary>
/// What a Notary Project signature, and a CMS one of ours, is of: the descriptor of a manifest or index.
/// Source: Notary Project signature specification 1.0, "Payload".
/// </summary>
internal static class SignedPayload
{
    /// <summary>The payload's media type.</summary>
    internal const string MediaType = "application/vnd.cncf.notary.payload.v1+json";

    /// <summary>The most bytes of one.</summary>
    internal const int MaxBytes = 1 << 20;

    private static readonly JsonLimits Json = new() { MaxBytes = MaxBytes, MaxDepth = 8, MaxValues = 10_000 };

    /// <summary>A payload.</summary>
    internal static byte[] Of(OciDescriptor subject, IReadOnlyDictionary<string, string> annotations)
    {
        JObject target = new() { ["mediaType"] = subject.MediaType, ["digest"] = subject.Digest.ToString(), ["size"] = subject.Size };
        if (annotations.Count > 0)
        {
            target["annotations"] = new JObject(annotations.Select(pair => new JProperty(pair.Key, pair.Value)));
        }

        return CanonicalJson.WriteCompact(new JObject { ["targetArtifact"] = target });
    }

    /// <summary>What a payload says that it is of.</summary>
    /// <exception cref="TrustFailureException">It is no payload.</exception>
    internal static OciDescriptor Read(ReadOnlyMemory<byte> payload)
    {
        try
        {
            JsonFields target = new JsonFields(StrictJson.ParseObject(payload, "payload", Json), "payload").RequiredObject("targetArtifact");
            return new OciDescriptor(target.RequiredText("mediaType"), target.Digest("digest"), target.Number("size")) { Annotations = target.Map("annotations") };
        }
        catch (Exception e) when (e is JsonInvalidException or ImageDocumentInvalidException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The signed payload is not one: {e.Message}", e);
        }
    }

    /// <summary>Makes sure that a payload is of a subject: of its digest, size and media type.</summary>
    /// <exception cref="TrustFailureException">It is of something else.</exception>
    internal static void Check(OciDescriptor target, OciDescriptor subject)
    {
        if (target.Digest != subject.Digest || target.Size != subject.Size || !string.Equals(target.MediaType, subject.MediaType, StringComparison.Ordinal))
        {
            throw new TrustFailureException(SignatureStatus.SubjectMismatch, $"It is a signature of {target.MediaType} {target.Digest} ({target.Size} bytes), not of {subject.MediaType} {subject.Digest} ({subject.Size} bytes).");
        }
    }
}
