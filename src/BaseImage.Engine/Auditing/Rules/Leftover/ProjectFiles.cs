namespace BaseImage.Engine.Auditing.Rules.Leftover;

/// <summary>BI2038: files of the build, of editors and of cloud tools were not copied along.</summary>
internal sealed class ProjectFiles : ListingRule
{
    private static readonly HashSet<string> Names = new(["Dockerfile", "Containerfile", "docker-compose.yml", "docker-compose.yaml", "compose.yaml", "compose.yml", ".dockerignore", ".gitlab-ci.yml", ".travis.yml", "Jenkinsfile", "Vagrantfile", ".vimrc", ".DS_Store", "Thumbs.db", "azure-pipelines.yml", "cloudbuild.yaml"], StringComparer.Ordinal);
    private static readonly HashSet<string> Folders = new([".vscode", ".idea", ".vs", ".aws", ".azure", ".gcp", ".gcloud", ".terraform", ".vagrant", ".github", ".circleci", ".gitea", ".kube", ".docker"], StringComparer.Ordinal);

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2038",
        Title = "No files of the project around the image",
        Severity = Severity.Low,
        Category = "Files",
        Rationale = "Dockerfiles, compose files, pipelines, editors' projects and folders of cloud tools tell how and where an image is made and run, and often "
            + "hold credentials. They come with COPY . and no program in the container reads them. What lies in packages of languages is theirs.",
        Remediation = "Write them into .dockerignore, or copy what is needed by name.",
        References = ["NIST SP 800-190 4.1.4", "Docker documentation, .dockerignore"],
        Equivalent = ["dockle:DKL-LI-0003"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "No files of the project around the image are there.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file or folder of the project is there", "files or folders of the project are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        foreach (ImageFile file in facts.Files!.Where(static (_, file) => FileText.IsRegular(file) && file.Package.Length == 0 && Place(file.Path) is not null && !FileText.IsShippedFolder(file.Path) && !FileText.IsForTests(file.Path)))
        {
            if (Place(file.Path) is { } path && seen.Add(path))
            {
                yield return new RuleFinding(path, "belongs to the project or to tools, not into the image");
            }
        }
    }

    private static string? Place(string path)
    {
        string[] parts = path.Split('/');
        int at = Array.FindIndex(parts, 0, parts.Length - 1, Folders.Contains);
        return at > 0 ? string.Join('/', parts[..(at + 1)]) : Names.Contains(parts[^1]) ? path : null;
    }
}
