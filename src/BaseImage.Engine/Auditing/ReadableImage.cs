namespace BaseImage.Engine.Auditing;

/// <summary>BI0000: the row that stands for an image that could not be read. It is in the catalogue so that its id can be looked up.</summary>
internal static class ReadableImage
{
    /// <summary>The rule.</summary>
    public static AuditRule Rule { get; } = new()
    {
        Id = "BI0000",
        Title = "The image can be read",
        Severity = Severity.High,
        Category = "Audit",
        Rationale = "What cannot be read cannot be judged, and must not look as if it had passed. This row appears only where an image, or one platform of it, "
            + "could not be read: it is missing, damaged, or hostile. It always has the status Error, and no policy can turn it off.",
        Remediation = "Do what the evidence says of the error; audit the image again.",
        References = ["NIST SP 800-190 4.1.5"],
        Equivalent = [],
    };
}
