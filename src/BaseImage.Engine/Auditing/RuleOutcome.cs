namespace BaseImage.Engine.Auditing;

/// <summary>One place where a rule is broken, before the policy has had its say.</summary>
/// <param name="Path">The file in the image, absolute; empty for the image's configuration.</param>
/// <param name="Message">What is wrong there.</param>
/// <param name="Severity">Less than the rule's own where this place matters less; null for the rule's own. Info is a note and fails nothing.</param>
/// <param name="Key">What tells it from other findings at the same path, stable across builds, for instance <c>env:DB_PASSWORD</c>.</param>
internal sealed record RuleFinding(string Path, string Message, Severity? Severity = null, string Key = "")
{
    /// <summary>The line, from 1; 0 for none.</summary>
    public int Line { get; init; }

    /// <summary>Why what was judged accepts this itself, as <c>inline ignore at line 3</c>; null where it does not.</summary>
    public string? Accepted { get; init; }

    /// <summary>The path as <see cref="SafeText"/> writes it, where that was done before; null where it was not.</summary>
    public string? SafePath { get; init; }

    /// <summary>The message likewise.</summary>
    public string? SafeMessage { get; init; }

    /// <summary>True for a note: worth knowing, no failure.</summary>
    public bool IsNote => Severity is BaseImage.Severity.Info;
}

/// <summary>What a rule says of one image and platform.</summary>
internal sealed record RuleOutcome
{
    /// <summary>What was found; a rule fails where one of these is no note.</summary>
    public IReadOnlyList<RuleFinding> Findings { get; private init; } = [];

    /// <summary>One sentence.</summary>
    public required string Message { get; init; }

    /// <summary>True where the rule could not judge this image, for the reason in <see cref="Message"/>.</summary>
    public bool IsSkipped { get; private init; }

    /// <summary>Nothing found, or what was found.</summary>
    /// <param name="findings">What was found.</param>
    /// <param name="passed">The sentence for a pass.</param>
    /// <param name="failed">The sentence for a failure, of the findings that fail.</param>
    public static RuleOutcome Of(IReadOnlyList<RuleFinding> findings, string passed, Func<IReadOnlyList<RuleFinding>, string> failed)
    {
        RuleFinding[] failing = [.. findings.Where(finding => !finding.IsNote)];
        return new RuleOutcome { Findings = findings, Message = failing.Length > 0 ? failed(failing) : passed };
    }

    /// <summary>The same with each finding changed.</summary>
    public RuleOutcome Map(Func<RuleFinding, RuleFinding> change) => this with { Findings = [.. Findings.Select(change)] };

    /// <summary>Not judged, and why.</summary>
    public static RuleOutcome Skip(string reason) => new() { Message = reason, IsSkipped = true };
}
