using System.Collections.Concurrent;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// What a registry keeps beside an image: referrers, by the API where there is one, and by the index under the tag
/// <c>sha256-HEX</c> where there is none. Source: OCI Distribution Specification 1.1, "Listing Referrers", "Referrers Tag Schema",
/// "Pushing Manifests with Subject".
/// </summary>
/// <param name="session">The way to the registry; disposed of with this.</param>
/// <param name="reference">The image.</param>
internal sealed class RegistryArtifactStore(RegistrySession session, ImageReference reference) : IArtifactStore, IOpenBlobs
{
    // Registries have no "only if nothing changed meanwhile": within this process at least one writes at a time.
    private static readonly ConcurrentDictionary<string, SemaphoreSlim> Writing = new(StringComparer.Ordinal);
    private const int Rounds = 10;
    private const int MaxPassedOver = 100;

    private readonly RegistryName _name = RegistryName.Of(reference);
    private readonly ConcurrentQueue<string> _passedOver = new();

    /// <inheritdoc/>
    public ImageReference Reference => reference;

    /// <summary>What was listed as a referrer and cannot be read, with the reason.</summary>
    internal IReadOnlyCollection<string> PassedOver => _passedOver;

    private RegistryClient Client => session.Client(_name);

    // Mirrors have images, and seldom what lies beside them; blobs and documents are the same wherever they come from.
    private RegistryReader Reader => new(session.Readers(_name));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        session.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public async Task<OciDescriptor> FindSubjectAsync(CancellationToken cancellationToken)
        => await Client.TryFindManifestAsync(!reference.Digest.IsEmpty ? reference.Digest.ToString() : reference.Tag.Length > 0 ? reference.Tag : "latest", cancellationToken).ConfigureAwait(false)
            ?? throw new ImageNotFoundException(reference.ToString(), "the registry has no such image", "Check the name and the tag; Find-BaseImage lists what there is.");

