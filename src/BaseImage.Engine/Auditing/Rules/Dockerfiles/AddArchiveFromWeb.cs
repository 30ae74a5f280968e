using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6109: ADD unpacks no archive from the web.</summary>
internal sealed class AddArchiveFromWeb : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6109",
        Title = "ADD unpacks no archive from the web",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "ADD unpacks local archives and leaves those from an address as they are: who expects a folder finds a file, and a RUN that unpacks and "
            + "removes it keeps it in the layer below.",
        Remediation = "Download, check, unpack and remove in one RUN, or write ADD --unpack=true --checksum=….",
        References = ["Dockerfile reference, ADD"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Name == "ADD" && !instruction.HasFlag("unpack") && instruction.Arguments.Count > 1)
            .SelectMany(instruction => instruction.Arguments.SkipLast(1).Where(word => Archives.IsUrl(word.Text) && !Archives.IsGit(word.Text) && (Archives.IsArchive(word.Text) || word.Text.EndsWith(".zip", StringComparison.OrdinalIgnoreCase))).Select(word => At(instruction, $"{Archives.Name(word.Text)} is not unpacked.")));
}
