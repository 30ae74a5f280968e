using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6053: labels that hold commits hold commits.</summary>
internal sealed class LabelRevision : LabelFormatRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6053",
        Title = "Labels that hold commits hold commits",
        Severity = Severity.Low,
        Category = "Labels",
        Rationale = "The label revision of the OCI image specification leads back to the source: a branch or a word in its place leads elsewhere tomorrow.",
        Remediation = "Give the commit, by a build argument: 40 hexadecimal digits, 64 for SHA-256, or 7 of them.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3055"],
    };

    /// <inheritdoc/>
    protected override string Demand => "is no commit";

    /// <inheritdoc/>
    protected override bool Concerns(string name) => LabelValues.IsOf(name, "revision", "vcs-ref");

    /// <inheritdoc/>
    protected override bool IsGood(string value) => value.Length == 0 || (value.Length is 7 or 40 or 64 && value.All(char.IsAsciiHexDigitLower));
}
