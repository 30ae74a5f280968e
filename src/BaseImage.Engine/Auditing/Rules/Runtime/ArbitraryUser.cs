using BaseImage.Engine.Auditing.Runtime;

namespace BaseImage.Engine.Auditing.Rules.Runtime;

/// <summary>BI5007: the program works as a user that the image does not know.</summary>
internal sealed class ArbitraryUser : RuntimeRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI5007",
        Title = "Works as an arbitrary user",
        Severity = Severity.Low,
        Category = "Run time",
        Rationale = "Platforms that give every project a range of user ids of its own (OpenShift) start each image as a number that no /etc/passwd knows, in group 0. "
            + "So does anybody who keeps two services from reading each other's files. The program is run as uid 1000660000, gid 0, "
            + "and has to come to the same as with its own user.",
        Remediation = "Let group 0 own what the program writes (chgrp -R 0, chmod -R g=u), do not look the user up by name, and set HOME.",
        References = ["OpenShift Container Platform, Creating images, Support arbitrary user ids", "NIST SP 800-190 4.4.3"],
    };

    /// <inheritdoc/>
    public override RunNeeds Needs => RunNeeds.ArbitraryUser;

    /// <inheritdoc/>
    protected override RuleOutcome Evaluate(RuntimeFacts runtime, ImageFacts facts)
    {
        if (NotJudged(runtime) is { } not)
        {
            return not;
        }

        RunObservation run = Seen(runtime.ArbitraryUser);
        return RuleOutcome.Of(
            run.IsLike(Seen(runtime.AsGiven)) ? [] : [new RuleFinding(Path(runtime), $"As uid 1000660000, gid 0, {run.Describe()}", Key: "fails")],
            $"As uid 1000660000, gid 0, {run.Describe()}.",
            failing => failing[0].Message + ".");
    }
}
