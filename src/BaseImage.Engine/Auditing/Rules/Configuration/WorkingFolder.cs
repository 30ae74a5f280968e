namespace BaseImage.Engine.Auditing.Rules.Configuration;

/// <summary>BI1008: the working directory is absolute and a directory.</summary>
internal sealed class WorkingFolder : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1008",
        Title = "The working folder is absolute and a folder",
        Severity = Severity.Low,
        Category = "Configuration",
        Rationale = "A relative working folder means another place in each engine and for each base, and one that is a file, or below one, keeps the container "
            + "from starting. A folder that is missing is made by the engine, for root, so that the process cannot write to it.",
        Remediation = "Write an absolute WORKDIR and make the folder, with its owner, in the image.",
        References = ["Dockerfile reference, WORKDIR", "OCI Image Specification 1.1, config.md, WorkingDir"],
        Equivalent = ["hadolint:DL3000"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The working folder is as it should be.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("working folder is wrong", "working folders are wrong");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        string folder = facts.Config.WorkingDir;
        if (folder.Length == 0 || folder == "/")
        {
            return [];
        }

        if (!folder.StartsWith('/'))
        {
            return [new RuleFinding("", $"The working folder '{folder}' is relative.", Key: "workingdir")];
        }

        return facts.Files!.Resolve(folder) is { } file
            ? file.Kind == ImageFileKind.Directory ? [] : [new RuleFinding(file.Path, "is the working folder, and no folder", Severity.Low, "workingdir")]
            : facts.Files.All.Any(f => f.Path.StartsWith(folder.TrimEnd('/') + "/", StringComparison.Ordinal)) ? []
            : [new RuleFinding("", $"The working folder '{folder}' is missing; the engine makes it, for root.", Severity.Info, "workingdir")];
    }
}
