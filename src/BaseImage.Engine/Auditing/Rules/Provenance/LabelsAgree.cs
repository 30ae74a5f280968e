using System.Globalization;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4005: annotations, labels and config say the same.</summary>
internal sealed class LabelsAgree : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4005",
        Title = "Annotations, labels and config agree",
        Severity = Severity.Medium,
        Category = "Provenance",
        Rationale = "The same is said in two places: in the manifest's annotations, which registries show, and in the config's labels, which engines show. Where both "
            + "say different revisions, versions or sources, one of them is of another build: mostly the base's labels, inherited, and then the image claims to "
            + "be its base.",
        Remediation = "Set every org.opencontainers.image label anew in each image, and annotations from the same values.",
        References = ["OCI Image Specification 1.1, annotations.md", "OCI Image Specification 1.1, config.md, Labels"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Annotations, labels and config agree.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("statement contradicts another", "statements contradict another");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => facts.Manifest is null ? "Nothing is known of the manifest." : null;

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach ((string name, string value) in facts.Manifest!.Annotations.OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (Compared.Contains(name) && facts.Config.Labels.TryGetValue(name, out string? label) && label.Length > 0 && value.Length > 0 && label != value && !IsSameTime(label, value))
            {
                yield return new RuleFinding("", $"The annotation {name} is '{value}', and the label '{label}'.", Key: "annotation:" + name);
            }
        }

        foreach (string name in (string[])["org.opencontainers.image.revision", "org.opencontainers.image.source", "org.opencontainers.image.version"])
        {
            string old = "org.label-schema." + name[(name.LastIndexOf('.') + 1)..] switch { "revision" => "vcs-ref", "source" => "vcs-url", var same => same };
            if (facts.Config.Labels.TryGetValue(name, out string? value) && facts.Config.Labels.TryGetValue(old, out string? former) && value.Length > 0 && former.Length > 0
                && !value.StartsWith(former, StringComparison.Ordinal) && !former.StartsWith(value, StringComparison.Ordinal))
            {
                yield return new RuleFinding("", $"The label {name} is '{value}', and {old} '{former}'.", Severity.Low, "label:" + name);
            }
        }
    }

    private static readonly HashSet<string> Compared = new(
        ["org.opencontainers.image.revision", "org.opencontainers.image.source", "org.opencontainers.image.version", "org.opencontainers.image.title", "org.opencontainers.image.licenses", "org.opencontainers.image.vendor", "org.opencontainers.image.base.name", "org.opencontainers.image.base.digest", "org.opencontainers.image.created"],
        StringComparer.Ordinal);

    // One may write Z, the other +00:00.
    private static bool IsSameTime(string a, string b)
        => DateTimeOffset.TryParse(a, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset x) && DateTimeOffset.TryParse(b, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset y) && x == y;
}
