using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Cms;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Notation;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Verification;

/// <summary>Finds the signatures that are kept beside an image. One that cannot be read is found too, with the reason.</summary>
internal static class SignatureFinder
{
    /// <summary>The most signatures that are looked at for one image: anybody who may push can add more.</summary>
    internal const int MaxSignatures = 100;

    /// <summary>The signatures of a manifest or index, in a fixed order.</summary>
    internal static async Task<IReadOnlyList<StoredSignature>> FindAsync(IArtifactStore store, OciDescriptor subject, CancellationToken cancellationToken)
    {
        List<StoredSignature> found = [];
        foreach (OciDescriptor referrer in await store.ListReferrersAsync(subject.Digest, cancellationToken).ConfigureAwait(false))
        {
            if (found.Count < MaxSignatures && FormatOf(referrer) is { } format)
            {
                found.Add(await ReadAsync(store, referrer, subject, format, cancellationToken).ConfigureAwait(false));
            }
        }

        if (await store.FindTagAsync(CosignNames.Tag(subject.Digest), cancellationToken).ConfigureAwait(false) is { } tagged)
        {
            found.AddRange(await ReadTaggedAsync(store, tagged, MaxSignatures - found.Count, cancellationToken).ConfigureAwait(false));
        }

        return found;
    }

    private static SignatureFormat? FormatOf(OciDescriptor referrer) => referrer.ArtifactType switch
    {
        NotationNames.ArtifactType => SignatureFormat.Notation,
        CmsSignature.ArtifactType => SignatureFormat.Cms,

        // Attestations are kept in bundles too; those that say so are somebody else's. The statement itself decides later.
        var type when type.StartsWith(CosignNames.BundlePrefix, StringComparison.Ordinal)
            && referrer.Annotations.GetValueOrDefault(CosignNames.BundlePredicate, CosignNames.SignPredicate) == CosignNames.SignPredicate => SignatureFormat.CosignBundle,
        _ => null,
    };

    private static async Task<StoredSignature> ReadAsync(IArtifactStore store, OciDescriptor referrer, OciDescriptor subject, SignatureFormat format, CancellationToken cancellationToken)
    {
        StoredSignature nothing = new(format, referrer, default);
        try
        {
            OciManifest manifest = await ManifestAsync(store, referrer, cancellationToken).ConfigureAwait(false);
            if (manifest.Subject is null || manifest.Subject.Digest != subject.Digest)
            {
                throw new TrustFailureException(SignatureStatus.SubjectMismatch, "The signature's manifest is about another image.");
            }

            return format switch
            {
                SignatureFormat.Notation => await NotationAsync(store, referrer, manifest, cancellationToken).ConfigureAwait(false),
                SignatureFormat.Cms => await CmsAsync(store, referrer, manifest, cancellationToken).ConfigureAwait(false),
                _ => await BundleAsync(store, referrer, Single(manifest, type => type.StartsWith(CosignNames.BundlePrefix, StringComparison.Ordinal), 1), cancellationToken).ConfigureAwait(false),
            };
        }
        catch (TrustFailureException e)
        {
            return nothing with { Failure = e };
        }
    }

    private static async Task<StoredSignature> NotationAsync(IArtifactStore store, OciDescriptor referrer, OciManifest manifest, CancellationToken cancellationToken)
    {
        if (manifest.ArtifactType.Length > 0 && manifest.Config.MediaType != MediaTypes.OciEmpty)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The signature's manifest has a config of the type '{manifest.Config.MediaType}', and must have the empty one.");
        }

