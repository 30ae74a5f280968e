using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6135: parser directives stand at the top.</summary>
internal sealed class DirectivesOnTop : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6135",
        Title = "Parser directives stand at the top",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "syntax, escape and check are directives on the first lines alone; below a comment, an empty line or an instruction they are comments that "
            + "do nothing, and the file is read by other rules than it says.",
        Remediation = "Move the line to the top, before every comment.",
        References = ["Dockerfile reference, Parser directives"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.File.Nodes.OfType<DockerfileComment>().Where(comment => comment.Text.IndexOf('=', StringComparison.Ordinal) is > 0 and int equals && comment.Text[..equals].Trim().ToLowerInvariant() is "syntax" or "escape" && !comment.Text[(comment.Text.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim().Contains(' ', StringComparison.Ordinal))
            .Select(comment => At(comment.Line, $"{comment.Text.Split('=')[0].Trim()} is no directive here."));
}
