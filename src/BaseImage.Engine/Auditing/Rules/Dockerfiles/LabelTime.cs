using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6051: labels that hold times hold times.</summary>
internal sealed class LabelTime : LabelFormatRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6051",
        Title = "Labels that hold times hold times",
        Severity = Severity.Low,
        Category = "Labels",
        Rationale = "The label created of the OCI image specification is a time of RFC 3339; tools that sort by it overlook what is no time.",
        Remediation = "Write it as 2026-01-31T12:00:00Z, by a build argument.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3053"],
    };

    /// <inheritdoc/>
    protected override string Demand => "is no time of RFC 3339";

    /// <inheritdoc/>
    protected override bool Concerns(string name) => LabelValues.IsOf(name, "created", "build-date");

    /// <inheritdoc/>
    protected override bool IsGood(string value) => value.Length == 0 || LabelValues.IsTime(value);
}
