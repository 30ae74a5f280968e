namespace BaseImage.Engine.Auditing.Rules.Accounts;

/// <summary>BI2016: the home directory of the image's user is there.</summary>
internal sealed class HomeFolder : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2016",
        Title = "The home of the image's user is there",
        Severity = Severity.Low,
        Category = "Accounts",
        Rationale = "Programs keep settings and caches in $HOME; where it is missing they fail at the first write, or put them into the root. Users that are a "
            + "number without an account have no home and are not reported; one that belongs to somebody else is a note.",
        Remediation = "Make the folder and give it to the user, or write /nonexistent into /etc/passwd, which says that there shall be none.",
        References = ["CIS Distribution Independent Linux Benchmark 6.2.7", "passwd(5)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The home of the image's user is there.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("home is missing", "homes are missing");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        string asked = facts.Config.User.Split(':')[0];
        bool isNumber = AccountFiles.TryNumber(asked, out long uid);
        string[]? fields = FileText.Lines(files, "/etc/passwd", "#+-").Select(line => line.Text.Split(':'))
            .FirstOrDefault(fields => fields.Length > 5 && (asked.Length == 0 ? fields[2] == "0" : isNumber ? AccountFiles.TryNumber(fields[2], out long id) && id == uid : fields[0] == asked));
        string home = fields is null ? "" : fields[5];
        if (home.Length < 2 || home is "/nonexistent" or "/dev/null" || home.StartsWith("/run/", StringComparison.Ordinal) || Variables.Of(facts.Config).ContainsKey("HOME"))
        {
            return [];
        }

        ImageFile? folder = files.Resolve(home);
        return folder is null ? files.All.Any(file => FileText.IsBelow(file.Path, home)) ? [] : [new RuleFinding(home, $"is the home of '{fields![0]}', and is not there")]
            : folder.Kind != ImageFileKind.Directory ? [new RuleFinding(home, $"is the home of '{fields![0]}', and is no folder")]
            : AccountFiles.TryNumber(fields![2], out long owner) && folder.Uid != owner && owner != 0 ? [new RuleFinding(home, $"is the home of '{fields[0]}', and belongs to uid {folder.Uid}", Severity.Info)]
            : [];
    }
}
