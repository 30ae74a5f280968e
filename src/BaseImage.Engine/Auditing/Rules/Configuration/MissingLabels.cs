namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1013: labels say what the image is and where it comes from.</summary>
internal sealed class MissingLabels : ListingRule
{
    private static readonly string[] Wanted = ["title", "description", "source", "revision", "version", "licenses"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1013",
        Title = "Labels say what it is and whence",
        Severity = Severity.Low,
        Category = "Configuration",
        Rationale = "An image travels without its repository: labels are what is left to say from which source and revision it was built, under which licences, "
            + "and whom to ask. Those that the OCI specification defines and the image lacks are one note; labels that the policy requires "
            + "(Limits.RequiredLabels) and that are missing, or have another value, fail.",
        Remediation = "Set org.opencontainers.image.title, description, source, revision, version and licenses when building.",
        References = ["OCI Image Specification 1.1, annotations.md", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3049"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "Every label that is required is there.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("required label is missing or different", "required labels are missing or different");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        IReadOnlyDictionary<string, string> labels = facts.Config.Labels;
        foreach ((string name, string wanted) in (facts.Limits.RequiredLabels ?? new Dictionary<string, string>()).OrderBy(pair => pair.Key, StringComparer.Ordinal))
        {
            if (!labels.TryGetValue(name, out string? value))
            {
                yield return new RuleFinding("", $"The policy requires the label {name}.", Key: "label:" + name);
            }
            else if (!Wildcard.IsMatch(wanted, value))
            {
                yield return new RuleFinding("", $"The label {name} is '{value}', and the policy requires '{wanted}'.", Key: "label:" + name);
            }
        }

        string[] missing = [.. Wanted.Where(name => !labels.TryGetValue("org.opencontainers.image." + name, out string? value) || value.Length == 0)];
        if (missing.Length > 0)
        {
            yield return new RuleFinding("", $"Of the labels org.opencontainers.image.* these are missing: {string.Join(", ", missing)}.", Severity.Info, "labels");
        }
    }
}
