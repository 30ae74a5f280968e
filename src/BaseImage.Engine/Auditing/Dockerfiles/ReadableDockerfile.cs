namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>BI6000: the row that stands for a Dockerfile that could not be read or parsed. It is in the catalogue so that its id can be looked up.</summary>
internal static class ReadableDockerfile
{
    /// <summary>The rule.</summary>
    public static AuditRule Rule { get; } = new()
    {
        Id = "BI6000",
        Title = "The Dockerfile can be read and parsed",
        Severity = Severity.High,
        Category = "Audit",
        Rationale = "What cannot be read cannot be judged, and must not look as if it had passed. This row appears only where a file could not be read, or where a builder "
            + "would refuse it: every mistake is a finding with its line. It always has the status Error, and no policy can turn it off, suppress it or make less of it. What could be parsed is "
            + "judged all the same, but a rule that finds nothing there is Skipped and not Pass.",
        Remediation = "Mend what the findings say, and audit the file again.",
        References = ["Dockerfile reference", "NIST SP 800-190 4.1.5"],
        Equivalent = ["hadolint:DL1000"],
    };
}
