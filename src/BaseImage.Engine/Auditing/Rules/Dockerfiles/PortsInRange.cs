using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6012: EXPOSE names ports that there are.</summary>
internal sealed class PortsInRange : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6012",
        Title = "EXPOSE names ports that there are",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "A port is a number of 16 bits; whatever is larger can be listened on by nobody, so that the line documents something that cannot be.",
        Remediation = "Write a port from 0 to 65535.",
        References = ["Dockerfile reference, EXPOSE"],
        Equivalent = ["hadolint:DL3011", "buildkit:ExposeInvalidFormat"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name == "EXPOSE"))
        {
            foreach (string port in facts.Values[instruction].Arguments.OfType<string>())
            {
                if (port.Split('/')[0].Split('-', ':').Any(part => part.Length > 0 && part.All(char.IsAsciiDigit) && (part.Length > 9 || int.Parse(part, System.Globalization.CultureInfo.InvariantCulture) > 65_535)))
                {
                    yield return At(instruction, $"{port} is no port.");
                }
            }
        }
    }
}
