namespace BaseImage;

/// <summary>How a rule came out.</summary>
public enum AuditStatus
{
    /// <summary>Evaluated, and nothing found but notes (findings of severity Info).</summary>
    Pass,

    /// <summary>Not evaluated, for a stated reason.</summary>
    Skipped,

    /// <summary>Found, and the policy accepts it for now.</summary>
    Suppressed,

    /// <summary>Found.</summary>
    Fail,

    /// <summary>Could not be evaluated.</summary>
    Error,
}

/// <summary>One rule on one image and platform (or one Dockerfile).</summary>
public sealed record AuditResult
{
    /// <summary>The rule, for instance <c>BI1001</c>.</summary>
    public required string RuleId { get; init; }

    /// <summary>What the rule demands, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>How much it matters: of a failure the worst of its findings, else the rule's severity.</summary>
    public required Severity Severity { get; init; }

    /// <summary>The rule's category.</summary>
    public required string Category { get; init; }

    /// <summary>How it came out.</summary>
    public required AuditStatus Status { get; init; }

    /// <summary>The image, pinned by digest, or the Dockerfile.</summary>
    public required string Image { get; init; }

    /// <summary>The platform; null where none applies.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The manifest's digest, or the ImageId where an engine knows no digest.</summary>
    public Digest Digest { get; init; }

    /// <summary>What was found, in one sentence.</summary>
    public required string Message { get; init; }

    /// <summary>The first few findings, in words.</summary>
    public IReadOnlyList<string> Evidence { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Every finding.</summary>
    public IReadOnlyList<AuditFinding> Findings { get; init => field = TextList.Of<AuditFinding>(value); } = TextList.Of<AuditFinding>([]);

    /// <summary>How to mend it.</summary>
    public string Remediation { get; init; } = "";

    /// <summary>The same check elsewhere, as <c>dockle:CIS-DI-0001</c>.</summary>
    public IReadOnlyList<string> Equivalent { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>How long the rule took.</summary>
    public TimeSpan Duration { get; init; }
}

/// <summary>One place where a rule is broken: what a suppression names.</summary>
public sealed record AuditFinding
{
    /// <summary>The rule.</summary>
    public required string RuleId { get; init; }

    /// <summary>How much it matters.</summary>
    public required Severity Severity { get; init; }

    /// <summary>The image, pinned by digest.</summary>
    public required string Image { get; init; }

    /// <summary>The file in the image; empty where the image as a whole is meant.</summary>
    public string Path { get; init; } = "";

    /// <summary>The line, from 1; 0 for none.</summary>
    public int Line { get; init; }

    /// <summary>What is wrong there.</summary>
    public required string Message { get; init; }

    /// <summary>Why, by whom and until when it is accepted; empty where it is not.</summary>
    public string Accepted { get; init; } = "";

    /// <summary>Stable across builds: of the rule, the image's name and the path, not of the digest.</summary>
    public required string Fingerprint { get; init; }

    /// <summary>Path and message.</summary>
    public override string ToString() => Path.Length == 0 ? Message : $"{Path}: {Message}";
}

/// <summary>A rule of the catalogue.</summary>
public sealed record AuditRule
{
    /// <summary>Its id, for instance <c>BI1001</c>.</summary>
    public required string Id { get; init; }

    /// <summary>What it demands, in a few words.</summary>
    public required string Title { get; init; }

    /// <summary>How much it matters.</summary>
    public required Severity Severity { get; init; }

    /// <summary>Its category.</summary>
    public required string Category { get; init; }

    /// <summary>Why it matters.</summary>
    public required string Rationale { get; init; }

    /// <summary>How to mend what it finds.</summary>
    public required string Remediation { get; init; }

    /// <summary>Where it is written, as <c>NIST SP 800-190 4.1.2</c>.</summary>
    public IReadOnlyList<string> References { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The same check elsewhere, as <c>dockle:CIS-DI-0001</c>.</summary>
    public IReadOnlyList<string> Equivalent { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>What a rule of one's own does; null for rules of the catalogue.</summary>
    public RuleCheck? Check { get; init; }

    /// <summary>Id and title.</summary>
    public override string ToString() => $"{Id} {Title}";
}
