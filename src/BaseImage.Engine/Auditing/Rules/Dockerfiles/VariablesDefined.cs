using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6117: every variable is defined.</summary>
internal sealed class VariablesDefined : DockerfileRule
{
    // Set in nearly every image, or by every shell.
    private static readonly HashSet<string> Common = new(["PATH", "HOME", "PWD", "USER", "LANG", "LC_ALL", "HOSTNAME", "LD_LIBRARY_PATH", "PYTHONPATH", "JAVA_HOME", "GOPATH", "TERM", "SHELL"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6117",
        Title = "Every variable is defined",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "A variable that nothing sets is empty, and the line means something else than it says. The usual mistake is an ARG above FROM, which no "
            + "stage sees. Where the base image may set it, only names that look like another one, or that are set elsewhere in the file, are told; others "
            + "are noted.",
        Remediation = "Declare it by ARG in the stage, above its use.",
        References = ["Dockerfile reference, ARG", "BuildKit, UndefinedVar"],
        Equivalent = ["buildkit:UndefinedVar", "buildkit:UndefinedArgInFrom"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        string[] known = [.. facts.Actual.Where(one => one.Name is "ARG" or "ENV").SelectMany(one => one.Pairs).Select(pair => pair.Name).Distinct(StringComparer.Ordinal)];
        foreach (DockerfileStage stage in facts.Stages)
        {
            bool isOpen = facts.Values.BaseOf(stage.Chain.Last()) != "scratch";
            foreach (DockerfileInstruction instruction in stage.Instructions.Prepend(stage.From))
            {
                foreach (string name in facts.Values[instruction].Undefined.Where(name => !Common.Contains(name) && !instruction.Pairs.Any(pair => pair.Name == name) && name.Length > 0 && (char.IsAsciiLetter(name[0]) || name[0] == '_')))
                {
                    bool isElsewhere = known.Contains(name, StringComparer.Ordinal) || DockerfileEvaluator.PlatformArguments.Contains(name);
                    string? near = isElsewhere ? null : BaseImage.Documents.NearestKey.Find(name, known);
                    bool isCertain = !isOpen || instruction == stage.From || isElsewhere || near is not null;
                    yield return At(instruction, $"Nothing sets {name}{(near is not null ? $"; is {near} meant?" : isElsewhere ? " in this stage." : isOpen ? ", unless the base image does." : ".")}", isCertain ? null : Severity.Info);
                }
            }
        }
    }
}
