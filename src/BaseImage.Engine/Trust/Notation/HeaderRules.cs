namespace BaseImage.Engine.Trust.Notation;

/// <summary>What a signed header says, whichever envelope wrote it down.</summary>
internal sealed record HeaderParts
{
    /// <summary>The algorithm's name in JWS, or how the envelope writes one that has none.</summary>
    internal required string Algorithm { get; init; }

    /// <summary>The payload's media type.</summary>
    internal required string ContentType { get; init; }

    /// <summary>The signing scheme.</summary>
    internal required string Scheme { get; init; }

    /// <summary>The time under a name; null where it is not there. Throws where it is none.</summary>
    internal required Func<string, DateTimeOffset?> Time { get; init; }

    /// <summary>All names.</summary>
    internal required IReadOnlyCollection<string> Names { get; init; }

    /// <summary>Those that have to be understood.</summary>
    internal required IReadOnlyList<string> Critical { get; init; }

    /// <summary>Whether a name is there and none of those that the envelope's own standard defines.</summary>
    internal required Func<string, bool> CanBeCritical { get; init; }
}

/// <summary>
/// The rules that a signed header keeps in every envelope. Source: Notary Project signature specification 1.0, "Signed
/// Attributes"; RFC 7515, section 4.1.11; RFC 9052, section 3.1.
/// </summary>
internal static class HeaderRules
{
    /// <summary>Holds a header against the rules.</summary>
    /// <exception cref="TrustFailureException">It breaks one.</exception>
    internal static ProtectedHeader Check(HeaderParts parts)
    {
        if (parts.Scheme is not (NotationNames.X509 or NotationNames.SigningAuthority))
        {
            throw new TrustFailureException(SignatureStatus.UnsupportedAttribute, $"The signing scheme '{parts.Scheme}' is not known; there are {NotationNames.X509} and {NotationNames.SigningAuthority}.");
        }

        if (parts.ContentType != SignedPayload.MediaType)
        {
            throw new TrustFailureException(SignatureStatus.UnsupportedAttribute, $"The payload is of the type '{parts.ContentType}', and only {SignedPayload.MediaType} is known.");
        }

        bool isAuthority = parts.Scheme == NotationNames.SigningAuthority;
        (string timeKey, string otherKey) = isAuthority ? (NotationNames.AuthenticSigningTime, NotationNames.SigningTime) : (NotationNames.SigningTime, NotationNames.AuthenticSigningTime);
        if (parts.Names.Contains(otherKey))
        {
            throw Wrong($"'{otherKey}' has no place in the scheme {parts.Scheme}");
        }

        DateTimeOffset signed = parts.Time(timeKey) ?? throw Wrong($"'{timeKey}' is missing");
        DateTimeOffset? expiry = parts.Time(NotationNames.Expiry);
        if (expiry <= signed)
        {
            throw Wrong("it expires before it was made");
        }

        return new ProtectedHeader
        {
            Algorithm = parts.Algorithm,
            IsSigningAuthority = isAuthority,
            SigningTime = signed,
            Expiry = expiry,
            Keys = parts.Names,
            NotUnderstood = NotUnderstood(parts, isAuthority, expiry is not null),
        };
    }

    /// <summary>A header that breaks a rule.</summary>
    internal static TrustFailureException Wrong(string problem, Exception? inner = null) => new(SignatureStatus.Malformed, $"The signed header is not one: {problem}.", inner);

    // Gives the first critical name that is not understood.
    private static string NotUnderstood(HeaderParts parts, bool isAuthority, bool expires)
    {
        if (parts.Critical.Count == 0)
        {
            throw Wrong("'crit' is missing or empty");
        }

        if (parts.Critical.Distinct(StringComparer.Ordinal).Count() != parts.Critical.Count)
        {
            throw Wrong("'crit' names something twice");
        }

        List<string> must = [NotationNames.Scheme];
        must.AddRange(isAuthority ? [NotationNames.AuthenticSigningTime] : []);
        must.AddRange(expires ? [NotationNames.Expiry] : []);
        must.AddRange(new[] { NotationNames.Plugin, NotationNames.PluginMinVersion }.Where(parts.Names.Contains));
        if (must.Find(key => !parts.Critical.Contains(key, StringComparer.Ordinal)) is { } missing)
        {
            throw Wrong($"'crit' does not name {missing}");
        }

        if (parts.Critical.FirstOrDefault(key => key == NotationNames.SigningTime || !parts.CanBeCritical(key)) is { } wrong)
        {
            throw Wrong($"'crit' names '{wrong}', which is not there or cannot be critical");
        }

        return parts.Critical.FirstOrDefault(key => key is not (NotationNames.Scheme or NotationNames.AuthenticSigningTime or NotationNames.Expiry)) ?? "";
    }
}
