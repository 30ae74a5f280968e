namespace BaseImage.Engine.Auditing.Rules.Services;

/// <summary>BI2023: there is no service manager.</summary>
internal sealed class ServiceManagers : ListingRule
{
    private static readonly HashSet<string> Programs = new(["supervisord", "runsvdir", "s6-svscan", "openrc", "openrc-init", "monit", "circusd", "upstart", "systemd", "runit", "god", "pm2"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2023",
        Title = "No service manager",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "A service manager means several services in one container: the platform sees one process that always lives, restarts happen unseen, and "
            + "logs, limits and rights are shared by all. It mostly wants to be root as well.",
        Remediation = "Make an image of each service; for reaping children use the engine's init (docker run --init).",
        References = ["Docker documentation, Building best practices, Decouple applications", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There is no service manager.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("service manager is there", "service managers are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => FileText.IsExecutable(file) && Programs.Contains(FileText.Name(file)) && (ProgramPaths.IsLookedFor(file.Path) || file.Path is "/usr/lib/systemd/systemd" or "/lib/systemd/systemd"))
            .Select(file => new RuleFinding(file.Path, $"manages services{Words.From(file)}"));
}
