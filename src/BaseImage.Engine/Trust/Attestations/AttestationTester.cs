using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>
/// Verifies attestations by a trust policy, or by keys and certificates that are named: of the whole image, else of every platform.
/// </summary>
/// <param name="open">Opens the place of an image.</param>
/// <param name="time">The clock.</param>
internal sealed class AttestationTester(Func<ImageReference, CancellationToken, Task<IArtifactStore>> open, TimeProvider time) : ITestAttestation
{
    /// <inheritdoc/>
    public async Task<AttestationResult> TestAsync(string image, AttestationPolicy policy, CancellationToken cancellationToken)
    {
        IArtifactStore store = await open(ImageReference.Parse(image), cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await TestAsync(image, store, policy, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<AttestationResult> TestAsync(string image, IArtifactStore store, AttestationPolicy policy, CancellationToken cancellationToken)
    {
        string kind = policy.PredicateType.Length > 0 ? policy.PredicateType : PredicateTypes.Provenance;
        AttestedImage attested = await AttestedImage.FindAsync(store, cancellationToken).ConfigureAwait(false);
        AttestationResult result = new() { Image = image, Reference = store.Reference.Pin(attested.Root.Digest).ToString(), Digest = attested.Root.Digest, PredicateType = kind };
        (TrustAnchors? anchors, string none) = await ImageTrust.ReadAsync(policy.Trust, store.Reference, cancellationToken).ConfigureAwait(false);
        if (anchors is null)
        {
            return result with { Status = AttestationStatus.NoPolicy, Message = none };
        }

        result = result with { Policy = anchors.Statement.Name, Level = anchors.Statement.Level };
        if (anchors.Statement.IsSkip)
        {
            return result with { Status = AttestationStatus.Skipped, Message = $"The trust policy '{anchors.Statement.Name}' says not to verify it." };
        }

        AttestationJudge judge = new(store, result.Reference, kind, policy, anchors, time.GetUtcNow());
        return await TestAsync(result, attested, judge, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<AttestationResult> TestAsync(AttestationResult result, AttestedImage attested, AttestationJudge judge, CancellationToken cancellationToken)
    {
        List<AttestationVerdict> all = [.. await judge.JudgeAsync(attested.Root, cancellationToken).ConfigureAwait(false)];
        AttestationVerdict? best = Best(all);

        // What is not proved of the whole image may be of each platform: then every one of them has to hold.
        string missing = "the image";
        if (best?.Status is not (AttestationStatus.Trusted or AttestationStatus.Accepted) && attested.Platforms.Count > 0)
        {
            List<(string Platform, AttestationVerdict? Best)> platforms = [];
            foreach (OciDescriptor platform in attested.Platforms)
            {
                IReadOnlyList<AttestationVerdict> verdicts = await judge.JudgeAsync(platform, cancellationToken).ConfigureAwait(false);
                all.AddRange(verdicts);
                platforms.Add((platform.Platform?.ToString() ?? platform.Digest.ToString(), Best(verdicts)));
            }

            (string least, AttestationVerdict? worst) = platforms.MinBy(entry => entry.Best?.Status ?? AttestationStatus.NotAttested);
            missing = worst is null && platforms.Exists(entry => entry.Best is not null) ? $"the manifest of {least}" : missing;
            best = worst is not null && (best is null || worst.Status > best.Status) ? worst with { Message = worst.Status is AttestationStatus.Trusted ? worst.Message : $"{least}: {worst.Message}" } : best;
        }

        result = result with { Attestations = all };
        return best is null ? result with { Message = $"Nothing of the kind {result.PredicateType} is beside {missing}. Nothing was verified." }
            : result with { Status = best.Status, Signer = best.Signer, BuilderId = best.Attestation.BuilderId, Message = best.Message };
    }

    private static AttestationVerdict? Best(IReadOnlyList<AttestationVerdict> verdicts) => verdicts.Count == 0 ? null : verdicts.MaxBy(verdict => verdict.Status);
}