    /// <inheritdoc/>
    public async Task<IReadOnlyList<OciDescriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken)
    {
        List<OciDescriptor> candidates = [.. await Client.TryListReferrersAsync(subject, cancellationToken).ConfigureAwait(false) ?? []];

        // What was pushed before a registry learned the API is still under the tag.
        if (await ReadFallbackAsync(subject, cancellationToken).ConfigureAwait(false) is { } fallback)
        {
            candidates.AddRange(OciReader.Index(fallback.Bytes, Client.Describe(ReferrerTags.Of(subject))).Manifests);
        }

        // One that is listed in both places, with one false size, is still found by the other.
        IReadOnlyList<OciDescriptor?> found = await BoundedParallel.SelectAsync(
            [.. candidates.Where(ReferrerTags.MayRefer).DistinctBy(d => (d.Digest, d.MediaType, d.Size))], session.Options.Transfers, (candidate, token) => TryDescribeAsync(candidate, subject, token), cancellationToken).ConfigureAwait(false);
        return [.. found.OfType<OciDescriptor>().DistinctBy(d => d.Digest).OrderBy(d => d.Digest.ToString(), StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public Task<OciDescriptor?> FindTagAsync(string tag, CancellationToken cancellationToken) => Client.TryFindManifestAsync(tag, cancellationToken);

    /// <inheritdoc/>
    public Task<byte[]> ReadAsync(OciDescriptor descriptor, int limit, CancellationToken cancellationToken)
        => Reader.ReadAsync(descriptor, reference.ToString(), limit, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<Stream> OpenBlobAsync(OciDescriptor descriptor, CancellationToken cancellationToken)
        => new VerifiedStream(await Reader.OpenBlobAsync(descriptor, 0, reference.ToString(), cancellationToken).ConfigureAwait(false), Client.Describe(descriptor.Digest.ToString()), descriptor.Digest, descriptor.Size);

    /// <inheritdoc/>
    public async Task<OciDescriptor> WriteAsync(BuiltArtifact artifact, CancellationToken cancellationToken)
    {
        RegistryPush push = new(session, _name);
        await push.BlobsAsync([.. artifact.Blobs.Select(PushedBlob.Of)], cancellationToken).ConfigureAwait(false);
        BuiltDocument manifest = artifact.Manifest;
        Digest listed = await Client.PushManifestAsync(manifest.Digest.ToString(), manifest.MediaType, manifest.Bytes, cancellationToken).ConfigureAwait(false);
        if (artifact.Subject is { } subject && listed != subject.Digest)
        {
            await ListAsync(subject.Digest, manifest.Descriptor with { ArtifactType = artifact.ArtifactType, Annotations = artifact.Annotations }, cancellationToken).ConfigureAwait(false);
        }

        if (artifact.Tag.Length > 0)
        {
            await Client.PushManifestAsync(artifact.Tag, manifest.MediaType, manifest.Bytes, cancellationToken).ConfigureAwait(false);
        }

        return manifest.Descriptor;
    }

    /// <summary>Adds a referrer to the index under the tag, unless it is there: reads, writes, and looks whether it stayed.</summary>
    internal async Task ListAsync(Digest subject, OciDescriptor referrer, CancellationToken cancellationToken)
    {
        SemaphoreSlim turn = Writing.GetOrAdd($"{_name}@{subject}", _ => new SemaphoreSlim(1, 1));
        await turn.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            for (int round = 1; round <= Rounds; round++)
            {
                RegistryDocument? before = await ReadFallbackAsync(subject, cancellationToken).ConfigureAwait(false);
                if (before is not null && Lists(before, subject, referrer.Digest))
                {
                    return;
                }

                byte[] bytes = Add(before, subject, referrer);
                Digest? now = (await Client.TryFindManifestAsync(ReferrerTags.Of(subject), cancellationToken).ConfigureAwait(false))?.Digest;
                if (now == before?.Descriptor.Digest)
                {
                    await Client.PushManifestAsync(ReferrerTags.Of(subject), MediaTypes.OciIndex, bytes, cancellationToken).ConfigureAwait(false);
                }

                // Whoever read before this was written may be writing without it just now.
                await RegistryRetry.WaitAsync(session.Options with { BackOff = TimeSpan.FromMilliseconds(20) }, Math.Min(round, 6), null, cancellationToken).ConfigureAwait(false);
            }
        }
        finally
        {
            turn.Release();
        }

        throw new RegistryUnavailableException(Client.Connection.Name, $"list {referrer.Digest} among the referrers of {subject}", "others keep writing the list at the same time");
    }

    private async Task<RegistryDocument?> ReadFallbackAsync(Digest subject, CancellationToken cancellationToken)
        => await Client.TryReadManifestAsync(ReferrerTags.Of(subject), cancellationToken).ConfigureAwait(false) is { } found && MediaTypes.IsIndex(found.Descriptor.MediaType) ? found : null;

    private bool Lists(RegistryDocument index, Digest subject, Digest referrer)
        => OciReader.Index(index.Bytes, Client.Describe(ReferrerTags.Of(subject))).Manifests.Any(entry => entry.Digest == referrer);

    // Other people's entries are carried over as they are.
    private byte[] Add(RegistryDocument? before, Digest subject, OciDescriptor referrer)
    {
        JObject index = before is null ? new JObject { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = new JArray() }
            : StrictJson.ParseObject(before.Bytes, Client.Describe(ReferrerTags.Of(subject)), OciLimits.Json);
        ((JArray)index["manifests"]!).Add(OciDocuments.Descriptor(referrer));
        return CanonicalJson.WriteCompact(index);
    }

    // What cannot be read is passed over: it could be about any image, and a signature that is not there proves nothing anyway.
    private async Task<OciDescriptor?> TryDescribeAsync(OciDescriptor candidate, Digest subject, CancellationToken cancellationToken)
    {
        try
        {
            return ReferrerTags.Describe(candidate, await ReadAsync(candidate, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false), Client.Describe(candidate.Digest.ToString()), subject);
        }
        catch (Exception e) when (e is ImageBlobMissingException or ImageBlobCorruptException or ImageDocumentInvalidException or ImageLimitExceededException or JsonInvalidException)
        {
            if (_passedOver.Count < MaxPassedOver)
            {
                _passedOver.Enqueue($"{candidate.Digest} ({e.Message.TrimEnd('.')})");
            }

            return null;
        }
    }
}
