namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2015: every line of passwd and group is well formed.</summary>
internal sealed class BrokenAccounts : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2015",
        Title = "Account files are well formed",
        Severity = Severity.Low,
        Category = "Accounts",
        Rationale = "A line with a field too few, or a number that is none, is read as root by some programs (a missing uid counts as 0) and skipped by others: "
            + "nobody can say who that account is.",
        Remediation = "Write passwd with seven fields and group with four, numbers as digits.",
        References = ["passwd(5)", "group(5)", "CIS Distribution Independent Linux Benchmark 6.2.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Account files are well formed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("line of an account file is broken", "lines of account files are broken");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => In(facts.Files!, "/etc/passwd", 7, [2, 3]).Concat(In(facts.Files!, "/etc/group", 4, [2]));

    private static IEnumerable<RuleFinding> In(FileFacts files, string path, int count, int[] numbers)
    {
        foreach ((int number, string text) in FileText.Lines(files, path, "#+-"))
        {
            string[] fields = text.Split(':');
            string? problem = fields.Length != count ? $"has {fields.Length} fields and not {count}"
                : fields[0].Length == 0 ? "has no name"
                : numbers.Any(index => !fields[index].All(char.IsAsciiDigit) || fields[index].Length is 0 or > 10) ? "has a number that is none"
                : null;
            if (problem is not null)
            {
                yield return new RuleFinding(path, $"has a line that {problem}: '{fields[0]}'", Key: "line:" + fields[0]) { Line = number };
            }
        }
    }
}
