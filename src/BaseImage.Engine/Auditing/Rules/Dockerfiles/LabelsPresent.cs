using BaseImage.Engine.Auditing.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Auditing.Rules.Dockerfiles;

/// <summary>BI6047: labels that the policy wants are there.</summary>
internal sealed class LabelsPresent : DockerfileRule
{
    /// <inheritdoc/>
    protected override string? Inapplicable(DockerfileFacts facts) => facts.RequiredLabels is null ? "The policy names no labels: write Limits = @{ RequiredLabels = @{ 'org.opencontainers.image.source' = '*' } }." : null;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI6047",
        Title = "Labels that the policy wants are there",
        Severity = Severity.Low,
        Category = "Labels",
        Rationale = "Labels say where an image comes from, when nobody is left to ask. A policy can name those that every image carries (Limits.RequiredLabels); "
            + "a value that its wildcard does not match counts as missing.",
        Remediation = "Add LABEL with the names that are missing to the last stage.",
        References = ["OCI image specification, annotations"],
        Equivalent = ["hadolint:DL3049"],
    };

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(DockerfileFacts facts)
    {
        if (facts.Last is null)
        {
            yield break;
        }

        Dictionary<string, string?> labels = LabelValues.Of(facts);
        foreach ((string name, string wildcard) in facts.RequiredLabels!)
        {
            if (!labels.TryGetValue(name, out string? value) || (value is not null && !Wildcard.IsMatch(wildcard, value)))
            {
                yield return At(facts.Last.From, $"The label {name} is missing{(value is null ? "" : ", or its value is not what the policy wants")}.");
            }
        }
    }
}
