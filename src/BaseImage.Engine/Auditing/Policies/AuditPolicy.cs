namespace BaseImage.Engine.Auditing.Policies;

/// <summary>What an organisation decided about rules: severities, rules turned off, findings accepted for a time.</summary>
internal sealed record AuditPolicy
{
    /// <summary>No decisions.</summary>
    public static AuditPolicy None { get; } = new();

    /// <summary>Rule ids and the severities that replace theirs.</summary>
    public IReadOnlyDictionary<string, Severity> Severities { get; init; } = new Dictionary<string, Severity>(StringComparer.OrdinalIgnoreCase);

    /// <summary>Rule ids that are turned off, and why.</summary>
    public IReadOnlyDictionary<string, string> Disabled { get; init; } = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How much an image may have of what can be counted.</summary>
    public PolicyLimits Limits { get; init; } = PolicyLimits.None;

    /// <summary>Findings that are accepted for a time.</summary>
    public IReadOnlyList<Suppression> Suppressions { get; init; } = [];
}

/// <summary>How much an image may have of what can be counted.</summary>
internal sealed record PolicyLimits
{
    /// <summary>No limits.</summary>
    public static PolicyLimits None { get; } = new();

    /// <summary>Bytes of all its files, uncompressed; null where the policy does not say.</summary>
    public long? Size { get; init; }
}

/// <summary>Findings that somebody accepts for a time.</summary>
/// <param name="Rule">A rule's id, or a wildcard.</param>
/// <param name="Image">A wildcard over the image's name, its name with a tag, or its reference; <c>*</c> for every image.</param>
/// <param name="Path">A glob over paths; null for every finding, also those without a path.</param>
/// <param name="Reason">Why.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Until">The last day on which it holds, to its end in UTC.</param>
internal sealed record Suppression(string Rule, string Image, string? Path, string Reason, string Owner, DateOnly Until)
{
    /// <summary>True where it speaks of a finding, expired or not.</summary>
    public bool Covers(string rule, string imageName, string reference, string path)
        => Wildcard.IsMatch(Rule, rule)
            && (Wildcard.IsMatch(Image, imageName) || Wildcard.IsMatch(Image, reference))
            && (Path is null || Wildcard.IsPathMatch(Path, path));

    /// <summary>True from the first moment of the day after <see cref="Until"/>, UTC.</summary>
    public bool IsExpired(DateTimeOffset now) => DateOnly.FromDateTime(now.UtcDateTime) > Until;
}
