using BaseImage.Engine.Images;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4011: what this module built lists its fragments, and they add up.</summary>
internal sealed class OwnFragments : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4011",
        Title = "What this module built lists its fragments",
        Severity = Severity.Medium,
        Category = "Provenance",
        Rationale = "Images that Build-BaseImage makes carry in each layer the list of the fragments that it consists of, with their digests and sizes. A list that "
            + "does not add up to the layer was edited, or the layer was replaced under it: what compares and updates images by it would be misled. Images of "
            + "others have no such list and are not judged.",
        Remediation = "Build the image again from its lock, and copy images with tools that keep annotations whole.",
        References = ["docs/decisions/0006-building.md"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "The lists of fragments add up.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("list of fragments does not add up", "lists of fragments do not add up");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => facts.Manifest?.Layers.Any(layer => layer.Annotations.ContainsKey(LayerFragments.Annotation)) == true ? null : "No layer lists its fragments.";

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        foreach (ManifestLayer layer in facts.Manifest!.Layers.Where(layer => layer.Annotations.ContainsKey(LayerFragments.Annotation)))
        {
            long? total = LayerFragments.TryParse(layer.Annotations[LayerFragments.Annotation], out IReadOnlyList<LayerFragment>? fragments) ? fragments.Sum(fragment => fragment.Size) : null;
            if (total != layer.Size)
            {
                yield return new RuleFinding("", total is null ? $"The list of fragments of layer {layer.DiffId} is damaged." : $"The fragments of layer {layer.DiffId} have {total} bytes, and it has {layer.Size}.", Key: "layer:" + layer.DiffId);
            }
        }
    }
}
