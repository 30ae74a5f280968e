using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1034: no step runs what it downloads without looking at it.</summary>
internal sealed class PipedToShell : ListingRule
{
    private static readonly HashSet<string> Sources = new(["curl", "wget", "fetch", "aria2c", "http", "https"], StringComparer.Ordinal);
    private static readonly HashSet<string> Runners = new(["sh", "bash", "dash", "ash", "zsh", "ksh", "python", "python3", "perl", "ruby", "node", "php", "source", ".", "eval"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1034",
        Title = "No download is run unread",
        Severity = Severity.Medium,
        Category = "History",
        Rationale = "A script that goes from an address straight into a shell runs as root with nobody having read it: it differs from day to day, from address "
            + "to address, and ends in the middle when the connection does. Nothing of it is left to be verified later.",
        Remediation = "Download to a file, verify its checksum or signature, run it; or install a package.",
        References = ["CIS Docker Benchmark 4.11", "CWE-494"],
        Equivalent = ["cis-docker:4.11", "hadolint:DL4006"],
    };

    /// <inheritdoc/>
    protected override string Passed => "No step runs what it downloads unread.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step runs a download unread", "steps run downloads unread");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (HistoryStep step in HistorySteps.Of(facts))
        {
            IReadOnlyList<ShellCommand> commands = step.Commands;
            ShellCommand? found = commands.FirstOrDefault(command => Sources.Contains(command.Name) && command.FeedsPipe && commands.Any(other => other.Pipeline == command.Pipeline && Runners.Contains(other.Name)))
                ?? commands.Where(command => Runners.Contains(command.Name)).SelectMany(command => command.Substituted).FirstOrDefault(inner => Sources.Contains(inner.Name));
            if (found is not null)
            {
                yield return new RuleFinding("", $"Step {step.Number} runs what {found.Name} downloads: {string.Join(' ', found.Arguments)}", Key: step.Key);
            }
        }
    }
}
