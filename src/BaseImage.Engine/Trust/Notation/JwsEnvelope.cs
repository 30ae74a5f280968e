using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Notation;

/// <summary>
/// Notary Project signatures in JWS: the flattened form with exactly four fields, written and read.
/// Source: Notary Project, JWS signature envelope; RFC 7515, section 7.2.2.
/// </summary>
internal static class JwsEnvelope
{
    private static readonly JsonLimits Json = new() { MaxBytes = NotationEnvelope.MaxBytes, MaxDepth = 8, MaxValues = 1000 };

    /// <summary>Signs a payload.</summary>
    /// <param name="payload">What is signed.</param>
    /// <param name="key">The key, with its whole chain.</param>
    /// <param name="header">When and under which scheme; its algorithm is set here.</param>
    /// <param name="agent">The program that signs.</param>
    /// <exception cref="SigningNotPossibleException">The certificates do not fit.</exception>
    internal static byte[] Sign(ReadOnlySpan<byte> payload, SigningKey key, ProtectedHeader header, string agent)
    {
        string signedHeader = StrictBase64.EncodeUrl((header with { Algorithm = key.Public.Algorithm.Jose }).Write());
        string body = StrictBase64.EncodeUrl(payload);
        return CanonicalJson.WriteCompact(new JObject
        {
            ["payload"] = body,
            ["protected"] = signedHeader,
            ["header"] = new JObject
            {
                ["x5c"] = new JArray(key.Chain.Select(certificate => Convert.ToBase64String(certificate.RawData))),
                [NotationNames.Agent] = agent,
            },
            ["signature"] = StrictBase64.EncodeUrl(key.Sign(SigningInput(signedHeader, body), SignatureForm.Jose)),
        });
    }

    /// <summary>An envelope with a timestamp of its signature, which the signature does not cover.</summary>
    internal static byte[] WithTimestamp(byte[] envelope, byte[] token)
    {
        JObject root = StrictJson.ParseObject(envelope, "envelope", Json);
        root["header"]![NotationNames.Timestamp] = Convert.ToBase64String(token);
        return CanonicalJson.WriteCompact(root);
    }

    /// <summary>Reads an envelope. What it says is not yet believed, but its form is right.</summary>
    /// <exception cref="TrustFailureException">It is none.</exception>
    internal static SignatureDocument Read(ReadOnlyMemory<byte> bytes)
    {
        NotationEnvelope.CheckSize(bytes.Length);
        try
        {
            return Read(new JsonFields(StrictJson.ParseObject(bytes, "envelope", Json), "envelope"));
        }
        catch (Exception e) when (e is JsonInvalidException or ImageDocumentInvalidException or KeyInvalidException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The envelope is not one: {e.Message}", e);
        }
    }

    private static SignatureDocument Read(JsonFields root)
    {
        if (root.Value.Properties().FirstOrDefault(property => property.Name is not ("payload" or "protected" or "header" or "signature")) is { } unknown)
        {
            throw Wrong($"'{unknown.Name}' has no place in it");
        }

        string signedHeader = root.RequiredText("protected"), body = root.RequiredText("payload");
        ProtectedHeader header = ProtectedHeader.Read(Url(signedHeader, "protected"));
        JsonFields open = root.RequiredObject("header");

        // A name in both headers would mean one thing to one reader and another to the next (RFC 7515, section 7.2.1).
        if (open.Value.Properties().FirstOrDefault(property => header.Keys.Contains(property.Name) || property.Name is "alg" or "crit" or "b64") is { } twice)
        {
            throw Wrong($"'{twice.Name}' has no place in the header that is not signed");
        }

        return new NotationEnvelope
        {
            Format = SignatureFormat.Notation,
            Header = header,
            Payload = Url(body, "payload"),
            Chain = [.. (open.OptionalTexts("x5c") ?? []).Select(one => Standard(one, "x5c"))],
            ChainName = "x5c",
            Timestamp = open.OptionalText(NotationNames.Timestamp) is { Length: > 0 } token ? Standard(token, NotationNames.Timestamp) : default,
            Agent = open.Text(NotationNames.Agent),
            Signature = Url(root.RequiredText("signature"), "signature"),
            Signed = SigningInput(signedHeader, body),
        }.ToDocument();
    }

    private static byte[] SigningInput(string signedHeader, string body) => Encoding.ASCII.GetBytes($"{signedHeader}.{body}");

    private static byte[] Url(string text, string key) => StrictBase64.TryDecodeUrl(text, out byte[] bytes) ? bytes : throw Wrong($"'{key}' is not Base64 for URLs without padding");

    private static byte[] Standard(string text, string key) => StrictBase64.TryDecode(text, out byte[] bytes) ? bytes : throw Wrong($"'{key}' is not Base64");

    private static TrustFailureException Wrong(string problem) => new(SignatureStatus.Malformed, $"The envelope is not one: {problem}.");
}
