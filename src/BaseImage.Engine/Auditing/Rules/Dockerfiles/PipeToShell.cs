using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6105: no download is run unseen.</summary>
internal sealed class PipeToShell : RunRule
{
    private static readonly HashSet<string> Runs = new(["sh", "bash", "dash", "ash", "ksh", "zsh", "perl", "ruby", "node", "php"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6105",
        Title = "No download is run unseen",
        Severity = Severity.High,
        Category = "Trust",
        Rationale = "A script that goes from the web into a shell is run as root before anybody has seen it, and half of it where the line breaks. Neither a "
            + "checksum nor a signature can be looked at.",
        Remediation = "Download to a file, check its sum or signature, then run it; or install a package.",
        References = ["CIS Docker Benchmark 4.11", "CIS Docker Benchmark 4.12", "NIST SP 800-190 4.1.3"],
        Equivalent = ["cis-docker:4.12"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(RunFacts run, DockerfileFacts facts)
    {
        IReadOnlyList<ShellCommand> commands = run.Script.Commands;
        foreach (ShellCommand command in commands.Where(command => Runs.Contains(command.Name) || command.Name.StartsWith("python", StringComparison.Ordinal) || command.Name is "eval" or "." or "source"))
        {
            bool isPiped = command.Operands.All(word => word.Text is "-" || !word.Text.EndsWith(".py", StringComparison.Ordinal)) && !command.HasFlag("c", "e", "m")
                && commands.Any(source => source.Pipeline == command.Pipeline && source.FeedsPipe && source.Name is "curl" or "wget" && source.Pipeline == command.Pipeline);
            if (isPiped || command.Substituted.Any(inner => inner.Name is "curl" or "wget"))
            {
                yield return At(command, $"{command.Name} runs what comes from the web.");
            }
        }
    }
}
