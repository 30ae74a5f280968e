using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6048: no labels beyond those of the policy.</summary>
internal sealed class LabelsKnown : DockerfileRule
{
    /// <inheritdoc/>
    protected override string? Inapplicable(DockerfileFacts facts) => facts.RequiredLabels is null ? "The policy names no labels: write Limits = @{ RequiredLabels = @{ 'org.opencontainers.image.source' = '*' } }." : null;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6048",
        Title = "No labels beyond those of the policy",
        Severity = Severity.Info,
        Category = "Labels",
        Rationale = "Where a policy names the labels of an image, one that it does not name is a typing error or a second name for the same thing. This only lists them.",
        Remediation = "Use the policy's name for it, or add it to the policy.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3050"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
        => facts.Actual.Where(instruction => instruction.Name == "LABEL").SelectMany(instruction => instruction.Pairs.Select(pair => Archives.Unquoted(pair.Name)).Where(name => !facts.RequiredLabels!.ContainsKey(name)).Select(name => At(instruction, $"The policy does not know the label {name}.")));
}
