using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5021: the program works under any host name and without a terminal.</summary>
internal sealed class AnySurroundings : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5021",
        Title = "Works under any host name and without a terminal",
        Severity = Severity.Low,
        Category = "Run time",
        Rationale = "Orchestrators name hosts as they please, with up to 63 letters, and give no terminal. A program that looks its own host name up, keeps state by it, or asks a question on a terminal works on its author's machine alone. "
            + "The program is run under a long name that nobody expects, and has to come to the same; one that does not work in a plain run, which has no terminal, is tried once more with one.",
        Remediation = "Take no meaning from the host name, and read answers from the configuration.",
        References = ["Kubernetes documentation, Pod hostname", "RFC 1123 2.1"],
    };

    /// <inheritdoc/>
    public override RunNeeds Needs => RunNeeds.Surroundings;

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        if (runtime.Program.Count == 0)
        {
            return RuleOutcome.Skip("The image has no program of its own, so whether one works cannot be seen.");
        }

        RunObservation given = Seen(runtime.AsGiven);
        if (!given.IsGood)
        {
            return runtime.Terminal is { IsGood: true } terminal
                ? RuleOutcome.Of([new RuleFinding(Path(runtime), $"Without a terminal {given.Describe()}; with one {(terminal.Outcome is RunOutcome.Runs ? "it runs" : "it ends well")}", Key: "terminal")], "", failing => failing[0].Message + ".")
                : NotJudged(runtime)!;
        }

        RunObservation run = Seen(runtime.OtherHost), best = runtime.StandsLockDown ? Seen(runtime.LockedDown) : given;
        return RuleOutcome.Of(
            run.IsLike(best) ? [] : [new RuleFinding(Path(runtime), $"Under another host name {run.Describe()}", Key: "host")],
            $"Under another host name {run.Describe()}.",
            failing => failing[0].Message + ".");
    }
}
