using BaseImage.Engine.Auditing.Signing;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4013: the image has a bill of materials that the trust policy accepts.</summary>
internal sealed class TrustedSbom : AttestationRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4013",
        Title = "The image has a bill of materials that is trusted",
        Severity = Severity.Medium,
        Category = "Provenance",
        Rationale = "A bill of materials answers which images have a package, on the day on which that matters, without reading all of them again. One that anybody could "
            + "have written answers nothing: it is an attestation (SPDX or CycloneDX) about this image or platform, by a signer whom the trust policy names. Judged by Notation's "
            + "trust policy and trust store; without a policy nothing says whose signatures count, and the rule is skipped.",
        Remediation = "State what is inside with Add-BaseImageAttestation -Sbom, or with Publish-BaseImage -Sbom; Test-BaseImageAttestation -PredicateType Spdx, CycloneDx shows each check.",
        References = ["NIST SP 800-218 PS.3.2", "NTIA Minimum Elements for a Software Bill of Materials", "in-toto Attestation Framework 1.0"],
    };

    /// <inheritdoc/>
    protected override string Passed => "The image has a bill of materials that the trust policy accepts.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("bill of materials is not trusted", "bills of materials are not trusted");

    /// <inheritdoc/>
    protected override IReadOnlyList<AttestationResult> Results(AttestationFacts facts) => facts.Sboms;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, IReadOnlyList<ImageAttestation> trusted)
        => trusted.Count > 0 ? [] : [new RuleFinding("", AttestationFacts.Problem(facts.Attestations!.Sboms, facts.Platform), Key: "sbom")];
}
