using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6021: COPY of several sources ends with a slash.</summary>
internal sealed class CopySeveralIntoFolder : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6021",
        Title = "COPY of several sources ends with a slash",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "With several sources the destination has to be a folder, and a builder refuses one that does not end with a slash; where a wildcard matches "
            + "only one file the file gets the folder's name.",
        Remediation = "End the destination with '/'.",
        References = ["Dockerfile reference, COPY"],
        Equivalent = ["hadolint:DL3021"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Name == "COPY" && instruction.Arguments.Count > 2 && !(facts.Values[instruction].Arguments[^1] ?? instruction.Arguments[^1].Text).Trim('"', '\'').EndsWith('/') && !instruction.Arguments[^1].Text.EndsWith('}') && !Windows(instruction.Arguments[^1].Text))
            .Select(instruction => At(instruction, $"{instruction.Arguments[^1].Text} is to be a folder."));

        private static bool Windows(string path) => path.Trim('"', '\'').EndsWith('\\') || path is "." or "./";
}
