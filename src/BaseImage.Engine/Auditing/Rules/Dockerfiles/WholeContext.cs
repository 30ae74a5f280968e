using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6108: COPY names what it copies.</summary>
internal sealed class WholeContext : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6108",
        Title = "COPY names what it copies",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "COPY . takes everything that lies about: history, keys, test data, caches, as far as .dockerignore does not keep them out, and every change "
            + "of any of it builds the layer anew. Stages that are not shipped are only noted.",
        Remediation = "Name the files and folders, and write a .dockerignore that begins with '*'.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.10"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            foreach (DockerfileInstruction instruction in stage.Instructions.Select(one => one.Trigger ?? one).Where(one => one.Name is "COPY" or "ADD" && !one.HasFlag("from") && !one.HasFlag("exclude") && one.Arguments.Count > 1))
            {
                if (instruction.Arguments.SkipLast(1).FirstOrDefault(word => Archives.Unquoted(word.Text) is "." or "./" or "*" or "./*" or "/" or "/." or "./.") is { } whole)
                {
                    yield return At(instruction, $"{instruction.Name} {whole.Text} takes the whole build context.", facts.Shipped.Contains(stage) ? null : Severity.Info);
                }
            }
        }
    }
}
