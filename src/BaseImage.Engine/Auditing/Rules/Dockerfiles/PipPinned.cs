using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6014: pip install fixes versions.</summary>
internal sealed class PipPinned : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6014",
        Title = "pip install fixes versions",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "pip takes the newest release of the day of everything that is named without a version, and a package taken over by somebody else arrives "
            + "with the next build.",
        Remediation = "Write package==version, or install a requirements file with --require-hashes.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3013"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.SelectMany(command => PackageCommands.Pip(command).Where(word => !PackageCommands.IsPipFixed(word.Text) && !PackageCommands.IsUnknown(word.Text)).Select(word => At(word.Line, $"{word.Text} has no version.")));
}
