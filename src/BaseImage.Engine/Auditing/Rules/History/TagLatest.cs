namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1016: the tag is not latest.</summary>
internal sealed class TagLatest : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1016",
        Title = "Its tag says which version it is",
        Severity = Severity.Low,
        Category = "Identity",
        Rationale = "latest is another image tomorrow: what runs cannot be told by its name, two hosts run different things under one, and going back means "
            + "guessing. A tag besides latest that says more makes it a note, and so does a layout on disk, where latest is what every tool writes.",
        Remediation = "Give the image a tag of its version, and deploy it by digest.",
        References = ["CIS Docker Benchmark 5.28", "NIST SP 800-190 4.2.2"],
        Equivalent = ["dockle:DKL-DI-0006", "hadolint:DL3007"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "The tag says which version it is.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("tag says nothing", "tags say nothing");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Tags.Contains("latest", StringComparer.Ordinal)
            ? [new RuleFinding("", "The tag is latest, which names another image tomorrow.", facts.Tags.Count > 1 || !facts.Image.StartsWith("docker", StringComparison.Ordinal) ? Severity.Info : null, "tag")]
            : [];
}
