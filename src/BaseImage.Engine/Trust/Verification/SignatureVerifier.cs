using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Verification;

/// <summary>
/// Verifies one signature: integrity, authenticity, expiry, authentic timestamp and revocation, in this order, each as the
/// trust policy has it. Source: Notary Project trust store and trust policy specification, "Signature Verification".
/// </summary>
/// <param name="anchors">What is trusted.</param>
/// <param name="subject">The manifest or index that has to be signed.</param>
/// <param name="now">When it is asked.</param>
internal sealed class SignatureVerifier(TrustAnchors anchors, OciDescriptor subject, DateTimeOffset now)
{
    private readonly List<SignatureCheck> _checks = [];
    private TrustFailureException? _logged;

    /// <summary>Verifies a signature; null where it turns out to be about something else, as an attestation.</summary>
    /// <param name="image">The image, pinned.</param>
    /// <param name="stored">The signature.</param>
    internal SignatureVerdict? Verify(string image, StoredSignature stored)
    {
        SignatureDocument? document = null;
        try
        {
            document = SignatureReader.Read(stored);
            return document is null ? null : Judge(document, SignatureReader.Describe(image, subject.Digest, stored, document, ""));
        }
        catch (TrustFailureException e)
        {
            if (_checks.Count == 0)
            {
                _checks.Add(new SignatureCheck(nameof(TrustCheck.Integrity), nameof(TrustAction.Enforce), false, e.Message));
            }

            return new SignatureVerdict(SignatureReader.Describe(image, subject.Digest, stored, document, document is null ? e.Message : ""), e.Status, e.Message) { Checks = [.. _checks] };
        }
    }

    /// <summary>Verifies a document that is a signature of something else than an image alone, as that of an attestation.</summary>
    internal DocumentVerdict Verify(SignatureDocument document)
    {
        try
        {
            Signer signer = Hold(document);
            return new DocumentVerdict(Passed, Message(signer), signer.Name, [.. _checks]);
        }
        catch (TrustFailureException e)
        {
            return new DocumentVerdict(e.Status, e.Message, "", [.. _checks]);
        }
    }

    private SignatureStatus Passed => _logged is null ? SignatureStatus.Trusted : SignatureStatus.Accepted;

    private string Message(Signer signer) => _logged is null ? $"Signed by {signer.Name}." : $"The trust policy lets it pass although: {_logged.Message}";

    private SignatureVerdict Judge(SignatureDocument document, ImageSignature signature)
    {
        Signer signer = Hold(document);
        return new SignatureVerdict(signature with { Signer = signer.Name, Certificates = [.. signer.Chain.Select(SignatureReader.Describe)] }, Passed, Message(signer))
        {
            Checks = [.. _checks],
        };
    }

    private Signer Hold(SignatureDocument document)
    {
        Signer signer = new([], "", IsPinned: false);
        Check(TrustCheck.Integrity, () => signer = Integrity(document));
        Check(TrustCheck.Authenticity, () => Authenticity(document, signer));
        Check(TrustCheck.Expiry, () => Expiry(document));
        DateTimeOffset? signedAt = null;
        Check(TrustCheck.AuthenticTimestamp, () => signedAt = AuthenticTimestamp(document, signer));
        Check(TrustCheck.Revocation, () => anchors.Revocations.Check(signer.Chain, now, signedAt));
        return signer;
    }

    private void Check(TrustCheck check, Action body)
    {
        TrustAction action = anchors.Statement.Actions[check];
        if (action == TrustAction.Skip)
        {
            _checks.Add(new SignatureCheck(check.ToString(), action.ToString(), null, ""));
            return;
        }

        try
        {
            body();
            _checks.Add(new SignatureCheck(check.ToString(), action.ToString(), true, ""));
        }
        catch (TrustFailureException e)
        {
            _checks.Add(new SignatureCheck(check.ToString(), action.ToString(), false, e.Message));
            if (action == TrustAction.Enforce)
            {
                throw;
            }

            _logged ??= e;
        }
    }

    private Signer Integrity(SignatureDocument document)
    {
        bool isNamed = document.IsChainBeside && anchors.Keys.Any(trusted => trusted.Certificate is null && document.Holds(trusted.Key));
        Signer signer = document.Chain.Count > 0 && !isNamed ? OfCertificates(document) : OfKeys(document);

        // Forms of cosign's name a digest alone.
        if (document.Target.MediaType.Length > 0)
        {
            SignedPayload.Check(document.Target, subject);
        }
        else if (document.Target.Digest != subject.Digest)
        {
            throw new TrustFailureException(SignatureStatus.SubjectMismatch, $"It is a signature of {document.Target.Digest}, not of {subject.Digest}.");
        }

        return signer;
    }

