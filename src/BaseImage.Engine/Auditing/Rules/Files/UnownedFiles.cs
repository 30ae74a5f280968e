namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2025: every file belongs to an account and a group of the image.</summary>
internal sealed class UnownedFiles : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2025",
        Title = "Every file belongs to somebody",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "Files with a number that no account has come from the machine that built the image, by a copy that kept ids: whoever is given that number "
            + "later, in this image or one on top of it, owns them. One finding for each number.",
        Remediation = "Copy with --chown, or give the files to root; or add the account.",
        References = ["CIS Distribution Independent Linux Benchmark 6.1.11, 6.1.12"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Every file belongs to somebody.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("number owns files and is nobody's", "numbers own files and are nobody's");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => facts.Files!.Read("/etc/passwd").IsEmpty ? "The image has no /etc/passwd to look owners up in." : null;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        HashSet<long> users = [.. AccountFiles.Passwd(files.Read("/etc/passwd")).Select(entry => entry.Uid), 0, 65534];
        HashSet<long> groups = [.. AccountFiles.Group(files.Read("/etc/group")).Select(entry => entry.Gid), .. AccountFiles.Passwd(files.Read("/etc/passwd")).Select(entry => entry.Gid), 0, 65534];
        foreach (string part in facts.Process.User.Split(':'))
        {
            if (AccountFiles.TryNumber(part, out long number))
            {
                users.Add(number);
                groups.Add(number);
            }
        }

        return Of(files.All.Where(file => !users.Contains(file.Uid)).GroupBy(file => file.Uid), "uid")
            .Concat(Of(files.All.Where(file => users.Contains(file.Uid) && !groups.Contains(file.Gid)).GroupBy(file => file.Gid), "gid"));
    }

    private static IEnumerable<RuleFinding> Of(IEnumerable<IGrouping<long, ImageFile>> owned, string what)
        => owned.OrderBy(group => group.Key).Select(group => new RuleFinding(group.First().Path, $"belongs to {what} {group.Key}, which is nobody's{(group.Count() > 1 ? $", as do {group.Count() - 1} more" : "")}", Key: string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{what}:{group.Key}")));
}
