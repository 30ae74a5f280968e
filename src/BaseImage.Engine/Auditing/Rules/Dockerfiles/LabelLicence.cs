using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6052: labels that hold licences hold SPDX names.</summary>
internal sealed class LabelLicence : LabelFormatRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6052",
        Title = "Labels that hold licences hold SPDX names",
        Severity = Severity.Low,
        Category = "Labels",
        Rationale = "The label licenses of the OCI image specification is an SPDX expression; a licence in other words is understood by no tool that checks licences.",
        Remediation = "Write an SPDX expression, as Apache-2.0 OR MIT.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3054"],
    };

    /// <inheritdoc/>
    protected override string Demand => "is no SPDX expression";

    /// <inheritdoc/>
    protected override bool Concerns(string name) => LabelValues.IsOf(name, "licenses");

    /// <inheritdoc/>
    protected override bool IsGood(string value) => value.Length == 0 || LabelValues.IsSpdx(value);
}
