using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection.Languages;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>
/// Judges the attestations beside a manifest: signer first, then what the statement is about, then what it states. Nothing of a
/// statement counts before its signer is known to be trusted, as signatures of images are.
/// </summary>
/// <param name="store">Where the image lies.</param>
/// <param name="image">The image, pinned.</param>
/// <param name="kind">The kind of statement that is asked for.</param>
/// <param name="policy">What it has to state.</param>
/// <param name="anchors">What is trusted.</param>
/// <param name="now">When it is asked.</param>
internal sealed class AttestationJudge(IArtifactStore store, string image, string kind, AttestationPolicy policy, TrustAnchors anchors, DateTimeOffset now)
{
    /// <summary>What came of each attestation of the kind that is beside a manifest.</summary>
    internal async Task<IReadOnlyList<AttestationVerdict>> JudgeAsync(OciDescriptor subject, CancellationToken cancellationToken)
    {
        List<AttestationVerdict> verdicts = [];
        foreach (OciDescriptor referrer in await AttestedImage.BundlesAsync(store, subject.Digest, cancellationToken).ConfigureAwait(false))
        {
            AttestationDocument? document = await AttestationDocument.ReadAsync(store, referrer, cancellationToken).ConfigureAwait(false);
            ImageAttestation? described = document?.Describe(image, subject);
            if (described is not null && (described.PredicateType.Length == 0 || described.PredicateType == kind))
            {
                verdicts.Add(Judge(document!, described, subject));
            }
        }

        return verdicts;
    }

    private AttestationVerdict Judge(AttestationDocument document, ImageAttestation described, OciDescriptor subject)
    {
        if (document.Bundle is not { } bundle)
        {
            return new AttestationVerdict(described, document.Status, document.Problem, "");
        }

        SignatureVerifier.DocumentVerdict signed;
        try
        {
            signed = new SignatureVerifier(anchors, subject, now).Verify(BundleSignature.Document(bundle, document.Annotations, new OciDescriptor("", subject.Digest, 0)));
        }
        catch (SignatureEnvelopeInvalidException e)
        {
            return new AttestationVerdict(described, AttestationStatus.Malformed, PackageText.Line(e.Message), "");
        }

        AttestationVerdict verdict = new(described, Enum.Parse<AttestationStatus>(signed.Status.ToString()), signed.Message, signed.Signer) { Checks = signed.Checks };
        if (signed.Status is SignatureStatus.UntrustedKey && IsKnown(bundle))
        {
            return verdict with { Status = AttestationStatus.SignatureInvalid, Message = "It names a key that is trusted, and its signature does not hold: statement or signature were changed." };
        }

        if (signed.Status is not (SignatureStatus.Trusted or SignatureStatus.Accepted))
        {
            return verdict;
        }

        (AttestationStatus status, string message) = Content(document, subject);

        // What the trust policy only logs has to be told even where the statement is all right.
        return status is AttestationStatus.Trusted ? verdict with { Message = signed.Status is SignatureStatus.Accepted ? signed.Message : message } : verdict with { Status = status, Message = message };
    }

    private (AttestationStatus Status, string Message) Content(AttestationDocument document, OciDescriptor subject)
    {
        if (document.Statement is not { } statement)
        {
            return (document.Status, document.Problem);
        }

        if (!statement.IsAbout(subject.Digest))
        {
            return (AttestationStatus.SubjectMismatch, $"It is about something else than {subject.Digest}.");
        }

        string listed = document.Referrer.Annotations.GetValueOrDefault(CosignNames.BundlePredicate, statement.PredicateType);
        return listed != statement.PredicateType ? (AttestationStatus.PredicateInvalid, $"It is listed as '{PackageText.Line(listed)}' and states {statement.PredicateType}.")
            : PredicateChecks.Judge(statement, policy);
    }

    private bool IsKnown(SigstoreBundle bundle)
        => anchors.Keys.Any(trusted => trusted.Key.Hint == bundle.KeyHint || bundle.Envelope.Signatures.Any(signature => signature.KeyId == trusted.Key.Hint));
}
