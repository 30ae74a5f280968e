namespace BaseImage.Engine.Auditing.Rules.Environment;

/// <summary>BI1042: no variable names an engine that the container would command.</summary>
internal sealed class EngineAddress : ListingRule
{
    private static readonly HashSet<string> Names = new(["DOCKER_HOST", "CONTAINER_HOST", "CONTAINERD_ADDRESS", "BUILDKIT_HOST", "DOCKER_SOCK", "DOCKER_SOCKET"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1042",
        Title = "No engine's address is built in",
        Severity = Severity.Medium,
        Category = "Environment",
        Rationale = "Who can speak with a container engine is root on its host. An image that is told where an engine is will be given its socket, and then "
            + "everything in the image is root there; over plain TCP (port 2375) everybody in the network is, which is High.",
        Remediation = "Build and run containers with a service made for it; give an engine's address at run time to the one container that needs it.",
        References = ["CIS Docker Benchmark 2.7 and 5.32", "NIST SP 800-190 4.3.1"],
        Equivalent = ["cis-docker:5.32"],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "No engine's address is built in.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("engine's address is built in", "engines' addresses are built in");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => Variables.Where(facts.Config, (name, value) => value.Length > 0 && Names.Contains(name)).Select(pair => new RuleFinding("", $"{pair.Key} names an engine: {pair.Value}", Key: "env:" + pair.Key));
}
