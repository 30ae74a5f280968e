using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6155: A Windows image does not end as administrator.</summary>
internal sealed class WindowsUser : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6155",
        Title = "A Windows image does not end as administrator",
        Severity = Severity.Medium,
        Category = "Identity",
        Rationale = "ContainerAdministrator may do everything in the container, install drivers' files and read every secret in it; ContainerUser is there in "
            + "every Windows base.",
        Remediation = "End the last stage with USER ContainerUser.",
        References = ["CIS Docker Benchmark 4.1", "NIST SP 800-190 4.4.3"],
        Equivalent = ["cis-docker:4.1"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        DockerfileInstruction? last = facts.Shipped.SelectMany(stage => stage.Instructions.Reverse()).FirstOrDefault(instruction => instruction.Name == "USER");
        return last?.Arguments is [{ } user] && Archives.Unquoted(user.Text) is { } name && (name.Equals("ContainerAdministrator", StringComparison.OrdinalIgnoreCase) || name.Equals("Administrator", StringComparison.OrdinalIgnoreCase)) ? [At(last, $"The container runs as {name}.")] : [];
    }
}
