using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6110: nothing is made writable for everybody.</summary>
internal sealed class WorldWritableModes : DockerfileRule
{
    // Four digits with the sticky bit are for folders such as /tmp.
    private static bool IsOpen(string mode) => mode.Length is >= 3 and <= 5 && mode.All(char.IsAsciiDigit)
        ? ((mode[^1] - '0') & 2) != 0 && !(mode.Length >= 4 && ((mode[^4] - '0') & 1) != 0)
        : mode.Split(',').Any(part => part.IndexOfAny(['+', '=']) is >= 0 and int sign && part[sign..].Contains('w', StringComparison.Ordinal) && (part[..sign].Contains('a', StringComparison.Ordinal) || part[..sign].Contains('o', StringComparison.Ordinal)));

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6110",
        Title = "Nothing is made writable for everybody",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "What everybody may write, a program that was broken into may write too: a script that root runs, a library that is loaded, a page that is served.",
        Remediation = "Give the file to the user of the container (COPY --chown), and no more than it needs.",
        References = ["CIS Docker Benchmark 4.8", "NIST SP 800-190 4.1.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (ShellCommand command in facts.Runs.SelectMany(run => run.Script.Commands.Where(command => command.Name == "chmod")))
        {
            if (command.Operands.Count > 1 && IsOpen(command.Operands[0].Text) && !command.Operands.Skip(1).All(word => word.Text is "/tmp" or "/var/tmp" or "/dev/shm"))
            {
                yield return At(command.Line, $"chmod {command.Operands[0].Text} lets everybody write to {string.Join(' ', command.Operands.Skip(1).Take(3).Select(word => word.Text))}.");
            }
        }

        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name is "COPY" or "ADD" && one.Flag("chmod") is { } mode && IsOpen(mode)))
        {
            yield return At(instruction, $"--chmod={instruction.Flag("chmod")} lets everybody write.");
        }
    }
}
