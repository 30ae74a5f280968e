using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1031: no step fetches package lists without installing.</summary>
internal sealed class UpdateAlone : ListingRule
{
    private static readonly HashSet<string> Updates = new(["update", "makecache", "check-update", "refresh"], StringComparer.Ordinal);
    private static readonly HashSet<string> Installs = new(["install", "add", "upgrade", "dist-upgrade", "full-upgrade", "build-dep", "satisfy", "source", "download", "reinstall", "dup", "patch"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1031",
        Title = "Package lists are fetched with the packages",
        Severity = Severity.Low,
        Category = "History",
        Rationale = "A step that only runs apt-get update is taken from the builder's cache on the next day: later steps install from old lists, without "
            + "security updates, or fail because a version is gone. The lists also stay in its layer.",
        Remediation = "Fetch, install and clean in one step: RUN apt-get update && apt-get install -y --no-install-recommends NAME && rm -rf /var/lib/apt/lists/*.",
        References = ["CIS Docker Benchmark 4.7", "Docker documentation, Building best practices, apt-get"],
        Equivalent = ["dockle:CIS-DI-0007", "cis-docker:4.7", "hadolint:DL3009"],
    };

    /// <inheritdoc/>
    protected override string Passed => "No step fetches package lists without installing.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step only fetches package lists", "steps only fetch package lists");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (HistoryStep step in HistorySteps.Of(facts))
        {
            ShellCommand[] managers = [.. step.Commands.Where(command => command.Name is "apt-get" or "apt" or "aptitude" or "apk" or "yum" or "dnf" or "microdnf" or "zypper")];
            if (managers.FirstOrDefault(command => command.Operands is [var verb, ..] && Updates.Contains(verb.Text)) is { } update
                && !managers.Any(command => command.Operands is [var verb, ..] && Installs.Contains(verb.Text)))
            {
                yield return new RuleFinding("", $"Step {step.Number} runs '{update.Name} {update.Operands[0].Text}' and installs nothing.", Key: step.Key);
            }
        }
    }
}
