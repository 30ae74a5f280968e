using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Dsse;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>An attestation that was found beside an image: what could be read of it, and where that ended.</summary>
/// <param name="Referrer">The manifest that it is kept in.</param>
/// <param name="Status">What is in the way of reading it; <see cref="AttestationStatus.Trusted"/> where nothing is, which is no verdict yet.</param>
/// <param name="Problem">Why, in one sentence; empty where nothing is.</param>
internal sealed record AttestationDocument(OciDescriptor Referrer, AttestationStatus Status, string Problem)
{
    /// <summary>The annotations of the layer that the bundle is, which may have the signer's certificates.</summary>
    internal IReadOnlyDictionary<string, string> Annotations { get; init; } = new SortedDictionary<string, string>(StringComparer.Ordinal);

    /// <summary>The bundle, where it could be read.</summary>
    internal SigstoreBundle? Bundle { get; init; }

    /// <summary>The statement, where it could be read. Nothing vouches for it before the envelope was verified.</summary>
    internal InTotoStatement? Statement { get; init; }

    /// <summary>Reads a bundle; null where it is a signature and no attestation.</summary>
    internal static async Task<AttestationDocument?> ReadAsync(IArtifactStore store, OciDescriptor referrer, CancellationToken cancellationToken)
    {
        if (referrer.ArtifactType is not (CosignNames.Bundle or CosignNames.Dsse))
        {
            return new AttestationDocument(referrer, AttestationStatus.UnsupportedFormat, $"It is a bundle of the type '{referrer.ArtifactType}', and only {CosignNames.Bundle} is read.");
        }

        AttestationDocument document = new(referrer, AttestationStatus.Trusted, "");
        try
        {
            if (await ContentAsync(store, referrer, cancellationToken).ConfigureAwait(false) is not { } content)
            {
                return document with { Status = AttestationStatus.Malformed, Problem = "Its manifest has another number of layers than one." };
            }

            (SigstoreBundle bundle, IReadOnlyDictionary<string, string> annotations) = content;
            document = document with { Bundle = bundle, Annotations = annotations };
            if (bundle.Envelope.PayloadType != CosignNames.InToto)
            {
                return document with { Status = AttestationStatus.Malformed, Problem = $"Its payload is of another type than {CosignNames.InToto}." };
            }

            InTotoStatement statement = InTotoStatement.Parse(bundle.Envelope.Payload, "statement");
            return statement.PredicateType == CosignNames.SignPredicate ? null : document with { Statement = statement };
        }
        catch (ImageLimitExceededException e)
        {
            return document with { Status = AttestationStatus.TooLarge, Problem = e.Message };
        }
        catch (BaseImageException e) when (e is JsonInvalidException or ImageDocumentInvalidException or SignatureEnvelopeInvalidException or StatementInvalidException)
        {
            return document with { Status = AttestationStatus.Malformed, Problem = Inspection.Languages.PackageText.Line(e.Message) };
        }
    }

    private IReadOnlyList<SignatureCertificate> Certificates()
    {
        try
        {
            return Bundle is null ? [] : [.. BundleCertificates.Of(Bundle, Annotations).Select(SignatureReader.Describe)];
        }
        catch (SignatureEnvelopeInvalidException)
        {
            // Verifying says what is wrong with them.
            return [];
        }
    }

    private static async Task<(SigstoreBundle Bundle, IReadOnlyDictionary<string, string> Annotations)?> ContentAsync(IArtifactStore store, OciDescriptor referrer, CancellationToken cancellationToken)
    {
        if (referrer.ArtifactType == CosignNames.Dsse)
        {
            DsseEnvelope envelope = DsseEnvelope.Parse(await store.ReadAsync(referrer, SigstoreBundle.MaxBytes, cancellationToken).ConfigureAwait(false), "envelope");
            SigstoreBundle bare = new(envelope, envelope.Signatures[0].KeyId, []);
            return (bare with { Certificates = BundleCertificates.Of(bare, referrer.Annotations) }, referrer.Annotations);
        }

        OciManifest manifest = OciReader.Manifest(await store.ReadAsync(referrer, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false), "attestation");
        return manifest.Layers.Count != 1 ? null
            : (SigstoreBundle.Parse(await store.ReadAsync(manifest.Layers[0], SigstoreBundle.MaxBytes, cancellationToken).ConfigureAwait(false), "bundle"), manifest.Layers[0].Annotations);
    }

    /// <summary>What it says of itself.</summary>
    internal ImageAttestation Describe(string image, OciDescriptor subject)
    {
        SlsaProvenance? provenance = null;
        string problem = Problem;
        try
        {
            provenance = Statement?.PredicateType == PredicateTypes.Provenance ? SlsaProvenance.Parse(Statement.Predicate, "provenance") : null;
        }
        catch (StatementInvalidException e)
        {
            problem = e.Message;
        }

        return new ImageAttestation
        {
            Image = image,
            Platform = subject.Platform,
            Subject = subject.Digest,
            Digest = Referrer.Digest,
            PredicateType = Statement?.PredicateType ?? Referrer.Annotations.GetValueOrDefault(CosignNames.BundlePredicate, ""),
            KeyHint = Bundle?.KeyHint ?? "",
            Certificates = Certificates(),
            BuilderId = provenance?.BuilderId ?? "",
            BuildType = provenance?.BuildType ?? "",
            Materials = provenance?.Materials ?? [],
            Predicate = Statement?.Predicate.ToString(Newtonsoft.Json.Formatting.Indented) ?? "",
            Problem = problem,
        };
    }
}
