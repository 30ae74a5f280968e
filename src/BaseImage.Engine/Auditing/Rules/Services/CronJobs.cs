namespace BaseImage.Engine.Auditing.Rules.Services;

/// <summary>BI2022: there are no cron jobs that a daemon would run.</summary>
internal sealed class CronJobs : ListingRule
{
    private static readonly HashSet<string> Daemons = new(["cron", "crond", "anacron", "fcron", "dcron", "supercronic", "atd"], StringComparer.Ordinal);
    private static readonly string[] Folders = ["/etc/cron.d", "/etc/cron.hourly", "/etc/cron.daily", "/etc/cron.weekly", "/etc/cron.monthly", "/var/spool/cron", "/etc/crontabs", "/etc/periodic"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2022",
        Title = "Nothing runs by the clock",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "A container does one thing: jobs beside it run unseen, as root, with output that goes nowhere, and are a quiet way to come back. Packages "
            + "bring jobs for machines; where there is no daemon, they are dead files and not reported.",
        Remediation = "Leave the daemon out, and let the platform start jobs in containers of their own.",
        References = ["NIST SP 800-190 4.1.2", "MITRE ATT&CK T1053.003"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Nothing runs by the clock.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("job would run by the clock", "jobs would run by the clock");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        FileFacts files = facts.Files!;
        if (!files.Where(static (_, file) => Daemons.Contains(FileText.Name(file)) && FileText.IsExecutable(file) && ProgramPaths.IsLookedFor(file.Path)).Any())
        {
            return [];
        }

        return files.Where(static (_, file) => FileText.IsRegular(file) && file.Size > 0 && (file.Path == "/etc/crontab" || Folders.Any(folder => FileText.IsBelow(file.Path, folder))) && FileText.Name(file)[0] != '.')
            .Select(file => new RuleFinding(file.Path, $"is run by the clock{Words.From(file)}"));
    }
}
