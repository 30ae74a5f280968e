using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Notation;

/// <summary>
/// A Notary Project envelope's signed header, and how JWS writes it; <see cref="CoseHeader"/> is how COSE does. Source: JWS signature
/// envelope, "Protected Headers"; RFC 7515, section 4.1.11.
/// </summary>
internal sealed partial record ProtectedHeader
{
    private static readonly JsonLimits Json = new() { MaxBytes = 1 << 20, MaxDepth = 16, MaxValues = 10_000 };

    // What RFC 7515 and its registry define themselves is never listed as critical.
    private static readonly HashSet<string> Registered = new(StringComparer.Ordinal)
    {
        "alg", "jku", "jwk", "kid", "x5u", "x5c", "x5t", "x5t#S256", "typ", "cty", "crit", "b64",
    };

    /// <summary>The algorithm that it names, to be held against the key's.</summary>
    internal required string Algorithm { get; init; }

    /// <summary>True of the scheme <c>notary.x509.signingAuthority</c>.</summary>
    internal required bool IsSigningAuthority { get; init; }

    /// <summary>When it was made.</summary>
    internal required DateTimeOffset SigningTime { get; init; }

    /// <summary>When it is no longer to be used; null for never.</summary>
    internal DateTimeOffset? Expiry { get; init; }

    /// <summary>The header's names.</summary>
    internal IReadOnlyCollection<string> Keys { get; init; } = [];

    /// <summary>What has to be understood and is not; empty for nothing.</summary>
    internal string NotUnderstood { get; init; } = "";

    /// <summary>The header's bytes: sorted keys, and critical ones in the order in which Notation lists them.</summary>
    internal byte[] Write()
    {
        string timeKey = IsSigningAuthority ? NotationNames.AuthenticSigningTime : NotationNames.SigningTime;
        JArray critical = [NotationNames.Scheme];
        JObject root = new()
        {
            ["alg"] = Algorithm,
            ["cty"] = SignedPayload.MediaType,
            [NotationNames.Scheme] = IsSigningAuthority ? NotationNames.SigningAuthority : NotationNames.X509,
            [timeKey] = Time(SigningTime),
        };
        if (IsSigningAuthority)
        {
            critical.Add(timeKey);
        }

        if (Expiry is { } expiry)
        {
            critical.Add(NotationNames.Expiry);
            root[NotationNames.Expiry] = Time(expiry);
        }

        root["crit"] = critical;
        return CanonicalJson.WriteCompact(root);
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="TrustFailureException">It breaks a rule.</exception>
    internal static ProtectedHeader Read(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return Read(new JsonFields(StrictJson.ParseObject(bytes, "protected header", Json), "protected header"));
        }
        catch (Exception e) when (e is JsonInvalidException or ImageDocumentInvalidException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The signed header is not one: {e.Message}", e);
        }
    }

    private static ProtectedHeader Read(JsonFields fields) => HeaderRules.Check(new HeaderParts
    {
        Algorithm = fields.RequiredText("alg"),
        ContentType = fields.RequiredText("cty"),
        Scheme = fields.RequiredText(NotationNames.Scheme),
        Time = key => Time(fields, key),
        Names = [.. fields.Value.Properties().Select(property => property.Name)],
        Critical = fields.OptionalTexts("crit") ?? [],
        CanBeCritical = key => !Registered.Contains(key) && fields.Value[key] is not (null or { Type: JTokenType.Null }),
    });

    private static DateTimeOffset? Time(JsonFields fields, string key)
    {
        string? text = fields.OptionalText(key);
        return text is null ? fields.Value[key] is null ? null : throw HeaderRules.Wrong($"'{key}' is null")
            : Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time
            : throw HeaderRules.Wrong($"'{key}' is not a time as RFC 3339 writes it");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    // Fractions should not be written, but are no reason to refuse what another client wrote.
    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Rfc3339();
}
