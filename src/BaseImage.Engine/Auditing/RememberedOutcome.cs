namespace BaseImage.Engine.Auditing;

/// <summary>
/// What a rule said of an image, for others that share its lower layers: it says the same of each whose own layers, and
/// whose facts beside files, have nothing to do with what it looked at.
/// </summary>
/// <param name="Facts">The facts beside files that it was given.</param>
/// <param name="Trace">What it looked at.</param>
/// <param name="Outcome">What it said.</param>
internal sealed record RememberedOutcome(ImageFacts Facts, FactsTrace Trace, RuleOutcome Outcome)
{
    /// <summary>Evaluates a rule, or remembers what it said.</summary>
    public static RuleOutcome Of(IAuditRule rule, ImageFacts facts, CancellationToken cancellationToken)
    {
        // Rules that look at more than what an image is are asked each time, and rules that a request brings along are not kept.
        if (facts.Files is not { Shared: { } shared } files || rule.NeedsRuntime || rule is Structure.StructureRule)
        {
            return rule.Evaluate(facts, cancellationToken);
        }

        if (shared.Outcomes.TryGetValue(rule, out RememberedOutcome? known) && known.Holds(facts, files))
        {
            return known.Outcome;
        }

        FactsTrace trace = new();
        RuleOutcome outcome = rule.Evaluate(facts.Traced(trace), cancellationToken);
        if (!trace.IsTouchedBy(files))
        {
            // What is said again is made fit to be put out once.
            outcome = outcome.Map(finding => finding with { SafePath = SafeText.Of(finding.Path), SafeMessage = SafeText.Of(finding.Message) });
            shared.Outcomes[rule] = new RememberedOutcome(facts with { Files = null }, trace, outcome);
        }

        return outcome;
    }

    private bool Holds(ImageFacts facts, FileFacts files) => facts.IsSame(Facts, Trace.Kinds) && !Trace.IsTouchedBy(files);
}
