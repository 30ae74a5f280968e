using System.Runtime.CompilerServices;
using BaseImage.Engine.Images;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>Lists attestations, unverified.</summary>
/// <param name="open">Opens the place of an image.</param>
internal sealed class AttestationReading(Func<ImageReference, CancellationToken, Task<IArtifactStore>> open) : IReadAttestations
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ImageAttestation> ReadAsync(string image, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IArtifactStore store = await open(ImageReference.Parse(image), cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            AttestedImage attested = await AttestedImage.FindAsync(store, cancellationToken).ConfigureAwait(false);
            string pinned = store.Reference.Pin(attested.Root.Digest).ToString();
            foreach (OciDescriptor subject in attested.Platforms.Prepend(attested.Root))
            {
                foreach (OciDescriptor referrer in await AttestedImage.BundlesAsync(store, subject.Digest, cancellationToken).ConfigureAwait(false))
                {
                    if (await AttestationDocument.ReadAsync(store, referrer, cancellationToken).ConfigureAwait(false) is { } document)
                    {
                        yield return document.Describe(pinned, subject);
                    }
                }
            }
        }
    }
}
