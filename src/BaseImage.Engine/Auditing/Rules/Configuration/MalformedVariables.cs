namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1026: environment variables are well formed and set once.</summary>
internal sealed class MalformedVariables : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1026",
        Title = "Variables are well formed and set once",
        Severity = Severity.Low,
        Category = "Configuration",
        Rationale = "A variable without a name, without '=', or with white space in its name comes from a line of a Dockerfile that did not mean what it says. "
            + "One that is there twice is read differently by programs: the C library takes the first, some shells the last.",
        Remediation = "Mend the ENV line; write NAME=value once, with quotes around values that have spaces.",
        References = ["OCI Image Specification 1.1, config.md, Env", "environ(7)"],
        Equivalent = ["hadolint:DL3044"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "The variables are well formed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("variable is malformed or there twice", "variables are malformed or there twice");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        int number = 0;
        foreach (string variable in facts.Config.Env)
        {
            number++;
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? variable : variable[..equals];
            string? problem = equals < 0 ? "has no value" : name.Length == 0 ? "has no name" : name.Any(c => char.IsWhiteSpace(c) || char.IsControl(c)) ? "has white space in its name" : !seen.Add(name) ? "is there twice" : null;
            if (problem is not null)
            {
                // What has no '=' may be a value that lost its name: its text is not shown.
                string shown = equals > 0 ? $"The variable {name}" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Variable {number}");
                yield return new RuleFinding("", $"{shown} {problem}.", Key: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"env:{number}"));
            }
        }
    }
}
