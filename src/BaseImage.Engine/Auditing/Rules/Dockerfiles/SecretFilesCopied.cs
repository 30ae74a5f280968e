using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6120: no files that hold secrets are copied.</summary>
internal sealed class SecretFilesCopied : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6120",
        Title = "No files that hold secrets are copied",
        Severity = Severity.High,
        Category = "Secrets",
        Rationale = "A private key, a password file or a registry's login that COPY puts into a layer stays in it, also where a later RUN removes it. Names say "
            + "enough: what is called id_rsa is one. Public halves, examples and templates are left alone.",
        Remediation = "Mount it into the RUN that needs it: --mount=type=secret or --mount=type=ssh.",
        References = ["CIS Docker Benchmark 4.10", "NIST SP 800-190 4.1.4"],
        Equivalent = ["cis-docker:4.10"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        foreach (DockerfileInstruction instruction in facts.Actual.Where(one => one.Name is "COPY" or "ADD" && one.Arguments.Count > 1))
        {
            foreach (string source in instruction.Arguments.SkipLast(1).Select(word => Archives.Unquoted(word.Text)))
            {
                if (SecretFiles.Judge(source) is { } severity)
                {
                    yield return At(instruction, $"{source} is copied.", severity == Severity.High ? null : severity);
                }
            }
        }
    }
}
