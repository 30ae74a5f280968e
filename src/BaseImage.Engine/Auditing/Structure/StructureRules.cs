namespace BaseImage.Engine.Auditing.Structure;

/// <summary>The catalogue's entries for structure tests. Their rows are one a test and appear only where files of tests are given.</summary>
internal static class StructureRules
{
    /// <summary>BI1901.</summary>
    public static AuditRule Metadata { get; } = Rule("BI1901", "Structure test: metadata", "metadataTest",
        "The image's configuration (variables, labels, ports, volumes, entrypoint, command, working directory, user) is held against what the metadataTest of the file says.");

    /// <summary>BI2901.</summary>
    public static AuditRule FileExistence { get; } = Rule("BI2901", "Structure test: file existence", "fileExistenceTests",
        "A file is looked up in the merged file system, without an engine and without following a link at its end: whether it is there, its permissions as Go writes them, its owner, and who may execute it.");

    /// <summary>BI2902.</summary>
    public static AuditRule FileContent { get; } = Rule("BI2902", "Structure test: file content", "fileContentTests",
        "A file's content is read from the merged file system, links followed inside the image, and searched for patterns that must and must not match. Files of more than 1 MiB are not read, and the row is an Error.");

    /// <summary>BI3901.</summary>
    public static AuditRule Licence { get; } = Rule("BI3901", "Structure test: licence", "licenseTests",
        "Every package below /usr/share/doc has a copyright file (libgnutls30 is let off, as there), and neither it nor the files that the test names speak of the licences AGPL or WTFPL.");

    /// <summary>BI5901.</summary>
    public static AuditRule Command { get; } = Rule("BI5901", "Structure test: command", "commandTests",
        "A program is run in a container of the image, setup before it and teardown after it in the same container, and its exit code and output are held against the test. The container has no network, no capabilities but those the file asks for, "
        + "no new privileges, limits, and a root that can be written to; it runs only with -IncludeRuntime, which asks. The program is executed as it is, so an image without a shell can be tested.");

    /// <summary>All of them.</summary>
    public static IReadOnlyList<AuditRule> All { get; } = [Metadata, FileExistence, FileContent, Licence, Command];

    private static AuditRule Rule(string id, string title, string key, string rationale) => new()
    {
        Id = id,
        Title = title,
        Severity = Severity.Medium,
        Category = "Structure tests",
        Rationale = rationale,
        Remediation = "Mend the image, or the test where the image is right.",
        References = [$"GoogleContainerTools container-structure-test, schema 2.0.0, {key}"],
    };
}
