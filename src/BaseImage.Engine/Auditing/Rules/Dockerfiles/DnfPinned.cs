using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6039: dnf install fixes versions.</summary>
internal sealed class DnfPinned : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6039",
        Title = "dnf install fixes versions",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "dnf takes the newest version of the day, so that the same file gives another image tomorrow. Modules are fixed by their stream.",
        Remediation = "Write package-version, and module:stream.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3041"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.SelectMany(command =>
            PackageCommands.Rpm(command, modules: false, "dnf", "microdnf").Where(word => !PackageCommands.IsRpmFixed(word.Text) && !PackageCommands.IsUnknown(word.Text))
                .Concat(PackageCommands.Rpm(command, modules: true, "dnf", "microdnf").Where(word => !word.Text.Contains(':', StringComparison.Ordinal)))
                .Select(word => At(word.Line, $"{word.Text} has no version.")));
}
