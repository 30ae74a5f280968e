using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6137: an argument in FROM has a default.</summary>
internal sealed class BaseFromArgument : DockerfileRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6137",
        Title = "An argument in FROM has a default",
        Severity = Severity.Low,
        Category = "Structure",
        Rationale = "FROM with an ARG that has no default names nothing unless the build is told: it stops with an error that speaks of something else.",
        Remediation = "Write ARG name=default above FROM.",
        References = ["BuildKit, InvalidDefaultArgInFrom", "Dockerfile reference, ARG"],
        Equivalent = ["buildkit:InvalidDefaultArgInFrom"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Stages.Where(stage => stage.Base is not null).SelectMany(stage => facts.Values[stage.From].Used.Where(name => facts.Values.Global.Arguments.Contains(name, StringComparer.Ordinal) && facts.Values.Global.TryGet(name, out string? value) && value is null
                && facts.File.GlobalArguments.SelectMany(one => one.Pairs).Any(pair => pair.Name == name && pair.Value is null) && !HasDefault(stage.Base!.Text, name)).Select(name => At(stage.From, $"{name} has no default.")));

        private static bool HasDefault(string text, string name) => text.Contains("${" + name + ":-", StringComparison.Ordinal) || text.Contains("${" + name + "-", StringComparison.Ordinal) || text.Contains("${" + name + ":+", StringComparison.Ordinal) || text.Contains("${" + name + "+", StringComparison.Ordinal);
}
