namespace BaseImage.Engine.Auditing.Rules.Files;

/// <summary>BI2029: there is no container engine's socket, or a place for one.</summary>
internal sealed class EngineSockets : ListingRule
{
    private static readonly HashSet<string> Names = new(["docker.sock", "containerd.sock", "crio.sock", "podman.sock", "dockershim.sock", "buildkitd.sock", "frakti.sock"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2029",
        Title = "No engine's socket",
        Severity = Severity.Medium,
        Category = "Files",
        Rationale = "Who can speak with a container engine is root on its host. A file, or a link, where the engine's socket would be says that the image is "
            + "meant to be given it: everything in the image is then root there.",
        Remediation = "Remove the file; build and run containers with a service made for it.",
        References = ["CIS Docker Benchmark 5.32", "NIST SP 800-190 4.4.3"],
        Equivalent = ["cis-docker:5.32"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There is no engine's socket.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("engine's socket is there", "engines' sockets are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => facts.Files!.Where(static (_, file) => file.Kind != ImageFileKind.Directory && Names.Contains(FileText.Name(file))).Select(file => new RuleFinding(file.Path, "is where an engine's socket would be"));
}
