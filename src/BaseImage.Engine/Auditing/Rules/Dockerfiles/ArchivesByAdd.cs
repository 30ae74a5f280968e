using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6011: local archives are unpacked by ADD.</summary>
internal sealed class ArchivesByAdd : DockerfileRule
{
    private static readonly HashSet<string> Unpackers = new(["unzip", "gunzip", "bunzip2", "unlzma", "unxz", "zgz", "uncompress", "zcat", "gzcat"], StringComparer.Ordinal);

    private static bool Unpacks(ShellCommand command) => Unpackers.Contains(command.Name) || (command.Name == "tar" && command.Arguments.Select(IsExtract).Contains(true));

    private static bool IsExtract(string argument, int index) => argument is "--extract" or "--get"
        || (!argument.StartsWith("--", StringComparison.Ordinal) && (argument.StartsWith('-') || index == 0) && argument.Contains('x', StringComparison.Ordinal) && !argument.Contains('.', StringComparison.Ordinal));

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6011",
        Title = "Local archives are unpacked by ADD",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "An archive that COPY puts in and RUN unpacks is in the image twice, for a later rm only hides it. ADD unpacks local archives of tar's kinds "
            + "while it copies.",
        Remediation = "Use ADD archive.tar.xz /folder/, or mount the archive into the RUN that unpacks it.",
        References = ["Dockerfile reference, ADD"],
        Equivalent = ["hadolint:DL3010"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            List<(DockerfileInstruction Copy, string Name)> copied = [];
            foreach (DockerfileInstruction instruction in stage.Instructions)
            {
                if (instruction.Name == "COPY" && !instruction.HasFlag("from") && instruction.Arguments.Count > 1)
                {
                    string target = instruction.Arguments[^1].Text;
                    copied.AddRange(Archives.IsArchive(target) ? [(instruction, Archives.Name(target))] : instruction.Arguments.SkipLast(1).Where(word => Archives.IsArchive(word.Text)).Select(word => (instruction, Archives.Name(word.Text))));
                }
                else if (instruction.Name == "RUN" && facts.Runs.FirstOrDefault(run => ReferenceEquals(run.Instruction, instruction)) is { } run)
                {
                    foreach ((DockerfileInstruction copy, string name) in copied.Where(one => run.Script.Commands.Any(command => Unpacks(command) && command.Arguments.Any(argument => Archives.Name(argument) == one.Name))).ToArray())
                    {
                        yield return At(copy, $"{name} is copied and then unpacked at line {instruction.Line}.");
                        copied.Remove((copy, name));
                    }
                }
            }
        }
    }
}
