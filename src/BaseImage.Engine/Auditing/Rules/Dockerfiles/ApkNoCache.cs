using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6019: apk add keeps no cache.</summary>
internal sealed class ApkNoCache : CommandRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6019",
        Title = "apk add keeps no cache",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "apk update leaves its index in the layer, and a later rm only hides it. With --no-cache apk reads the index, uses it and keeps nothing.",
        Remediation = "Write apk add --no-cache, or mount a cache at /var/cache/apk.",
        References = ["Docker documentation, Building best practices", "CIS Docker Benchmark 4.3"],
        Equivalent = ["hadolint:DL3019", "dockle:DKL-DI-0004"],
    };

    /// <inheritdoc/>
    protected override string? Judge(ShellCommand command, RunFacts run)
        => command.Is("apk", "add") && !command.HasFlag("no-cache") && !run.Caches("/var/cache/apk") ? "apk add keeps its index." : null;
}
