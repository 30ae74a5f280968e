using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1032: no step upgrades everything.</summary>
internal sealed class Upgrades : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1032",
        Title = "Packages are not upgraded in a step",
        Severity = Severity.Low,
        Category = "History",
        Rationale = "An upgrade in a step makes the image depend on the day on which it is built, stores upgraded files a second time, and hides that the base "
            + "is old. dist-upgrade and full-upgrade may also remove packages.",
        Remediation = "Take a newer base image, pinned by digest, and rebuild when it is published; Get-BaseImageUpdate says when.",
        References = ["CIS Docker Benchmark 4.4", "Docker documentation, Building best practices, apt-get"],
        Equivalent = ["dockle:DKL-DI-0003", "cis-docker:4.4", "hadolint:DL3005"],
    };

    /// <inheritdoc/>
    protected override string Passed => "No step upgrades everything.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step upgrades everything", "steps upgrade everything");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (HistoryStep step in HistorySteps.Of(facts))
        {
            foreach (ShellCommand command in step.Commands)
            {
                string? verb = command.Name switch
                {
                    "apt-get" or "apt" or "aptitude" => command.Operands is [{ Text: "upgrade" or "dist-upgrade" or "full-upgrade" or "safe-upgrade" } found] ? found.Text : null,
                    "apk" => command.Operands is [{ Text: "upgrade" }] ? "upgrade" : null,
                    "yum" or "dnf" or "microdnf" => command.Operands is [{ Text: "upgrade" or "update" or "distro-sync" } found] ? found.Text : null,
                    "zypper" => command.Operands is [{ Text: "dup" or "dist-upgrade" or "update" or "up" } found] ? found.Text : null,
                    _ => null,
                };
                if (verb is not null)
                {
                    yield return new RuleFinding("", $"Step {step.Number} runs '{command.Name} {verb}'.", verb.Contains('-', StringComparison.Ordinal) || verb == "dup" ? null : Severity.Info, step.Key + ":" + verb);
                }
            }
        }
    }
}
