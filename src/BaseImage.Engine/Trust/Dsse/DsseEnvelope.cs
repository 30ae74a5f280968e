using System.Globalization;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Dsse;

/// <summary>One signature of an envelope.</summary>
/// <param name="KeyId">A hint at the key, which nothing vouches for; empty for none.</param>
/// <param name="Value">The signature.</param>
internal sealed record DsseSignature(string KeyId, ReadOnlyMemory<byte> Value);

/// <summary>
/// Some bytes, what they are, and signatures of both. Whoever verifies it goes on with <see cref="Payload"/> and never
/// reads the document again. Source: DSSE 1.0, envelope.md and protocol.md.
/// </summary>
/// <param name="PayloadType">What the payload is, as a media type or URI.</param>
/// <param name="Payload">The bytes that are signed.</param>
/// <param name="Signatures">The signatures, at least one.</param>
internal sealed record DsseEnvelope(string PayloadType, ReadOnlyMemory<byte> Payload, IReadOnlyList<DsseSignature> Signatures)
{
    /// <summary>The most bytes of an envelope.</summary>
    internal const int MaxBytes = 64 << 20;

    private const int MaxSignatures = 100;

    /// <summary>For envelopes: SBOMs inside make them large, but never deep.</summary>
    internal static readonly JsonLimits Json = new() { MaxBytes = MaxBytes, MaxDepth = 16, MaxValues = 10_000 };

    /// <summary>Reads an envelope. Fields that it does not know are passed over, as the specification asks.</summary>
    /// <param name="json">Its bytes.</param>
    /// <param name="name">What errors call it.</param>
    /// <exception cref="JsonInvalidException">It is not strict JSON.</exception>
    /// <exception cref="SignatureEnvelopeInvalidException">It is not an envelope.</exception>
    internal static DsseEnvelope Parse(ReadOnlyMemory<byte> json, string name) => Parse(StrictJson.ParseObject(json, name, Json), name);

    /// <summary>Reads an envelope that is part of another document.</summary>
    /// <exception cref="SignatureEnvelopeInvalidException">It is not an envelope.</exception>
    internal static DsseEnvelope Parse(JObject value, string name)
    {
        try
        {
            JsonFields root = new(value, name);
            IReadOnlyList<JsonFields> signatures = root.Objects("signatures");
            return signatures.Count is 0 or > MaxSignatures
                ? throw new SignatureEnvelopeInvalidException(name, signatures.Count == 0 ? "the envelope has no signature" : $"the envelope has more than {MaxSignatures} signatures")
                : new DsseEnvelope(
                    root.RequiredText("payloadType"),
                    Bytes(root.OptionalText("payload") ?? throw new SignatureEnvelopeInvalidException(name, "the envelope has no payload"), "payload", name),
                    [.. signatures.Select(one => new DsseSignature(one.Text("keyid"), Bytes(one.RequiredText("sig"), "sig", name)))]);
        }
        catch (ImageDocumentInvalidException e)
        {
            throw new SignatureEnvelopeInvalidException(name, e.Problem, e);
        }
    }

    /// <summary>Makes an envelope with one signature and no key id: cosign passes over signatures whose id is not its own fingerprint, and a bundle has its hint.</summary>
    /// <exception cref="SigningFailedException">The key will not sign.</exception>
    internal static DsseEnvelope Sign(string payloadType, ReadOnlyMemory<byte> payload, SigningKey key)
        => new(payloadType, payload, [new DsseSignature("", key.Sign(PreAuthenticationEncoding(payloadType, payload.Span), SignatureForm.Sigstore))]);

    /// <summary>The first of some keys that one of the signatures holds under; null where none does. Key ids are no more than hints and decide nothing.</summary>
    internal VerificationKey? Verify(IEnumerable<VerificationKey> keys)
    {
        byte[] signed = PreAuthenticationEncoding(PayloadType, Payload.Span);
        return keys.FirstOrDefault(key => Signatures.Any(signature => key.Verifies(signed, signature.Value.Span, SignatureForm.Sigstore)));
    }

    /// <summary>The envelope as JSON.</summary>
    internal JObject ToJson() => new()
    {
        ["payloadType"] = PayloadType,
        ["payload"] = Convert.ToBase64String(Payload.Span),
        ["signatures"] = new JArray(Signatures.Select(signature =>
        {
            JObject one = new() { ["sig"] = Convert.ToBase64String(signature.Value.Span) };
            if (signature.KeyId.Length > 0)
            {
                one["keyid"] = signature.KeyId;
            }

            return one;
        })),
    };

    /// <summary>The envelope as bytes.</summary>
    internal byte[] Write() => CanonicalJson.WriteCompact(ToJson());

    /// <summary>The bytes that are signed: type and payload, each with its length, so that neither can borrow from the other.</summary>
    internal static byte[] PreAuthenticationEncoding(string payloadType, ReadOnlySpan<byte> payload)
    {
        byte[] type = Encoding.UTF8.GetBytes(payloadType);
        return
        [
            .. "DSSEv1 "u8, .. Ascii(type.Length), (byte)' ', .. type,
            (byte)' ', .. Ascii(payload.Length), (byte)' ', .. payload,
        ];
    }

    private static byte[] Ascii(int number) => Encoding.ASCII.GetBytes(number.ToString(CultureInfo.InvariantCulture));

    private static byte[] Bytes(string text, string key, string name)
        => StrictBase64.TryDecodeAny(text, out byte[] bytes) ? bytes : throw new SignatureEnvelopeInvalidException(name, $"the envelope's '{key}' is not Base64");
}