        OciDescriptor layer = Single(manifest, type => type is NotationNames.Jws or NotationNames.Cose, 1);
        StoredSignature stored = new(layer.MediaType == NotationNames.Cose ? SignatureFormat.NotationCose : SignatureFormat.Notation, referrer, default);
        try
        {
            return stored with { Content = await BlobAsync(store, layer, NotationEnvelope.MaxBytes, cancellationToken).ConfigureAwait(false) };
        }
        catch (TrustFailureException e)
        {
            return stored with { Failure = e };
        }
    }

    private static async Task<StoredSignature> BundleAsync(IArtifactStore store, OciDescriptor referrer, OciDescriptor layer, CancellationToken cancellationToken)
        => new(SignatureFormat.CosignBundle, referrer, await BlobAsync(store, layer, SigstoreBundle.MaxBytes, cancellationToken).ConfigureAwait(false)) { Annotations = layer.Annotations };

    private static async Task<StoredSignature> CmsAsync(IArtifactStore store, OciDescriptor referrer, OciManifest manifest, CancellationToken cancellationToken)
    {
        OciDescriptor signature = Single(manifest, type => type == CmsSignature.MediaType, 2), payload = Single(manifest, type => type == SignedPayload.MediaType, 2);
        return new StoredSignature(SignatureFormat.Cms, referrer, await BlobAsync(store, signature, CmsSignature.MaxBytes, cancellationToken).ConfigureAwait(false))
        {
            Payload = await BlobAsync(store, payload, SignedPayload.MaxBytes, cancellationToken).ConfigureAwait(false),
        };
    }

    private static async Task<IReadOnlyList<StoredSignature>> ReadTaggedAsync(IArtifactStore store, OciDescriptor tagged, int most, CancellationToken cancellationToken)
    {
        List<StoredSignature> found = [];
        try
        {
            OciManifest manifest = await ManifestAsync(store, tagged, cancellationToken).ConfigureAwait(false);
            foreach (OciDescriptor layer in manifest.Layers.Take(most))
            {
                StoredSignature one = new(SignatureFormat.Cosign, tagged, default) { Annotations = layer.Annotations };
                try
                {
                    found.Add(layer.MediaType == CosignNames.SimpleSigning
                        ? one with { Content = await BlobAsync(store, layer, SimpleSigning.MaxBytes, cancellationToken).ConfigureAwait(false) }
                        : throw new TrustFailureException(SignatureStatus.Malformed, $"The payload is of the type '{layer.MediaType}', and must be {CosignNames.SimpleSigning}."));
                }
                catch (TrustFailureException e)
                {
                    found.Add(one with { Failure = e });
                }
            }
        }
        catch (TrustFailureException e)
        {
            found.Add(new StoredSignature(SignatureFormat.Cosign, tagged, default) { Failure = e });
        }

        return found;
    }

    /// <summary>Reads a signature's manifest.</summary>
    /// <exception cref="TrustFailureException">It is none, or cannot be had whole.</exception>
    internal static async Task<OciManifest> ManifestAsync(IArtifactStore store, OciDescriptor descriptor, CancellationToken cancellationToken)
    {
        byte[] bytes = await BlobAsync(store, descriptor, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
        try
        {
            return OciReader.Manifest(bytes, $"manifest {descriptor.Digest}");
        }
        catch (Exception e) when (e is ImageDocumentInvalidException or JsonInvalidException or ImageLimitExceededException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The signature's manifest is not one: {e.Message}", e);
        }
    }

    private static async Task<byte[]> BlobAsync(IArtifactStore store, OciDescriptor descriptor, int limit, CancellationToken cancellationToken)
    {
        if (descriptor.Size > limit)
        {
            throw new TrustFailureException(SignatureStatus.TooLarge, $"A document of the signature has {descriptor.Size} bytes, and at most {limit} are read.");
        }

        try
        {
            return await store.ReadAsync(descriptor, limit, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (e is ImageBlobCorruptException or ImageDocumentInvalidException or ImageLimitExceededException or DigestMismatchException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"A document of the signature is missing or damaged: {e.Message}", e);
        }
    }

    private static OciDescriptor Single(OciManifest manifest, Func<string, bool> isType, int layers)
    {
        OciDescriptor[] fitting = [.. manifest.Layers.Where(layer => isType(layer.MediaType))];
        return fitting.Length == 1 && manifest.Layers.Count == layers ? fitting[0]
            : throw new TrustFailureException(SignatureStatus.Malformed, $"The signature's manifest has {manifest.Layers.Count} layers ({string.Join(", ", manifest.Layers.Select(layer => layer.MediaType).Take(5))}), which is not how such a signature is kept.");
    }
}
