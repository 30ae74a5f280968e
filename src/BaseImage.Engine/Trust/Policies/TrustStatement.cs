namespace BaseImage.Engine.Trust.Policies;

/// <summary>What a trust policy does with a check that failed.</summary>
internal enum TrustAction
{
    /// <summary>The signature is not trusted.</summary>
    Enforce,

    /// <summary>It is told, and the signature may pass.</summary>
    Log,

    /// <summary>The check is not made.</summary>
    Skip,
}

/// <summary>The checks whose failures a trust policy has a say in.</summary>
internal enum TrustCheck
{
    /// <summary>The document is what was signed, and it is of this image. Always enforced.</summary>
    Integrity,

    /// <summary>The signer is one that is trusted.</summary>
    Authenticity,

    /// <summary>The signature's own term has not run out.</summary>
    Expiry,

    /// <summary>It was made while the certificates were valid.</summary>
    AuthenticTimestamp,

    /// <summary>No certificate is revoked.</summary>
    Revocation,
}

/// <summary>One statement of a trust policy: for which images, how hard, and whom it trusts.</summary>
internal sealed record TrustStatement
{
    /// <summary>Its name; empty where parameters of a command said what to trust.</summary>
    internal required string Name { get; init; }

    /// <summary>The repositories that it is for, or <c>*</c> alone.</summary>
    internal IReadOnlyList<string> Scopes { get; init; } = ["*"];

    /// <summary>strict, permissive, audit or skip.</summary>
    internal required string Level { get; init; }

    /// <summary>What failures come to.</summary>
    internal IReadOnlyDictionary<TrustCheck, TrustAction> Actions { get; init; } = TrustLevels.Of("strict")!;

    /// <summary>True where a timestamp counts only once a certificate has expired.</summary>
    internal bool IsTimestampForExpiredOnly { get; init; }

    /// <summary>The stores by kind (ca, signingAuthority, tsa) and name.</summary>
    internal IReadOnlyList<(string Kind, string Name)> Stores { get; init; } = [];

    /// <summary>Whom it trusts; null for everybody that the stores vouch for.</summary>
    internal IReadOnlyList<IReadOnlyDictionary<string, string>>? Identities { get; init; }

    /// <summary>True where the images are not to be verified.</summary>
    internal bool IsSkip => Level == "skip";
}

/// <summary>The levels of verification and what each does. Source: Notary Project trust store and trust policy specification, "Signature Verification details".</summary>
internal static class TrustLevels
{
    /// <summary>A level's actions; null for a level that there is not.</summary>
    internal static IReadOnlyDictionary<TrustCheck, TrustAction>? Of(string level) => level switch
    {
        "strict" => Make(TrustAction.Enforce, TrustAction.Enforce, TrustAction.Enforce, TrustAction.Enforce, TrustAction.Enforce),
        "permissive" => Make(TrustAction.Enforce, TrustAction.Enforce, TrustAction.Log, TrustAction.Log, TrustAction.Log),
        "audit" => Make(TrustAction.Enforce, TrustAction.Log, TrustAction.Log, TrustAction.Log, TrustAction.Log),
        "skip" => Make(TrustAction.Skip, TrustAction.Skip, TrustAction.Skip, TrustAction.Skip, TrustAction.Skip),
        _ => null,
    };

    private static SortedDictionary<TrustCheck, TrustAction> Make(TrustAction integrity, TrustAction authenticity, TrustAction expiry, TrustAction timestamp, TrustAction revocation) => new()
    {
        [TrustCheck.Integrity] = integrity,
        [TrustCheck.Authenticity] = authenticity,
        [TrustCheck.Expiry] = expiry,
        [TrustCheck.AuthenticTimestamp] = timestamp,
        [TrustCheck.Revocation] = revocation,
    };
}
