namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4004: media types are current.</summary>
internal sealed class MediaTypesAreCurrent : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4004",
        Title = "Media types are current",
        Severity = Severity.Low,
        Category = "Provenance",
        Rationale = "Layers that are not to be distributed (Docker's foreign layers) are fetched from an address in the manifest, which nobody checks any more, and "
            + "copies of the image lack them: Medium. Mixed families of OCI and Docker types break strict registries and clients; the Docker types alone are a "
            + "note, for every client reads them.",
        Remediation = "Push with a current client; convert with skopeo copy --format oci.",
        References = ["OCI Image Specification 1.1, media-types.md and layer.md", "OCI Distribution Specification 1.1"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Media types are current.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("media type is old or does not fit", "media types are old or do not fit");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => facts.Manifest is null or { MediaType: "" } ? "Where the image lives it has no manifest." : null;

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        ManifestFacts manifest = facts.Manifest!;
        foreach (ManifestLayer layer in manifest.Layers.Where(layer => layer.MediaType.Contains("foreign", StringComparison.Ordinal) || layer.MediaType.Contains("nondistributable", StringComparison.Ordinal)))
        {
            yield return new RuleFinding("", $"The layer {layer.DiffId} is not to be distributed ({layer.MediaType}).", Severity.Medium, "layer:" + layer.DiffId);
        }

        bool isDocker = manifest.MediaType.StartsWith(Docker, StringComparison.Ordinal);
        int other = manifest.Layers.Count(layer => layer.MediaType.Length > 0 && layer.MediaType.StartsWith(Docker, StringComparison.Ordinal) != isDocker);
        if (other > 0 || manifest.ConfigMediaType.StartsWith(Docker, StringComparison.Ordinal) != isDocker)
        {
            yield return new RuleFinding("", $"The manifest is {manifest.MediaType}, and its config or {Words.Number(other, "layer", "layers")} of the other family.", Key: "mixed");
        }
        else if (isDocker)
        {
            yield return new RuleFinding("", $"The manifest is Docker's ({manifest.MediaType}).", Severity.Info, "docker");
        }
    }

    private const string Docker = "application/vnd.docker.";
}
