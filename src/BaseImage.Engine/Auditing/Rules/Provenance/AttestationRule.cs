using System.Runtime.ExceptionServices;
using BaseImage.Engine.Auditing.Signing;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>A rule over what is stated about an image by somebody whom the trust policy names.</summary>
internal abstract class AttestationRule : ListingRule
{
    /// <inheritdoc/>
    public override bool NeedsAttestations => true;

    /// <inheritdoc/>
    protected override bool IsForLinux => false;

    /// <summary>The results that it judges by.</summary>
    protected abstract IReadOnlyList<AttestationResult> Results(AttestationFacts facts);

    /// <summary>What is wrong with what is stated by somebody who is trusted; nothing where nobody states anything.</summary>
    protected abstract IEnumerable<RuleFinding> Find(ImageFacts facts, IReadOnlyList<ImageAttestation> trusted);

    /// <inheritdoc/>
    protected sealed override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        if (facts.Attestations is not { } seen)
        {
            return [];
        }

        if (seen.Failure is { } failure)
        {
            ExceptionDispatchInfo.Throw(failure);
        }

        return Find(facts, AttestationFacts.Trusted(Results(seen), facts.Platform));
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => AttestationFacts.SkippedOf(facts.Attestations, Results);

    /// <summary>Why a rule on what is stated has nothing to judge by; null where it has.</summary>
    protected string? Unstated(ImageFacts facts, string what)
        => facts.Attestations is { Failure: null } seen && AttestationFacts.Trusted(Results(seen), facts.Platform).Count == 0 ? $"The image has no {what} that the trust policy accepts." : null;
}
