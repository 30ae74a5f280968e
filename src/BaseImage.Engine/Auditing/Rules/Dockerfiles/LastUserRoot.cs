using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6004: the last USER is not root.</summary>
internal sealed class LastUserRoot : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6004",
        Title = "The last USER is not root",
        Severity = Severity.High,
        Category = "Identity",
        Rationale = "What the last USER says is who the container runs as. Root in a container is root's number on the host: one flaw in the kernel or one "
            + "careless mount away from the machine. Stages that are not shipped are only noted.",
        Remediation = "Create a user, and end the stage with USER and its number.",
        References = ["CIS Docker Benchmark 4.1", "NIST SP 800-190 4.4.3", "Dockerfile reference, USER"],
        Equivalent = ["hadolint:DL3002", "cis-docker:4.1", "dockle:CIS-DI-0001"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            DockerfileInstruction? last = stage.Instructions.LastOrDefault(instruction => instruction.Name == "USER");
            if (last is null || last.Arguments.Count == 0)
            {
                continue;
            }

            string user = Archives.Unquoted((facts.Values[last].Arguments[0] ?? last.Arguments[0].Text).Split(':')[0]);
            if (user is "root" or "0")
            {
                // Whoever starts from a stage may still leave root; what is shipped as it is may not.
                bool isShipped = stage == facts.Last || (facts.Shipped.Contains(stage) && facts.Last!.Chain.TakeWhile(one => one != stage).All(one => one.Instructions.All(instruction => instruction.Name != "USER")));
                yield return At(last, $"{(isShipped ? "The container runs as" : "The stage ends as")} {user}.", isShipped ? null : Severity.Info);
            }
        }
    }
}
