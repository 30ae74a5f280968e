namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4010: the revision names one state of the source.</summary>
internal sealed class RevisionIsWhole : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4010",
        Title = "The revision names one state of the source",
        Severity = Severity.Low,
        Category = "Provenance",
        Rationale = "A revision is to lead to the one state of the source that an image was made from. A branch's name moves, a few digits of a commit become "
            + "ambiguous, and -dirty says that what was built lies in no repository. Systems that count revisions (Subversion, Perforce) give numbers, which are "
            + "whole.",
        Remediation = "Set org.opencontainers.image.revision to the full commit id (git rev-parse HEAD), built from a clean checkout.",
        References = ["OCI Image Specification 1.1, annotations.md", "SLSA 1.0, Provenance"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "The revision names one state of the source, or none is given.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("revision names no one state", "revisions name no one state");

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        if (!ImageLabels.Of(facts).TryGetValue("org.opencontainers.image.revision", out string? revision) || revision.Length == 0)
        {
            return [];
        }

        bool isHex = revision.AsSpan().IndexOfAnyExcept("0123456789abcdefABCDEF") < 0, isNumber = revision.TrimStart('r').All(char.IsAsciiDigit);
        string? problem = revision.EndsWith("-dirty", StringComparison.Ordinal) || revision.EndsWith("+dirty", StringComparison.Ordinal) || revision.EndsWith("-modified", StringComparison.Ordinal) ? "was built from sources that were changed"
            : isHex && revision.Length is 40 or 64 ? null
            : isNumber && revision.Length is > 1 and < 12 ? null
            : isHex && revision.Length >= 7 ? "is a part of a commit's id"
            : "is no commit's id";
        return problem is null ? [] : [new RuleFinding("", $"The revision {revision} {problem}.", Key: "revision")];
    }
}
