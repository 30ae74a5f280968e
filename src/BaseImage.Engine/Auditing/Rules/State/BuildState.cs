namespace BaseImage.Engine.Auditing.Rules.State;

/// <summary>BI2034: nothing is left that differs from build to build.</summary>
internal sealed class BuildState : ListingRule
{
    private static readonly HashSet<string> Paths = new(
        ["/var/cache/ldconfig/aux-cache", "/var/lib/systemd/catalog/database", "/etc/.updated", "/var/.updated", "/var/cache/man/index.db", "/var/log/dpkg.log", "/var/log/alternatives.log", "/var/log/bootstrap.log", "/var/log/lastlog", "/var/log/faillog", "/var/log/wtmp",
            "/var/log/apt/history.log", "/var/log/apt/term.log", "/var/log/apt/eipp.log.xz", "/var/log/apk.log", "/var/log/dnf.log", "/var/log/dnf.rpm.log", "/var/log/yum.log", "/var/lib/apt/periodic/update-success-stamp", "/root/.wget-hsts", "/var/lib/logrotate/status"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2034",
        Title = "Nothing differs from build to build",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "Some files hold the time, the inode numbers or the order of the build and are used by nobody: caches of ldconfig, fontconfig and man, logs "
            + "of package managers, marks of systemd. They are why two builds of one definition are two images, and where a change that matters cannot be "
            + "seen among them.",
        Remediation = "Remove them in the step that makes them, or leave them to Build-BaseImage, which makes none.",
        References = ["reproducible-builds.org, System images", "ldconfig(8)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Nothing is left that differs from build to build.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file differs from build to build", "files differ from build to build");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && file.Size > 0 && (Paths.Contains(file.Path) || (FileText.IsBelow(file.Path, "/var/cache/fontconfig") && !file.Path.EndsWith("CACHEDIR.TAG", StringComparison.Ordinal))))
            .Select(file => new RuleFinding(file.Path, "differs from build to build"));
}
