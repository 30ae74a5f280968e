using BaseImage.Engine.Trust.Keys;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Publishing;

/// <summary>
/// Pushes an image with what proves it, in an order in which no tag ever leads to an image without it: the image by its digest,
/// then signatures and statements beside it, then the tags.
/// </summary>
/// <param name="publisher">Pushes.</param>
/// <param name="signer">Signs.</param>
/// <param name="attester">States how it was built and what is inside.</param>
internal sealed class ProvenPublisher(IPublishImage publisher, ISignImage signer, IAttestImage attester) : IPublishImage
{
    /// <inheritdoc/>
    public async Task<PublishedImage> PublishAsync(PublishRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        if (request.Proof is not { } proof)
        {
            return await publisher.PublishAsync(request, reporter, cancellationToken).ConfigureAwait(false);
        }

        // A key that does not open is told before anything is sent.
        (await SigningKey.OpenAsync(proof.Key, cancellationToken).ConfigureAwait(false)).Dispose();
        PublishedImage pushed = await publisher.PublishAsync(request with { WithoutTags = true }, reporter, cancellationToken).ConfigureAwait(false);
        List<ImageSignature> signatures = [];
        foreach (SignatureFormat format in proof.Formats)
        {
            // cosign's forms have no place for a timestamp: alone with one they are refused, beside others they go without.
            bool stamps = format is not (SignatureFormat.Cosign or SignatureFormat.CosignBundle) || proof.Formats.Count == 1;
            SigningRequest signing = new() { Image = pushed.Reference, Key = proof.Key, Format = format, TimestampUrl = stamps ? proof.TimestampUrl : null, TimestampCertificatePaths = proof.TimestampCertificatePaths };
            signatures.Add(await signer.SignAsync(signing, reporter, cancellationToken).ConfigureAwait(false));
        }

        List<ImageAttestation> attestations = [];
        if (proof.Sboms.Count > 0)
        {
            attestations.AddRange(await attester.AttestAsync(new AttestationRequest { Image = pushed.Reference, Key = proof.Key, Sboms = proof.Sboms }, reporter, cancellationToken).ConfigureAwait(false));
        }

        if (proof.Provenance is { } provenance)
        {
            attestations.AddRange(await attester.AttestAsync(new AttestationRequest { Image = pushed.Reference, Key = proof.Key, Provenance = provenance }, reporter, cancellationToken).ConfigureAwait(false));
        }

        // What was pushed is named by its digest, so that nothing but it can get the tags.
        PublishedImage tagged = await publisher.PublishAsync(request with { Reference = pushed.Reference, Platform = null, WithoutTags = request.WithoutTags }, reporter, cancellationToken).ConfigureAwait(false);
        return pushed with { Tags = tagged.Tags, Referrers = tagged.Referrers, Signatures = signatures, Attestations = attestations };
    }
}
