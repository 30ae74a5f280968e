using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6136: the syntax directive names a version.</summary>
internal sealed class FrontendFixed : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6136",
        Title = "The syntax directive names a version",
        Severity = Severity.Info,
        Category = "Reproducibility",
        Rationale = "# syntax= fetches an image and runs it to read the file. latest, or no tag, is another one tomorrow; docker/dockerfile:1 gets fixes of its "
            + "major version and is what its makers advise.",
        Remediation = "Write # syntax=docker/dockerfile:1, or a digest.",
        References = ["Dockerfile reference, syntax"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.File.Directives.Where(directive => directive.Name == "syntax" && !ImageNames.HasDigest(directive.Value) && ImageNames.Tag(directive.Value.Split(' ')[0]) is null or "latest" or "master").Where(directive => directive.Name == "syntax")
            .Select(directive => At(directive.Line, $"{directive.Value} moves."));
}
