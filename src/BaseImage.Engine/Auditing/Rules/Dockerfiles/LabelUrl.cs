using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6050: labels that hold addresses hold addresses.</summary>
internal sealed class LabelUrl : LabelFormatRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6050",
        Title = "Labels that hold addresses hold addresses",
        Severity = Severity.Low,
        Category = "Labels",
        Rationale = "The labels url, documentation and source of the OCI image specification, and of label-schema.org, are followed by tools; what is no address "
            + "leads nowhere.",
        Remediation = "Write the whole address, with https://.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3052"],
    };

    /// <inheritdoc/>
    protected override string Demand => "is no address";

    /// <inheritdoc/>
    protected override bool Concerns(string name) => LabelValues.IsOf(name, "url", "documentation", "source", "vcs-url", "usage");

    /// <inheritdoc/>
    protected override bool IsGood(string value) => value.Length == 0 || (Uri.TryCreate(value, UriKind.Absolute, out Uri? address) && address.Scheme.Length > 1);
}
