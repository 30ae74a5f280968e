namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1037: apk add is told to keep no cache.</summary>
internal sealed class ApkCache : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1037",
        Title = "apk keeps no cache",
        Severity = Severity.Low,
        Category = "History",
        Rationale = "Without --no-cache apk leaves its index in the layer: it is shipped to every host, differs from build to build, and is old on the day after.",
        Remediation = "Write apk add --no-cache NAME, without apk update before it.",
        References = ["Alpine Linux wiki, Alpine package keeper, cache"],
        Equivalent = ["dockle:DKL-DI-0004", "hadolint:DL3019"],
    };

    /// <inheritdoc/>
    protected override string Passed => "apk keeps no cache.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step lets apk keep its cache", "steps let apk keep its cache");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => HistorySteps.Of(facts).Where(step => step.Commands.Any(command => command.Name == "apk" && command.Operands is [{ Text: "add" }, _, ..] && !command.HasFlag("no-cache") && !Cleans(step))).Select(step => new RuleFinding("", $"Step {step.Number} runs 'apk add' and keeps its cache.", Key: step.Key));

    private static bool Cleans(HistoryStep step) => step.Commands.Any(command => command.Name == "rm" && command.Arguments.Any(argument => argument.StartsWith("/var/cache/apk", StringComparison.Ordinal)));
}
