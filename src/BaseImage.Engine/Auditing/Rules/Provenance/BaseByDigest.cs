namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4001: the base is named by its digest.</summary>
internal sealed class BaseByDigest : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4001",
        Title = "The base is named by its digest",
        Severity = Severity.Low,
        Category = "Provenance",
        Rationale = "An image that says which base it was made from, and only by a name, says nothing that can be checked a week later: tags move. With "
            + "org.opencontainers.image.base.digest anybody can tell whether the base has been replaced since, and whether its fixes are in. An image that names "
            + "no base, though its history shows that something lay below, is a note.",
        Remediation = "Let the build set org.opencontainers.image.base.name and base.digest (docker buildx and BuildKit do, with provenance).",
        References = ["OCI Image Specification 1.1, annotations.md", "NIST SP 800-190 4.1.5", "SLSA 1.0, resolvedDependencies"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "The base is named by its digest, or there is none.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("base is named without its digest", "bases are named without their digest");

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        IReadOnlyDictionary<string, string> said = ImageLabels.Of(facts);
        string name = said.GetValueOrDefault(ImageLabels.BaseName, ""), digest = said.GetValueOrDefault(ImageLabels.BaseDigest, "");
        if (name.Length > 0 && digest.Length == 0 && !name.Contains("@sha256:", StringComparison.Ordinal) && name != "scratch")
        {
            yield return new RuleFinding("", $"The base is named {name}, and by no digest.", Key: "base");
        }
        else if (name.Length == 0 && digest.Length == 0 && facts.History.Count(step => !step.EmptyLayer) > 1)
        {
            yield return new RuleFinding("", "The image does not say what it was made from.", Severity.Info, "base");
        }
    }
}
