namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1036: no step runs chmod 777.</summary>
internal sealed class OpenModes : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1036",
        Title = "No step opens files to everybody",
        Severity = Severity.Low,
        Category = "History",
        Rationale = "chmod 777 is how a problem of ownership is silenced: everybody may then change what lies there, in this image and in every one that is "
            + "built on it. What is open in the end is reported by BI2003; this rule names the step.",
        Remediation = "Give the files to the user that needs them: COPY --chown, or chown, and chmod 755 or 644.",
        References = ["CIS Distribution Independent Linux Benchmark 6.1.10"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "No step opens files to everybody.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step opens files to everybody", "steps open files to everybody");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => HistorySteps.Of(facts).SelectMany(step => step.Commands.Where(command => command.Name == "chmod" && command.Operands is [var mode, _, ..] && IsOpen(mode.Text)).Select(command => new RuleFinding("", $"Step {step.Number} runs 'chmod {string.Join(' ', command.Arguments)}'.", Key: step.Key)).Take(1));

    // With the sticky bit, 1777, it is what /tmp has.
    private static bool IsOpen(string mode)
        => mode.TrimStart('0') is "777" or "666" or "776" or "767" || mode is "a+w" or "a+rw" or "a+rwx" or "o+w" or "o+rw" or "o+rwx" or "a=rwx" or "ugo+rwx" or "+w";
}
