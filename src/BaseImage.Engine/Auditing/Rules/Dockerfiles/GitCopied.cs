using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6121: no .git is copied.</summary>
internal sealed class GitCopied : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6121",
        Title = "No .git is copied",
        Severity = Severity.Medium,
        Category = "Secrets",
        Rationale = "A .git folder is every file that ever was in the project, removed secrets among them, and often the credentials of its remote; it is also "
            + "the larger part of the context.",
        Remediation = "Mount it where a build needs it (--mount=type=bind,source=.git), and name it in .dockerignore.",
        References = ["CIS Docker Benchmark 4.10", "Docker documentation, Building best practices"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Name is "COPY" or "ADD" && ((instruction.Arguments.Count > 1 && instruction.Arguments.SkipLast(1).Any(word => Archives.Unquoted(word.Text).Split('/') is [.., ".git"] or [.., ".git", _] or [".git", ..])) || (instruction.HasFlag("keep-git-dir") && instruction.Flag("keep-git-dir") is null or "true")))
            .Select(instruction => At(instruction, "The repository's history is copied."));
}
