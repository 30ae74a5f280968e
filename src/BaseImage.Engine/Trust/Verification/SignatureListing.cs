using System.Runtime.CompilerServices;
using BaseImage.Engine.Images;
using BaseImage.Ports;

namespace BaseImage.Engine.Trust.Verification;

/// <summary>Lists images' signatures as they say of themselves.</summary>
/// <param name="open">Opens the place of an image.</param>
internal sealed class SignatureListing(Func<ImageReference, CancellationToken, Task<IArtifactStore>> open) : IReadSignatures
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ImageSignature> ReadAsync(string image, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        IArtifactStore store = await open(ImageReference.Parse(image), cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            OciDescriptor subject = await store.FindSubjectAsync(cancellationToken).ConfigureAwait(false);
            string pinned = store.Reference.Pin(subject.Digest).ToString();
            foreach (StoredSignature stored in await SignatureFinder.FindAsync(store, subject, cancellationToken).ConfigureAwait(false))
            {
                SignatureDocument? document = null;
                string problem = "";
                try
                {
                    document = SignatureReader.Read(stored);
                    if (document is null)
                    {
                        continue;
                    }
                }
                catch (TrustFailureException e)
                {
                    problem = e.Message;
                }

                yield return SignatureReader.Describe(pinned, subject.Digest, stored, document, problem);
            }
        }
    }
}
