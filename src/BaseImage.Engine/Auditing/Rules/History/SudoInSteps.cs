namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1033: no step runs sudo.</summary>
internal sealed class SudoInSteps : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1033",
        Title = "Steps need no sudo",
        Severity = Severity.Low,
        Category = "History",
        Rationale = "Steps run as root already, or as the user that USER names: sudo in a step means that it is installed and set up to ask for no password, "
            + "which stays in the image for whoever gets in.",
        Remediation = "Put USER root before the step and USER 65532 behind it, and leave sudo out of the image.",
        References = ["Docker documentation, Building best practices, USER"],
        Equivalent = ["dockle:DKL-DI-0001", "hadolint:DL3004"],
    };

    /// <inheritdoc/>
    protected override string Passed => "No step runs sudo.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("step runs sudo", "steps run sudo");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
        => HistorySteps.Of(facts).Where(step => step.Commands.Any(command => command.Name is "sudo" or "doas")).Select(step => new RuleFinding("", $"Step {step.Number} runs sudo.", Key: step.Key));
}
