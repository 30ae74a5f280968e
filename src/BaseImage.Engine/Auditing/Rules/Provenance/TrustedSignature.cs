using System.Runtime.ExceptionServices;
using BaseImage.Engine.Auditing.Signing;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4012: the image has a signature that the trust policy accepts.</summary>
internal sealed class TrustedSignature : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4012",
        Title = "The image has a signature that the trust policy accepts",
        Severity = Severity.High,
        Category = "Provenance",
        Rationale = "A digest says that an image is the one that was meant, and not who made it. A signature by a key or certificate that the trust policy names "
            + "says that, and a registry that was broken into cannot make one. Judged by Notation's trust policy and trust store; without a policy nothing says "
            + "whose signatures count, and the rule is skipped.",
        Remediation = "Sign the image with Add-BaseImageSignature, or state in the trust policy how its repository is verified; Test-BaseImageSignature shows each check.",
        References = ["Notary Project trust store and trust policy specification", "CIS Docker Benchmark 4.5", "NIST SP 800-190 4.1.5"],
        Equivalent = ["cis-docker:4.5", "dockle:CIS-DI-0005"],
    };

    /// <inheritdoc/>
    public override bool NeedsSignatures => true;

    /// <inheritdoc/>
    protected override string Passed => "The image has a signature that the trust policy accepts.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("signature is not accepted", "signatures are not accepted");

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        if (facts.Signatures is not { } seen)
        {
            yield break;
        }

        if (seen.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        if (seen.Result is { IsTrusted: false } result)
        {
            yield return new RuleFinding("", $"{result.Status}: {result.Message}", Key: "signature");
        }
        else if (seen.Result is { Status: SignatureStatus.Accepted } accepted)
        {
            yield return new RuleFinding("", accepted.Message, Severity.Info, "signature");
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
        => facts.Signatures is not { } seen ? "Nothing here verifies signatures."
            : seen.Skipped.Length > 0 ? seen.Skipped
            : seen.Result is { Status: SignatureStatus.Skipped } result ? result.Message
            : null;
}
