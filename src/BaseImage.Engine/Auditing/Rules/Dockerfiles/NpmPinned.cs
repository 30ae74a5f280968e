using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6017: npm install fixes versions.</summary>
internal sealed class NpmPinned : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6017",
        Title = "npm install fixes versions",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "npm takes the newest release of the day of what is named without a version, and of everything that this needs; a package taken over arrives "
            + "with the next build.",
        Remediation = "Write package@version, or use npm ci with a lock file.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3016"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.SelectMany(command => PackageCommands.Npm(command).Where(word => word.Text.Length > 0 && !PackageCommands.IsNpmFixed(word.Text) && !PackageCommands.IsUnknown(word.Text)).Select(word => At(word.Line, $"{word.Text} has no version.")));
}
