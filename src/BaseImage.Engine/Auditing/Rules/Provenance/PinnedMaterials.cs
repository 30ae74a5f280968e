using BaseImage.Engine.Auditing.Signing;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4016: everything that a trusted provenance names is pinned by a digest.</summary>
internal sealed class PinnedMaterials : AttestationRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4016",
        Title = "Everything that went into the image is pinned",
        Severity = Severity.Medium,
        Category = "Provenance",
        Rationale = "What a provenance names without a digest (SHA-256 or stronger, or a commit) may have been anything: the image can be neither built again nor "
            + "asked whether it has what turned out to be bad. A provenance that names nothing at all says nothing of what went in. Judged where there is one that the trust policy accepts.",
        Remediation = "Pin what is named: Update-BaseImageLock, Build-BaseImage -UpdateLock and Update-BaseImageDockerfile write digests; give -Revision with -Source.",
        References = ["SLSA 1.0, Provenance, resolvedDependencies", "NIST SP 800-218 PS.3.2", "NIST SP 800-190 4.1.5"],
    };

    /// <inheritdoc/>
    protected override string Passed => "Everything that went into the image is pinned.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("material is not pinned", "materials are not pinned");

    /// <inheritdoc/>
    protected override IReadOnlyList<AttestationResult> Results(AttestationFacts facts) => facts.Provenance is { } result ? [result] : [];

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, IReadOnlyList<ImageAttestation> trusted)
    {
        // Of several provenances the one that pins most speaks for the image.
        ImageAttestation best = trusted.MinBy(one => one.Materials.Count == 0 ? int.MaxValue : one.Materials.Count(material => !material.IsPinned))!;
        if (best.Materials.Count == 0)
        {
            yield return new RuleFinding("", $"The provenance by '{best.BuilderId}' says nothing of what went into the image.", Key: "materials");
        }

        foreach (AttestedMaterial material in best.Materials.Where(material => !material.IsPinned))
        {
            string name = material.Name.Length > 0 ? material.Name : material.Uri;
            yield return new RuleFinding("", $"'{name}' went into the image and is not pinned.", Key: name);
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => base.Skipped(facts) ?? Unstated(facts, "provenance");
}
