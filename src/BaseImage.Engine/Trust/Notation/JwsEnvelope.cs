using System.Security.Cryptography.X509Certificates;
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
    /// <summary>The most bytes of an envelope; Notation's own limit.</summary>
    internal const int MaxBytes = 10 << 20;

    private static readonly JsonLimits Json = new() { MaxBytes = MaxBytes, MaxDepth = 8, MaxValues = 1000 };

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
        if (bytes.Length > MaxBytes)
        {
            throw new TrustFailureException(SignatureStatus.TooLarge, $"The envelope has {bytes.Length} bytes, and at most {MaxBytes} are read.");
        }

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

        byte[] signature = Url(root.RequiredText("signature"), "signature");
        byte[] input = SigningInput(signedHeader, body);
        IReadOnlyList<X509Certificate2> chain = Chain(open);
        return new SignatureDocument
        {
            Format = SignatureFormat.Notation,
            Target = SignedPayload.Read(Url(body, "payload")),
            Chain = chain,
            IsSigningAuthority = header.IsSigningAuthority,
            SigningScheme = header.IsSigningAuthority ? NotationNames.SigningAuthority : NotationNames.X509,
            SigningTime = header.SigningTime,
            Expiry = header.Expiry,
            Timestamp = open.OptionalText(NotationNames.Timestamp) is { Length: > 0 } token ? Standard(token, NotationNames.Timestamp) : default,
            Signature = signature,
            SigningAgent = open.Text(NotationNames.Agent),
            Holds = key => key.Verifies(input, signature, SignatureForm.Jose),
            CheckAlgorithm = key =>
            {
                if (header.NotUnderstood.Length > 0)
                {
                    throw new TrustFailureException(SignatureStatus.UnsupportedAttribute, header.NotUnderstood is NotationNames.Plugin or NotationNames.PluginMinVersion
                        ? "It has to be verified by a plugin of Notation's, which are not run here."
                        : $"It has the critical attribute '{header.NotUnderstood}', which is not known.");
                }

                if (header.Algorithm != key.Algorithm.Jose)
                {
                    throw new TrustFailureException(SignatureStatus.AlgorithmMismatch, $"It names the algorithm '{header.Algorithm}', and the signer's key ({key.Algorithm.Words}) has {key.Algorithm.Jose}.");
                }
            },
        };
    }

    private static X509Certificate2[] Chain(JsonFields open)
    {
        IReadOnlyList<string> encoded = open.OptionalTexts("x5c") ?? [];
        return encoded.Count is 0 or > CertificateLinks.MaxLength
            ? throw new TrustFailureException(SignatureStatus.ChainBroken, encoded.Count == 0 ? "There is no certificate." : $"There are more than {CertificateLinks.MaxLength} certificates.")
            : [.. encoded.Select(one => CertificateFile.Der(Standard(one, "x5c"), "x5c"))];
    }

    private static byte[] SigningInput(string signedHeader, string body) => Encoding.ASCII.GetBytes($"{signedHeader}.{body}");

    private static byte[] Url(string text, string key) => StrictBase64.TryDecodeUrl(text, out byte[] bytes) ? bytes : throw Wrong($"'{key}' is not Base64 for URLs without padding");

    private static byte[] Standard(string text, string key) => StrictBase64.TryDecode(text, out byte[] bytes) ? bytes : throw Wrong($"'{key}' is not Base64");

    private static TrustFailureException Wrong(string problem) => new(SignatureStatus.Malformed, $"The envelope is not one: {problem}.");
}
