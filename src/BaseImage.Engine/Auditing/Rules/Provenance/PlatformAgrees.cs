namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4006: index and config name the same platform.</summary>
internal sealed class PlatformAgrees : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4006",
        Title = "Index and config name the same platform",
        Severity = Severity.Medium,
        Category = "Provenance",
        Rationale = "An engine chooses by the index and then believes the config: where they differ, a host gets an image that it cannot run, or refuses one that it "
            + "could. It happens where a tag is put together from images that were built for one platform.",
        Remediation = "Build each platform with its --platform, and let the builder make the index.",
        References = ["OCI Image Specification 1.1, image-index.md, platform, and config.md"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Index and config name the same platform.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("platform differs", "platforms differ");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => facts.Manifest is null or { Stated: null } or { Configured: null } ? "No index names a platform for it." : null;

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        Platform stated = facts.Manifest!.Stated!, configured = facts.Manifest.Configured!;
        bool isSame = stated.Os == configured.Os && stated.Architecture == configured.Architecture;
        if (!isSame)
        {
            yield return new RuleFinding("", $"The index says {stated}, and the config {configured}.", Key: "platform");
        }
        else if (stated.Variant is { } variant && configured.Variant is { } other && variant != other)
        {
            yield return new RuleFinding("", $"The index says {stated}, and the config {configured}.", Severity.Low, "variant");
        }
    }
}
