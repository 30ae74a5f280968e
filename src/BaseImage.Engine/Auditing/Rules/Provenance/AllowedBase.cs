namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4002: the base is one that the policy allows.</summary>
internal sealed class AllowedBase : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4002",
        Title = "The base is one that the policy allows",
        Severity = Severity.High,
        Category = "Provenance",
        Rationale = "A base decides about most of what is in an image. The policy says which may be used (Limits.AllowedBases: wildcards over names and digests, "
            + "letter case not counted). An image that does not say what it was made from cannot be judged, unless it is itself one of those.",
        Remediation = "Build from one of the allowed bases, or have this one allowed.",
        References = ["NIST SP 800-190 4.1.5", "CIS Docker Benchmark 4.2"],
        Equivalent = ["cis-docker:4.2"],
    };

    /// <inheritdoc/>
    protected override string Passed => "The base is one that the policy allows.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("base is not allowed", "bases are not allowed");

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        (string name, string digest) = ImageLabels.Base(facts);
        return ImageLabels.IsAllowed(facts, name, digest) ? [] : [new RuleFinding("", $"The base {(name.Length > 0 ? name : digest)} is none that the policy allows.", Key: "base")];
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
        => facts.Limits.AllowedBases is null ? "The policy states no bases: write Limits = @{ AllowedBases = 'registry.internal/base/*' }."
            : ImageLabels.Base(facts) is ("", "") ? "The image does not say what it was made from (org.opencontainers.image.base.name)." : null;
}