    private Signer OfCertificates(SignatureDocument document)
    {
        VerificationKey key;
        try
        {
            key = VerificationKey.Of(document.Chain[0]);
        }
        catch (BaseImageException e)
        {
            throw new TrustFailureException(SignatureStatus.CertificateUnfit, e.Message, e);
        }

        using (key)
        {
            document.CheckAlgorithm(key);
            if (!document.Holds(key))
            {
                throw new TrustFailureException(SignatureStatus.SignatureInvalid, $"The signature does not hold under the key of '{document.Chain[0].Subject}': it, what it is of or the certificate was changed.");
            }

            IReadOnlyList<X509Certificate2> chain = document.IsChainBeside ? CertificateLinks.From(document.Chain[0], [.. document.Chain.Skip(1), .. anchors.Authorities]) : document.Chain;
            CertificateProfile.CheckSigning(chain);
            return new Signer(chain, chain[0].Subject, anchors.Keys.Any(trusted => trusted.Certificate is null && trusted.Key.IsSameKey(key)));
        }
    }

    // Without a key that is known there is nothing to hold the document against, so that this is no question of trust alone:
    // no level of verification lets it pass.
    private Signer OfKeys(SignatureDocument document)
    {
        if (anchors.Keys.FirstOrDefault(trusted => document.Holds(trusted.Key)) is { } found)
        {
            return new Signer(found.Certificate is null ? [] : [found.Certificate], found.Certificate?.Subject ?? $"{found.Key.Fingerprint} ({found.Key.Name})", found.Certificate is null);
        }

        throw document.Keyless.Length > 0 ? new TrustFailureException(SignatureStatus.UnsupportedFormat, document.Keyless + ".")
            : new TrustFailureException(SignatureStatus.UntrustedKey, anchors.Keys.Count == 0
                ? "No key is trusted that it could be held against: name one with -PublicKey, or put a self-signed certificate of it into the trust store."
                : "No key that is trusted has made it, or it was changed since.");
    }

    private void Authenticity(SignatureDocument document, Signer signer)
    {
        if (signer.IsPinned)
        {
            return;
        }

        IReadOnlyList<X509Certificate2> trusted = document.IsSigningAuthority ? anchors.SigningAuthorities : anchors.Authorities;
        if (!signer.Chain.Any(certificate => trusted.Any(one => one.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))))
        {
            throw new TrustFailureException(SignatureStatus.UntrustedRoot, $"The certificates of '{signer.Name}' lead to '{signer.Chain[^1].Subject}', and neither it nor one before it is trusted{(document.IsSigningAuthority ? " as a signing authority" : "")}.");
        }

        if (anchors.Statement.Identities is { } identities && (SubjectName.Of(signer.Chain[0]) is not { } name || !identities.Any(identity => SubjectName.IsPartOf(identity, name))))
        {
            throw new TrustFailureException(SignatureStatus.UntrustedIdentity, $"'{signer.Name}' is none of the identities that the trust policy names.");
        }
    }

    private void Expiry(SignatureDocument document)
    {
        if (document.Expiry is { } expiry && now >= expiry)
        {
            throw new TrustFailureException(SignatureStatus.SignatureExpired, $"The signature was to be used until {ValidityPeriod.Text(expiry)}.");
        }
    }

    // Gives the latest moment at which it can have been made, where that is proven.
    private DateTimeOffset? AuthenticTimestamp(SignatureDocument document, Signer signer)
    {
        if (document.IsSigningAuthority)
        {
            ValidityPeriod.Check(signer.Chain, document.SigningTime!.Value, document.SigningTime.Value, "the time of signing");
            return document.SigningTime;
        }

        bool isExpired = signer.Chain.Any(certificate => now > ValidityPeriod.Of(certificate).NotAfter);
        if (!anchors.AsksForTimestamps || signer.Chain.Count == 0 || (anchors.Statement.IsTimestampForExpiredOnly && !isExpired) || document.Format is SignatureFormat.Cosign or SignatureFormat.CosignBundle)
        {
            ValidityPeriod.Check(signer.Chain, now, now, "now");
            return null;
        }

        if (document.Timestamp.IsEmpty)
        {
            throw new TrustFailureException(SignatureStatus.TimestampMissing, "The trust policy asks for a timestamp, and the signature has none.");
        }

        // Revocation last, as Notation has it: a certificate that the stamp is too late for is told without any list.
        TimestampProof stamp = Timestamp.Verify(document.Timestamp, document.Signature.Span, anchors.TimestampAuthorities);
        ValidityPeriod.Check(signer.Chain, stamp.Earliest, stamp.Latest, "the timestamp's time");
        anchors.Revocations.Check(stamp.Chain, now, stamp.Latest);
        return stamp.Latest;
    }

    /// <summary>What came of verifying a document.</summary>
    /// <param name="Status">What is in the way; Trusted or Accepted where nothing is.</param>
    /// <param name="Message">Why, in one sentence.</param>
    /// <param name="Signer">Who has signed it, for a person; empty where nobody that is trusted has.</param>
    /// <param name="Checks">The checks, in the order in which they were made.</param>
    internal sealed record DocumentVerdict(SignatureStatus Status, string Message, string Signer, IReadOnlyList<SignatureCheck> Checks);

    /// <summary>Who has signed, once the signature holds.</summary>
    /// <param name="Chain">The certificates; empty for a bare key.</param>
    /// <param name="Name">For a person.</param>
    /// <param name="IsPinned">True where the key itself is trusted, whatever its certificates say.</param>
    private sealed record Signer(IReadOnlyList<X509Certificate2> Chain, string Name, bool IsPinned);
}
