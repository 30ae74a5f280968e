using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6018: apk add fixes versions.</summary>
internal sealed class ApkPinned : RunRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6018",
        Title = "apk add fixes versions",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "apk takes the newest version of the branch, so that the same file gives another image tomorrow. Alpine's archives keep no old versions: a "
            + "pin needs a mirror, or is changed with each release.",
        Remediation = "Write package=version or package~version, or install from a mirror that stands still.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3018"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
        => run.Script.Commands.SelectMany(command => PackageCommands.Apk(command).Where(word => !IsFixed(word.Text)).Select(word => At(word.Line, $"{word.Text} has no version.")));

        private static bool IsFixed(string package) => package.AsSpan().IndexOfAny("=~<>") >= 0 || package.EndsWith(".apk", StringComparison.Ordinal) || package[0] is '.' or '!' || PackageCommands.IsUnknown(package);
}
