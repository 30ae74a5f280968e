namespace BaseImage.Engine.Auditing.Rules;

/// <summary>BI2002: no program gains kernel capabilities by its file.</summary>
internal sealed class FileCapabilities : IAuditRule
{
    private const string Attribute = "security.capability";

    /// <inheritdoc/>
    public AuditRule Describe { get; } = new()
    {
        Id = "BI2002",
        Title = "No file capabilities",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "A file capability (capabilities(7)) gives whoever starts the program a part of root's power, as a set-id bit does, but ls does not show it and most auditors do not look.",
        Remediation = "Leave out the package that brings the program, or clear the attribute (setcap -r), and give the container the capability at run time where it is needed.",
        References = ["CIS Docker Benchmark 4.8", "NIST SP 800-190 4.1.2"],
        Equivalent = ["cis-docker:4.8"],
    };

    /// <inheritdoc/>
    public bool NeedsFiles => true;

    /// <inheritdoc/>
    public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken)
    {
        RuleFinding[] findings = [.. facts.Files!
            .Where(static (_, file) => file.Capabilities.Length > 0 || file.ExtendedAttributes.Contains(Attribute, StringComparer.Ordinal))
            .Select(file => new RuleFinding(file.Path, $"has {(file.Capabilities.Length > 0 ? file.Capabilities : $"the attribute {Attribute}, which cannot be read")}{Words.From(file)}",
                file.Capabilities.Length > 0 && facts.Limits.AllowsCapabilities(file.Path, file.Capabilities) ? Severity.Info : null))];
        return RuleOutcome.Of(findings, "No file has capabilities.", failing => Words.Count(failing.Count, "file has capabilities", "files have capabilities"));
    }
}
