using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6151: powerShell runs no download unseen.</summary>
internal sealed class WindowsIex : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6151",
        Title = "PowerShell runs no download unseen",
        Severity = Severity.High,
        Category = "Trust",
        Rationale = "Invoke-Expression of what the web gives is run as administrator before anybody has seen it; neither a hash nor a signature can be looked at.",
        Remediation = "Download to a file, check its hash or Authenticode signature, then run it.",
        References = ["CIS Docker Benchmark 4.11", "CIS Docker Benchmark 4.12", "NIST SP 800-190 4.1.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => PowerShellText.Runs(facts).Where(run => PowerShellText.RunsDownload(run.Text)).Select(run => At(run.Line, "What comes from the web is run at once."));
}
