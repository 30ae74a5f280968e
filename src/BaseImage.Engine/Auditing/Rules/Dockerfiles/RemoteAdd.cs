using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6104: ADD from the web has a checksum.</summary>
internal sealed class RemoteAdd : DockerfileRule
{
    private static bool IsCommit(string name) => name.Length is 40 or 64 && name.All(char.IsAsciiHexDigit);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6104",
        Title = "ADD from the web has a checksum",
        Severity = Severity.Medium,
        Category = "Trust",
        Rationale = "What an address gives is decided by whoever has it, or the way to it, on the day of the build. --checksum holds a file to what was "
            + "reviewed; a repository is held by the 40 digits of a commit.",
        Remediation = "Write ADD --checksum=sha256:… address, or address#commit for a repository.",
        References = ["Dockerfile reference, ADD", "CIS Docker Benchmark 4.11", "NIST SP 800-190 4.1.3"],
        Equivalent = ["cis-docker:4.11"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name == "ADD" && !one.HasFlag("checksum") && one.Arguments.Count > 1))
        {
            foreach (string source in instruction.Arguments.SkipLast(1).Select(word => Archives.Unquoted(word.Text)))
            {
                if (Archives.IsGit(source) ? !IsCommit(source[(source.IndexOf('#', StringComparison.Ordinal) + 1)..].Split(':')[0]) : Archives.IsUrl(source))
                {
                    yield return At(instruction, $"{source} has no checksum{(source.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? ", and comes over a line that anybody can change" : "")}.");
                }
            }
        }
    }
}
