namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4008: the version that a label gives is a version.</summary>
internal sealed class VersionIsOne : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4008",
        Title = "The version is a version",
        Severity = Severity.Low,
        Category = "Provenance",
        Rationale = "org.opencontainers.image.version is to say which release an image is. latest, main or a date of today say where it was built from, and the next "
            + "build says the same of something else.",
        Remediation = "Set the version from the release's tag (git describe); leave the label out of images that are no release.",
        References = ["OCI Image Specification 1.1, annotations.md", "Semantic Versioning 2.0"],
        Equivalent = ["dockle:DKL-DI-0006"],
    };

    /// <inheritdoc/>
    protected override string Passed => "The version is a version, or none is given.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("version is none", "versions are none");

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => ImageLabels.Of(facts).TryGetValue("org.opencontainers.image.version", out string? version) && version.Length > 0 && !version.Any(char.IsAsciiDigit)
            ? [new RuleFinding("", $"The version is '{version}'.", Key: "version")] : [];
}
