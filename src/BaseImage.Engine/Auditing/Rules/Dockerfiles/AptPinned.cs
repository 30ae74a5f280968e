using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6009: apt-get install fixes versions.</summary>
internal sealed class AptPinned : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6009",
        Title = "apt-get install fixes versions",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "apt-get takes the newest version of the day, so that the same file gives another image tomorrow, and a layer that is cached keeps an old "
            + "one without anybody knowing which. A snapshot archive or a lock does the same with less work.",
        Remediation = "Write package=version, or install from a snapshot of the archive.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3008"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.SelectMany(command => PackageCommands.Apt(command, "apt-get", "aptitude").Where(word => !IsFixed(word.Text)).Select(word => At(word.Line, $"{word.Text} has no version.")));

        private static bool IsFixed(string package)
            => package.Contains('=', StringComparison.Ordinal) || package.Contains('/', StringComparison.Ordinal) || package.EndsWith(".deb", StringComparison.Ordinal) || package.EndsWith('-') || PackageCommands.IsUnknown(package);
}
