using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6020: COPY instead of ADD for files.</summary>
internal sealed class CopyInsteadOfAdd : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6020",
        Title = "COPY instead of ADD for files",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "ADD also fetches from the web and unpacks archives, so that a reader has to know the sources to know what it does; COPY only copies. For "
            + "archives and addresses ADD is right.",
        Remediation = "Write COPY in the place of ADD.",
        References = ["Dockerfile reference, ADD", "CIS Docker Benchmark 4.9"],
        Equivalent = ["hadolint:DL3020", "cis-docker:4.9", "dockle:CIS-DI-0009"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name == "ADD" && one.Arguments.Count > 1))
        {
            if (instruction.Arguments.SkipLast(1).FirstOrDefault(word => !Archives.IsArchive(word.Text) && !Archives.IsUrl(word.Text) && !Archives.IsGit(word.Text) && !word.Text.StartsWith('$') && !word.Text.StartsWith("<<", StringComparison.Ordinal)) is { } plain)
            {
                yield return At(instruction, $"{plain.Text} is only copied.");
            }
        }
    }
}
