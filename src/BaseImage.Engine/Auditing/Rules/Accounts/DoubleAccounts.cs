namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2011: no name and no id is there twice.</summary>
internal sealed class DoubleAccounts : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2011",
        Title = "Accounts and groups are there once",
        Severity = Severity.Low,
        Category = "Accounts",
        Rationale = "Of two accounts with one number, or one name, programs take the first and people the second: files belong to somebody else than they seem "
            + "to, and removing one leaves the other. uid 0 is BI2010's.",
        Remediation = "Give each account and group a name and a number of its own.",
        References = ["CIS Distribution Independent Linux Benchmark 6.2.15 to 6.2.18"],
        Equivalent = ["dockle:DKL-LI-0002"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Every account and group is there once.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("name or number is there twice", "names or numbers are there twice");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => new[] { "/etc/passwd", "/etc/group" }.SelectMany(path => In(facts.Files!, path));

    private static IEnumerable<RuleFinding> In(FileFacts files, string path)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        Dictionary<long, string> numbers = [];
        foreach ((int number, string text) in FileText.Lines(files, path, "#+-"))
        {
            string[] fields = text.Split(':');
            if (!names.Add(fields[0]))
            {
                yield return new RuleFinding(path, $"has '{fields[0]}' twice", Key: "name:" + fields[0]) { Line = number };
            }

            if (fields.Length > 2 && AccountFiles.TryNumber(fields[2], out long id) && !numbers.TryAdd(id, fields[0]) && (id != 0 || path == "/etc/group") && numbers[id] != fields[0])
            {
                yield return new RuleFinding(path, $"gives {id} to '{fields[0]}' as well as to '{numbers[id]}'", Key: "id:" + fields[0]) { Line = number };
            }
        }
    }
}
