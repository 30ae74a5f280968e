namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1003: the user is written as a number.</summary>
internal sealed class NumericUser : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1003",
        Title = "The user is a number",
        Severity = Severity.Info,
        Category = "Identity",
        Rationale = "A name is looked up in the image's own /etc/passwd, so whoever changes that file changes who the process is, and Kubernetes cannot check a "
            + "name: with runAsNonRoot it refuses to start an image whose user is not a number. The finding is a note.",
        Remediation = "Write numbers, as User = '65532:65532' or USER 65532:65532; the name may stay in /etc/passwd.",
        References = ["CIS Docker Benchmark 4.1", "Kubernetes Pod Security Standards, restricted, runAsNonRoot"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "The user is not written as a name.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("user is a name", "users are names");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        string user = facts.Config.User.Split(':')[0];
        return user.Length == 0 || AccountFiles.TryNumber(user, out _)
            ? []
            : [new RuleFinding("", $"The user '{user}' is a name; write its number, which nothing in the image can change the meaning of.", Severity.Info, "user")];
    }
}
