using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6115: every build argument is used.</summary>
internal sealed class ArgumentsUsed : DockerfileRule
{
    private static bool IsUsed(DockerfileFacts facts, DockerfileStage stage, DockerfileInstruction declaration, string name)
        => facts.Stages.Where(other => other.Chain.Contains(stage)).SelectMany(other => other.Instructions).Select(one => one.Trigger ?? one)
            .Any(one => !ReferenceEquals(one, declaration) && (facts.Values[one].Used.Contains(name, StringComparer.Ordinal) || Mentions(one.ArgumentText, name) || one.Heredocs.Any(heredoc => Mentions(heredoc.Content, name))));

    private static bool Mentions(string text, string name)
    {
        for (int at = text.IndexOf(name, StringComparison.Ordinal); at >= 0; at = text.IndexOf(name, at + 1, StringComparison.Ordinal))
        {
            bool ends = at + name.Length >= text.Length || !(char.IsAsciiLetterOrDigit(text[at + name.Length]) || text[at + name.Length] == '_');
            if (at > 0 && ends && (text[at - 1] is '$' or '{' or '%' or ':'))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6115",
        Title = "Every build argument is used",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "An ARG that nothing uses makes a build look as if it could be steered; one before FROM reaches no stage unless the stage declares it again, "
            + "which is the usual mistake. An ARG in a stage may be read by a program that RUN starts, and is then only noted.",
        Remediation = "Use it, or leave it out; declare it again behind FROM where a stage needs it.",
        References = ["Dockerfile reference, ARG"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.File.GlobalArguments)
        {
            foreach (string name in instruction.Pairs.Select(pair => pair.Name).Where(name => !DockerfileEvaluator.PredefinedArguments.Contains(name) && !DockerfileEvaluator.PlatformArguments.Contains(name)))
            {
                bool isUsed = facts.Stages.Any(stage => facts.Values[stage.From].Used.Contains(name, StringComparer.Ordinal) || stage.Instructions.Any(one => one.Name == "ARG" && one.Pairs.Any(pair => pair.Name == name)))
                    || facts.File.GlobalArguments.Any(other => !ReferenceEquals(other, instruction) && facts.Values[other].Used.Contains(name, StringComparer.Ordinal));
                if (!isUsed)
                {
                    yield return At(instruction, $"{name} is used by no FROM and declared by no stage{(facts.Runs.Any(run => Mentions(run.Script.Text, name)) ? ", though a RUN names it" : "")}.");
                }
            }
        }

        foreach (DockerfileStage stage in facts.Stages)
        {
            foreach (DockerfileInstruction instruction in stage.Instructions.Where(one => one.Name == "ARG"))
            {
                foreach (string name in instruction.Pairs.Select(pair => pair.Name).Where(name => !DockerfileEvaluator.PredefinedArguments.Contains(name) && !IsUsed(facts, stage, instruction, name)))
                {
                    // What RUN starts may read it from its environment.
                    bool mayBeRead = facts.Runs.Any(run => run.Stage is { } other && other.Chain.Contains(stage) && run.Instruction.Line > instruction.Line);
                    yield return At(instruction, $"{name} is used by nothing that can be seen.", mayBeRead ? Severity.Info : null);
                }
            }
        }
    }
}
