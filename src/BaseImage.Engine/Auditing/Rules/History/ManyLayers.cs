namespace BaseImage.Engine.Auditing.Rules.History;

/// <summary>BI1040: there are not more layers than a policy allows, or than 40.</summary>
internal sealed class ManyLayers : ListingRule
{
    private const int Default = 40;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI1040",
        Title = "Not more layers than the policy allows",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "Every layer is fetched, checked and mounted by itself; many small ones make starts slow, and engines refuse more than 127. They come from "
            + "one step a file. What one step adds and the next removes stays in the image.",
        Remediation = "Join steps that belong together, and build in stages; Build-BaseImage makes one layer, or as many as Layering says.",
        References = ["CIS Docker Benchmark 4.3", "overlayfs documentation, number of lower layers"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override string Passed => "There are not too many layers.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("image has too many layers", "images have too many layers");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        int layers = facts.Files?.Use.Sizes.Count is > 0 and int count ? count : facts.History.Count(step => !step.EmptyLayer);
        int limit = facts.Limits.Layers ?? Default;
        return layers <= limit ? [] : [new RuleFinding("", $"There are {layers} layers, and {limit} are {(facts.Limits.Layers is null ? "enough" : "allowed")}.", Key: "layers")];
    }
}
