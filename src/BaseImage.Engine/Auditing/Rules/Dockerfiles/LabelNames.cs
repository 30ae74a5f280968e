using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6046: names of labels are valid.</summary>
internal sealed class LabelNames : DockerfileRule
{
    private static bool IsValid(string name) => char.IsAsciiLetterLower(name[0]) && (char.IsAsciiLetterLower(name[^1]) || char.IsAsciiDigit(name[^1]))
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-' or '_' or '/')
        && !name.StartsWith("com.docker.", StringComparison.Ordinal) && !name.StartsWith("io.docker.", StringComparison.Ordinal) && !name.StartsWith("org.dockerproject.", StringComparison.Ordinal)
        && !name.Contains("..", StringComparison.Ordinal) && !name.Contains("--", StringComparison.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6046",
        Title = "Names of labels are valid",
        Severity = Severity.Info,
        Category = "Labels",
        Rationale = "Names of labels are small letters, digits, '.', '-', '_' and '/', begin with a letter and end with a letter or digit; com.docker, io.docker "
            + "and org.dockerproject are Docker's own. Tools overlook what is named otherwise.",
        Remediation = "Rename the label, as org.example.name.",
        References = ["Docker documentation, Object labels"],
        Equivalent = ["hadolint:DL3048"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name == "LABEL"))
        {
            foreach (string name in instruction.Pairs.Select(pair => Archives.Unquoted(pair.Name)).Where(name => name.Length > 0 && !name.Contains('$', StringComparison.Ordinal) && !IsValid(name)))
            {
                yield return At(instruction, $"{name} is no good name for a label.");
            }
        }
    }
}
