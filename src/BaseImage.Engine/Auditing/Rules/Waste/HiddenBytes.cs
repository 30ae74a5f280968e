namespace BaseImage.Engine.Auditing.Rules.Waste;

/// <summary>BI2042: layers store little that a later layer overwrites or deletes.</summary>
internal sealed class HiddenBytes : ListingRule
{
    private const double LeastEfficiency = 0.9, MostWasted = 0.1;
    private const long Small = 1_000_000, WorthNaming = 100_000;
    private const int Named = 10;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI2042",
        Title = "Layers store little that nobody sees",
        Severity = Severity.Low,
        Category = "Size",
        Rationale = "What a step writes and a later one deletes, overwrites or gives to another user stays in the image: it is shipped to every host, used on "
            + "none, and can be read by whoever takes the layers apart. The measure is dive's: efficiency (at least 0.9), and what is hidden as a part of "
            + "all layers but the first (at most 0.1); a policy's Limits state others, and a number of bytes. Below a megabyte nothing is reported unless "
            + "a policy says so.",
        Remediation = "Delete in the step that writes, use COPY --chown and --chmod, and build in stages.",
        References = ["CIS Docker Benchmark 4.3", "github.com/wagoodman/dive, CI rules"],
        Equivalent = ["dive:EFFICIENCY", "dive:WASTEDBYTES"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The layers store little that nobody sees.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("file is stored and seen by nobody", "files are stored and seen by nobody");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        LayerUse use = facts.Files!.Use;
        Policies.PolicyLimits limits = facts.Limits;
        bool isStated = limits.Efficiency is not null || limits.WastedRatio is not null || limits.WastedBytes is not null;
        bool exceeds = use.Efficiency < (limits.Efficiency ?? LeastEfficiency) || use.WastedRatio > (limits.WastedRatio ?? MostWasted) || use.Wasted > (limits.WastedBytes ?? long.MaxValue);
        if (!exceeds || use.Hidden.Count == 0 || (!isStated && use.Wasted < Small))
        {
            yield break;
        }

        yield return new RuleFinding("", string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Words.Size(use.Wasted)} of {Words.Size(use.Sizes.Sum())} are stored and seen by nobody: efficiency {use.Efficiency:0.000}, {use.WastedRatio:0.0%} of all layers but the first."), Key: "waste");
        foreach (HiddenFile file in use.Hidden.Where(file => file.Size >= WorthNaming).Take(Named))
        {
            yield return new RuleFinding(file.Path, $"{Words.Size(file.Size)} in layer {file.Layer} that a later layer hides", Severity.Info, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"layer:{file.Layer}"));
        }
    }
}
