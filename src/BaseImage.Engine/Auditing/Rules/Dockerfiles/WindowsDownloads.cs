using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6150: powerShell checks its downloads.</summary>
internal sealed class WindowsDownloads : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6150",
        Title = "PowerShell checks its downloads",
        Severity = Severity.Medium,
        Category = "Trust",
        Rationale = "A file from the web is what its server gives on the day of the build. Get-FileHash, or a signature, in the same RUN holds it to what was reviewed.",
        Remediation = "Compare (Get-FileHash file -Algorithm SHA256).Hash with the sum, and throw where they differ.",
        References = ["CIS Docker Benchmark 4.12", "NIST SP 800-190 4.1.3"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => PowerShellText.Runs(facts).Where(run => PowerShellText.Downloads(run.Text) && !PowerShellText.RunsDownload(run.Text) && !PowerShellText.Verifies(run.Text)).Select(run => At(run.Line, "Nothing checks what is downloaded."));
}
