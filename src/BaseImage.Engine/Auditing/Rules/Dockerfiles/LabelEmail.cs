using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6056: labels that hold mail addresses hold them.</summary>
internal sealed class LabelEmail : LabelFormatRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6056",
        Title = "Labels that hold mail addresses hold them",
        Severity = Severity.Low,
        Category = "Labels",
        Rationale = "A label for a contact or an e-mail is there to be written to; what is no address reaches nobody. The label authors and maintainer may hold "
            + "names and are not judged.",
        Remediation = "Write a whole address, as team@example.org.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3058"],
    };

    /// <inheritdoc/>
    protected override string Demand => "is no mail address";

    /// <inheritdoc/>
    protected override bool Concerns(string name) => LabelValues.EndsWith(name, "email", "e-mail", "contact-email");

    /// <inheritdoc/>
    protected override bool IsGood(string value) => value.Length == 0 || LabelValues.IsMail(value);
}
