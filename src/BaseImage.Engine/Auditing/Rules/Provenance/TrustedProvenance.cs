using BaseImage.Engine.Auditing.Signing;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4015: the image has a provenance that the trust policy accepts, by a builder and from sources that the policy allows.</summary>
internal sealed class TrustedProvenance : AttestationRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4015",
        Title = "The image has a provenance by an allowed builder",
        Severity = Severity.Medium,
        Category = "Provenance",
        Rationale = "A signature says who lets an image out; a provenance says by what it was built, and from which sources, so that one that was built on a laptop, or from a "
            + "fork, is told from the others. It is an attestation (SLSA provenance v1) by a signer whom the trust policy names. The audit's policy says which builders and "
            + "sources are allowed (Limits.AllowedBuilders, to the letter; Limits.AllowedSources, * for any characters, every source counts); what it does not say is not asked for. "
            + "Without a trust policy nothing says whose signatures count, and the rule is skipped.",
        Remediation = "State how the image was built with Add-BaseImageAttestation -Definition or -Dockerfile where it is built; Test-BaseImageAttestation shows each check.",
        References = ["SLSA 1.0, Verifying artifacts", "in-toto Attestation Framework 1.0", "NIST SP 800-218 PS.3.2"],
    };

    /// <inheritdoc/>
    protected override string Passed => "The image has a provenance that is trusted, by a builder that is allowed.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("provenance is not trusted", "provenances are not trusted");

    /// <inheritdoc/>
    protected override IReadOnlyList<AttestationResult> Results(AttestationFacts facts) => facts.Provenance is { } result ? [result] : [];

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, IReadOnlyList<ImageAttestation> trusted)
    {
        if (trusted.Count == 0)
        {
            return [new RuleFinding("", AttestationFacts.Problem(Results(facts.Attestations!), facts.Platform), Key: "provenance")];
        }

        // One that is by an allowed builder is enough: others may have rebuilt the image to prove that it comes to the same.
        AttestationPolicy policy = new() { Trust = new TrustRequest(), BuilderIds = facts.Limits.AllowedBuilders ?? [], Sources = facts.Limits.AllowedSources ?? [] };
        (AttestationStatus Status, string Message)[] all = [.. trusted.Select(one => PredicateChecks.Judge(SlsaProvenance.Parse(AttestationFacts.Predicate(one), "provenance"), policy))];
        (AttestationStatus status, string message) = all.MaxBy(one => one.Status);
        return status is AttestationStatus.Trusted ? [] : [new RuleFinding("", $"{status}: {message}", Key: "builder")];
    }
}
