using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6130: what looks like JSON is JSON.</summary>
internal sealed class BrokenJson : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6130",
        Title = "What looks like JSON is JSON",
        Severity = Severity.Medium,
        Category = "Structure",
        Rationale = "An array with single quotes, or a comma too many, is no JSON: the builder takes it for a command and a shell looks for a program called [. "
            + "It fails when the container starts, or does something else.",
        Remediation = "Write every element in double quotes, with a comma between two.",
        References = ["Dockerfile reference, Exec form"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Name is "CMD" or "ENTRYPOINT" or "RUN" or "HEALTHCHECK" or "VOLUME" or "COPY" or "ADD" && instruction.Form != DockerfileForm.Json && instruction.LooksLikeJson && !IsTest(instruction.ArgumentText))
            .Select(instruction => At(instruction, $"{instruction.Name} begins with '[' and is no JSON."));

        // [ -f x ] and [[ -f x ]] are tests of a shell.
        private static bool IsTest(string text) => text.Length > 1 && (text[1] is '[' || (text[1] is ' ' && !text.TrimStart('[', ' ').StartsWith('"') && !text.TrimStart('[', ' ').StartsWith('\'')));
}
