using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6154: backslashes do not continue lines.</summary>
internal sealed class WindowsEscape : DockerfileRule
{
    private static readonly HashSet<string> Keywords = new(["ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6154",
        Title = "Backslashes do not continue lines",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "In a Windows Dockerfile without # escape=` a path that ends with a backslash joins the next line to its own, silently. The instruction "
            + "behind it is lost.",
        Remediation = "Write # escape=` as the first line, or use forward slashes.",
        References = ["Dockerfile reference, escape"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.File.Escape != '\\' ? [] : facts.File.Instructions.Where(instruction => instruction.EndLine > instruction.Line && instruction.Name is "COPY" or "ADD" or "WORKDIR" or "VOLUME" && IsJoined(facts, instruction)).Select(instruction => At(instruction, $"{instruction.Name} has swallowed the next line."));

        // c:\ at the end of a line, and a keyword at the start of the next.
        private static bool IsJoined(DockerfileFacts facts, DockerfileInstruction instruction)
        {
            string[] lines = facts.File.Source.Show(instruction.Span).Split('\n');
            return lines.SkipLast(1).Where((line, i) => line.TrimEnd() is [.., not (' ' or '\t'), '\\'] && line.Contains(':', StringComparison.Ordinal) && i + 1 < lines.Length && Keywords.Contains(lines[i + 1].TrimStart().Split(' ', '\t', '\r')[0])).Any();
        }
}
