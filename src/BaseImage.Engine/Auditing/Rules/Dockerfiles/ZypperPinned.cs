using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6036: zypper install fixes versions.</summary>
internal sealed class ZypperPinned : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6036",
        Title = "zypper install fixes versions",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "zypper takes the newest version of the day, so that the same file gives another image tomorrow.",
        Remediation = "Write package=version. Or install from a repository that stands still.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3037"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.SelectMany(command => PackageCommands.Zypper(command).Where(word => word.Text.AsSpan().IndexOfAny("=<>") < 0 && !word.Text.EndsWith(".rpm", StringComparison.Ordinal) && !PackageCommands.IsUnknown(word.Text)).Select(word => At(word.Line, $"{word.Text} has no version.")));
}
