using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Notation;

/// <summary>
/// The signed header of a Notary Project JWS envelope. Source: JWS signature envelope, "Protected Headers"; RFC 7515, section 4.1.11.
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

    private static ProtectedHeader Read(JsonFields fields)
    {
        string scheme = fields.RequiredText(NotationNames.Scheme);
        if (scheme is not (NotationNames.X509 or NotationNames.SigningAuthority))
        {
            throw new TrustFailureException(SignatureStatus.UnsupportedAttribute, $"The signing scheme '{scheme}' is not known; there are {NotationNames.X509} and {NotationNames.SigningAuthority}.");
        }

        if (fields.RequiredText("cty") != SignedPayload.MediaType)
        {
            throw new TrustFailureException(SignatureStatus.UnsupportedAttribute, $"The payload is of the type '{fields.Text("cty")}', and only {SignedPayload.MediaType} is known.");
        }

        bool isAuthority = scheme == NotationNames.SigningAuthority;
        (string timeKey, string otherKey) = isAuthority ? (NotationNames.AuthenticSigningTime, NotationNames.SigningTime) : (NotationNames.SigningTime, NotationNames.AuthenticSigningTime);
        if (fields.Value[otherKey] is not null)
        {
            throw Wrong($"'{otherKey}' has no place in the scheme {scheme}");
        }

        DateTimeOffset signed = Time(fields, timeKey) ?? throw Wrong($"'{timeKey}' is missing");
        DateTimeOffset? expiry = Time(fields, NotationNames.Expiry);
        if (expiry <= signed)
        {
            throw Wrong("it expires before it was made");
        }

        return new ProtectedHeader
        {
            Algorithm = fields.RequiredText("alg"),
            IsSigningAuthority = isAuthority,
            SigningTime = signed,
            Expiry = expiry,
            Keys = [.. fields.Value.Properties().Select(property => property.Name)],
            NotUnderstood = Critical(fields, isAuthority, expiry is not null),
        };
    }

    // Gives the first critical name that is not understood.
    private static string Critical(JsonFields fields, bool isAuthority, bool expires)
    {
        IReadOnlyList<string> critical = fields.OptionalTexts("crit") ?? [];
        if (critical.Count == 0)
        {
            throw Wrong("'crit' is missing or empty");
        }

        if (critical.Distinct(StringComparer.Ordinal).Count() != critical.Count)
        {
            throw Wrong("'crit' names something twice");
        }

        List<string> must = [NotationNames.Scheme];
        must.AddRange(isAuthority ? [NotationNames.AuthenticSigningTime] : []);
        must.AddRange(expires ? [NotationNames.Expiry] : []);
        must.AddRange(new[] { NotationNames.Plugin, NotationNames.PluginMinVersion }.Where(key => fields.Value[key] is not null));
        if (must.Find(key => !critical.Contains(key, StringComparer.Ordinal)) is { } missing)
        {
            throw Wrong($"'crit' does not name {missing}");
        }

        if (critical.FirstOrDefault(key => Registered.Contains(key) || key == NotationNames.SigningTime || fields.Value[key] is null or { Type: JTokenType.Null }) is { } wrong)
        {
            throw Wrong($"'crit' names '{wrong}', which is not there or cannot be critical");
        }

        return critical.FirstOrDefault(key => key is not (NotationNames.Scheme or NotationNames.AuthenticSigningTime or NotationNames.Expiry)) ?? "";
    }

    private static DateTimeOffset? Time(JsonFields fields, string key)
    {
        string? text = fields.OptionalText(key);
        return text is null ? fields.Value[key] is null ? null : throw Wrong($"'{key}' is null")
            : Rfc3339().IsMatch(text) && DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTimeOffset time) ? time
            : throw Wrong($"'{key}' is not a time as RFC 3339 writes it");
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static TrustFailureException Wrong(string problem) => new(SignatureStatus.Malformed, $"The signed header is not one: {problem}.");

    // Fractions should not be written, but are no reason to refuse what another client wrote.
    [GeneratedRegex(@"\A\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,7})?(?:Z|[+-]\d\d:\d\d)\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Rfc3339();
}
