using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6049: labels have values.</summary>
internal sealed class LabelsNotEmpty : LabelFormatRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6049",
        Title = "Labels have values",
        Severity = Severity.Low,
        Category = "Labels",
        Rationale = "A label without a value says nothing, and hides that whoever looks it up was to find something. A value that depends on a build argument is "
            + "not judged.",
        Remediation = "Give the label a value, or leave it out.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3051"],
    };

    /// <inheritdoc/>
    protected override string Demand => "has no value";

    /// <inheritdoc/>
    protected override bool Concerns(string name) => name.Length > 0;

    /// <inheritdoc/>
    protected override bool IsGood(string value) => value.Length > 0;
}
