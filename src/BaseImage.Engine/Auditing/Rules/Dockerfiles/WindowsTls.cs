using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6152: powerShell checks certificates.</summary>
internal sealed class WindowsTls : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6152",
        Title = "PowerShell checks certificates",
        Severity = Severity.High,
        Category = "Trust",
        Rationale = "Without its check a certificate says nothing: anybody on the way decides what is downloaded, and what is run of it.",
        Remediation = "Put the authority's certificate into the image, and leave the switch out.",
        References = ["CIS Docker Benchmark 4.11", "NIST SP 800-190 4.1.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => PowerShellText.Runs(facts).Where(run => PowerShellText.SkipsCertificates(run.Text)).Select(run => At(run.Line, "Certificates are not checked."));
}
