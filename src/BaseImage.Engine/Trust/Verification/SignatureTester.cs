using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Verification;

/// <summary>Verifies images' signatures. One signature that holds is enough; without any the answer is that there is none.</summary>
/// <param name="open">Opens the place of an image.</param>
/// <param name="time">The clock.</param>
internal sealed class SignatureTester(Func<ImageReference, CancellationToken, Task<IArtifactStore>> open, TimeProvider time) : ITestSignature
{
    /// <inheritdoc/>
    public async Task<SignatureResult> TestAsync(string image, TrustRequest trust, IReporter reporter, CancellationToken cancellationToken)
    {
        ImageReference reference = ImageReference.Parse(image);
        IArtifactStore store = await open(reference, cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await TestAsync(store, image, trust, reporter, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Verifies the signatures of what a store's reference leads to.</summary>
    internal async Task<SignatureResult> TestAsync(IArtifactStore store, string image, TrustRequest trust, IReporter reporter, CancellationToken cancellationToken)
    {
        OciDescriptor subject = await store.FindSubjectAsync(cancellationToken).ConfigureAwait(false);
        SignatureResult result = new() { Image = image, Reference = store.Reference.Pin(subject.Digest).ToString(), Digest = subject.Digest };
        (TrustAnchors? anchors, string none) = await ImageTrust.ReadAsync(trust, store.Reference, cancellationToken).ConfigureAwait(false);
        if (anchors is null)
        {
            return result with { Status = SignatureStatus.NoPolicy, Message = none };
        }

        result = result with { Policy = anchors.Statement.Name, Level = anchors.Statement.Level };
        if (anchors.Statement.IsSkip)
        {
            return result with { Status = SignatureStatus.Skipped, Message = $"The trust policy '{anchors.Statement.Name}' says not to verify it." };
        }

        IReadOnlyList<StoredSignature> signatures = await SignatureFinder.FindAsync(store, subject, cancellationToken).ConfigureAwait(false);
        reporter.Verbose($"{image}: {signatures.Count} signatures of {subject.Digest}, judged by {(anchors.Statement.Name.Length > 0 ? $"'{anchors.Statement.Name}' ({anchors.Statement.Level})" : "the parameters")}.");
        DateTimeOffset now = time.GetUtcNow();
        List<SignatureVerdict> verdicts = [];
        foreach (StoredSignature signature in signatures)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (new SignatureVerifier(anchors, subject, now).Verify(image, signature) is { } verdict)
            {
                verdicts.Add(verdict);
            }
        }

        return Summarise(result, verdicts);
    }

    // What came furthest is what a person has to look at: of an image with a stranger's and a friend's signature, the friend's.
    private static SignatureResult Summarise(SignatureResult result, List<SignatureVerdict> verdicts)
    {
        if (verdicts.Count == 0)
        {
            return result with { Status = SignatureStatus.NotSigned, Message = "There is no signature, so nothing was verified." };
        }

        SignatureVerdict best = verdicts.MaxBy(verdict => verdict.Status)!;
        return result with
        {
            Status = best.Status,
            Format = best.Signature.Format,
            Signer = best.Signature.Signer,
            Message = best.Message,
            Signatures = verdicts,
        };
    }
}
