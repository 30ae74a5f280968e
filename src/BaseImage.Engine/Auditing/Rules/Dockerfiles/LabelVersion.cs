using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6054: labels that hold versions hold versions.</summary>
internal sealed class LabelVersion : LabelFormatRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6054",
        Title = "Labels that hold versions hold versions",
        Severity = Severity.Low,
        Category = "Labels",
        Rationale = "The label version of the OCI image specification may be a semantic version; one that is not cannot be compared by tools. A version of a "
            + "distribution, as 12.8, is none and fine with people.",
        Remediation = "Write it as 1.2.3, or 1.2.3-rc.1.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3056"],
    };

    /// <inheritdoc/>
    protected override string Demand => "is no semantic version";

    /// <inheritdoc/>
    protected override bool Concerns(string name) => LabelValues.IsOf(name, "version");

    /// <inheritdoc/>
    protected override bool IsGood(string value) => value.Length == 0 || LabelValues.IsSemanticVersion(value);
}
