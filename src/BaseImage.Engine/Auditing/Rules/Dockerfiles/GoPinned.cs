using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6060: go install fixes versions.</summary>
internal sealed class GoPinned : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6060",
        Title = "go install fixes versions",
        Severity = Severity.Low,
        Category = "Reproducibility",
        Rationale = "go install takes latest where no version is named, or where latest is: the same file gives another program tomorrow. A package of the "
            + "project itself is not meant.",
        Remediation = "Write go install package@version.",
        References = ["Go modules reference", "CIS Docker Benchmark 4.11"],
        Equivalent = ["hadolint:DL3062"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
    {
        if (command.Name != "go")
        {
            return null;
        }

        IReadOnlyList<string> operands = [.. command.Without("ldflags", "tags", "o", "gcflags", "mod", "modfile", "p", "C", "asmflags", "buildmode", "exec").Select(word => word.Text)];
        IEnumerable<string> packages = operands.Count == 0 ? [] : operands[0] is "install" or "get" ? operands.Skip(1).Where(word => word != "tool") : operands[0] == "run" ? operands.Skip(1).Take(1) : [];
        string? loose = packages.FirstOrDefault(package => package[0] is not ('.' or '/' or '$') && !package.EndsWith(".go", StringComparison.Ordinal) && package.Contains('.', StringComparison.Ordinal)
            && (!package.Contains('@', StringComparison.Ordinal) || package.EndsWith("@latest", StringComparison.Ordinal) || package.EndsWith("@none", StringComparison.Ordinal)));
        return loose is null ? null : $"{loose} has no version.";
    }
}
