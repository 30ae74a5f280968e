using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6106: lists are updated where they are used.</summary>
internal sealed class UpdateAlone : RunRule
{
    private static readonly (string[] Programs, string[] Update, string[] Use)[] Managers =
    [
        (["apt-get", "apt", "aptitude"], ["update"], ["install", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "source", "download", "satisfy", "reinstall"]),
        (["apk"], ["update"], ["add", "upgrade", "fetch"]),
        (["zypper"], ["refresh", "ref"], ["install", "in", "update", "up", "patch"]),
    ];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6106",
        Title = "Lists are updated where they are used",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A RUN that only updates the lists is cached: the next one installs from lists of months ago, without the security updates since, or fails "
            + "as packages are gone.",
        Remediation = "Update and install in one RUN: apt-get update && apt-get install -y …",
        References = ["CIS Docker Benchmark 4.7", "Docker documentation, Building best practices"],
        Equivalent = ["cis-docker:4.7", "dockle:CIS-DI-0007"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        foreach ((string[] programs, string[] update, string[] use) in Managers)
        {
            ShellCommand? found = run.Script.Commands.FirstOrDefault(command => programs.Contains(command.Name, StringComparer.Ordinal) && command.Has(update) && command.Operands.Count == 1);
            if (found is not null && !run.Script.Commands.Any(command => (programs.Contains(command.Name, StringComparer.Ordinal) && command.Has(use)) || command.Name is "dpkg" or "mmdebstrap" or "mk-build-deps" or "equivs-build" || command.Name.EndsWith(".sh", StringComparison.Ordinal))
                && !run.Caches("/var/lib/apt"))
            {
                yield return At(found, $"{found.Name} {found.Operands[0].Text} stands alone.");
            }
        }
    }
}
