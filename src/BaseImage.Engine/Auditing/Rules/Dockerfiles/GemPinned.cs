using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6028: gem install fixes versions.</summary>
internal sealed class GemPinned : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6028",
        Title = "gem install fixes versions",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "gem takes the newest release of the day of what is named without a version; the same file gives another image tomorrow.",
        Remediation = "Write gem install name:version, or use bundler with a lock file.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3028"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.SelectMany(command => PackageCommands.Gems(command).Where(word => !word.Text.Contains(':', StringComparison.Ordinal) && !word.Text.EndsWith(".gem", StringComparison.Ordinal) && !PackageCommands.IsUnknown(word.Text)).Select(word => At(word.Line, $"{word.Text} has no version.")));
}
