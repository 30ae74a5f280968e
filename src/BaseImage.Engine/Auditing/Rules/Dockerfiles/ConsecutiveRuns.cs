using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6057: consecutive RUNs are one.</summary>
internal sealed class ConsecutiveRuns : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6057",
        Title = "Consecutive RUNs are one",
        Severity = Severity.Info,
        Category = "Size",
        Rationale = "Each RUN is a layer, and what one leaves the next cannot take back. Short RUNs one behind the other are better one; long ones, and those "
            + "with other mounts, are left alone.",
        Remediation = "Join them with &&, or in a here-document.",
        References = ["Docker documentation, Building best practices"],
        Equivalent = ["hadolint:DL3059"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileStage stage in facts.Stages)
        {
            RunFacts? before = null;
            foreach (DockerfileInstruction instruction in stage.Instructions)
            {
                RunFacts? run = instruction.Name == "RUN" ? facts.Runs.FirstOrDefault(one => ReferenceEquals(one.Instruction, instruction)) : null;
                if (run is not null && before is not null && before.Script.Commands.Count is > 0 and <= 2 && run.Script.Commands.Count is > 0 and <= 2
                    && before.Instruction.Flags.Select(flag => (flag.Name, flag.Value)).SequenceEqual(run.Instruction.Flags.Select(flag => (flag.Name, flag.Value))))
                {
                    yield return At(instruction, $"It goes on from the RUN at line {before.Instruction.Line}.");
                    continue;
                }

                before = run;
            }
        }
    }
}
