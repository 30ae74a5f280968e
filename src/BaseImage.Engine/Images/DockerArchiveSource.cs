using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images;

/// <summary>
/// Images of a Docker archive, as <c>docker save</c> has written them since 1.10: <c>manifest.json</c> names a config and
/// layers, which lie in folders of their own (older engines, with links between them), under their digests (skopeo) or
/// under <c>blobs/sha256</c> (Docker 25 and later). The archive has no manifest; the config's digest names the image.
/// Source: Docker Image Specification 1.2, "Combined Image JSON + Filesystem Changeset Format".
/// </summary>
internal sealed class DockerArchiveSource(ArchiveFile files, ImageReference reference) : IImageSource
{
    /// <inheritdoc/>
    public ImageReference Reference => reference;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => files.DisposeAsync();

    /// <inheritdoc/>
    public async Task<IReadOnlyList<SourceImage>> ReadAsync(CancellationToken cancellationToken)
    {
        string document = files.Describe("manifest.json");
        byte[] bytes = await files.TryReadAsync("manifest.json", OciLimits.MaxIndexBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new ImageStorageException(document, "is missing, so this is no Docker archive", "Name a file that 'docker save' or 'skopeo copy' has written.");
        if (StrictJson.Parse(bytes, document, OciLimits.Json) is not JArray { Count: > 0 } entries)
        {
            throw new ImageDocumentInvalidException(document, "it is not an array of images");
        }

        List<SourceImage> images = [];
        List<string> known = [];
        foreach (JToken item in entries)
        {
            JsonFields fields = item is JObject value ? new JsonFields(value, document) : throw new ImageDocumentInvalidException(document, "it has an entry that is no object");
            IReadOnlyList<string> tags = fields.OptionalTexts("RepoTags") ?? [];
            known.AddRange(tags);
            if (reference.Tag.Length > 0 && !tags.Any(IsWanted))
            {
                continue;
            }

            SourceImage image = await ReadImageAsync(fields, tags, cancellationToken).ConfigureAwait(false);
            if (reference.Digest.IsEmpty || image.Root.Digest == reference.Digest)
            {
                images.Add(image);
            }
        }

        return images.Count > 0 ? images : throw new ImageNotFoundException(
            reference.ToString(), "the archive has no such image", known.Count == 0 ? "Leave the name out; the images here have none." : $"It has: {string.Join(", ", known.Take(8))}.");
    }

    // skopeo writes names in full, with the registry that Docker takes for granted; people leave it out.
    private bool IsWanted(string tag)
    {
        string wanted = ImageReference.TryParse("docker-daemon:" + reference.Tag, out ImageReference? name) && name.Tag.Length == 0 ? reference.Tag + ":latest" : reference.Tag;
        return tag == wanted || tag.EndsWith("/" + wanted, StringComparison.Ordinal);
    }

    private async Task<SourceImage> ReadImageAsync(JsonFields entry, IReadOnlyList<string> tags, CancellationToken cancellationToken)
    {
        string configName = entry.RequiredText("Config");
        string configDocument = files.Describe(configName);
        byte[] configBytes = await files.TryReadAsync(configName, OciLimits.MaxConfigBytes, cancellationToken).ConfigureAwait(false)
            ?? throw new ImageBlobMissingException(configDocument, entry.Document);
        Digest imageId = Digest.Of(configBytes);
        string stem = Path.GetFileNameWithoutExtension(configName[(configName.LastIndexOf('/') + 1)..]);
        if (Digest.TryParse("sha256:" + stem, out Digest promised) && promised != imageId)
        {
            throw new ImageBlobCorruptException(configDocument, $"its digest is {imageId} where its name promises {promised}");
        }

        OciConfig config = OciReader.Config(configBytes, configDocument);
        IReadOnlyList<string> names = entry.OptionalTexts("Layers") ?? [];
        if (config.DiffIds.Count != names.Count || names.Count > OciLimits.MaxLayers)
        {
            throw new ImageDocumentInvalidException(entry.Document, $"it lists {names.Count} layers where the config has {config.DiffIds.Count} diff_ids (and at most {OciLimits.MaxLayers} are read)");
        }

        List<SourceLayer> layers = [];
        for (int i = 0; i < names.Count; i++)
        {
            layers.Add(await LayerAsync(names[i], config.DiffIds[i], entry.Document, cancellationToken).ConfigureAwait(false));
        }

        OciDescriptor descriptor = new(MediaTypes.DockerConfig, imageId, configBytes.Length);
        return new SourceImage
        {
            Name = tags.Count > 0 && tags[0].LastIndexOf(':') is var colon and > 0 ? tags[0][..colon] : Path.GetFileName(reference.Path),
            Tags = tags,
            Pinned = reference.Pin(imageId),
            Root = descriptor,
            Manifests =
            [
                new SourceManifest { Platform = config.Platform, ConfigDescriptor = descriptor, ConfigBytes = configBytes, Config = config, Layers = layers },
            ],
        };
    }

    private async Task<SourceLayer> LayerAsync(string name, Digest diffId, string wantedBy, CancellationToken cancellationToken)
    {
        string document = files.Describe(name);

        // The blob of such an archive has no digest of its own but its tar's: opening it already tells its size.
        async ValueTask<Stream> OpenAsync(CancellationToken token)
            => (await files.TryOpenAsync(name, token).ConfigureAwait(false) ?? throw new ImageBlobMissingException(document, wantedBy)).Content;

        LayoutFile found = await files.TryOpenAsync(name, cancellationToken).ConfigureAwait(false) ?? throw new ImageBlobMissingException(document, wantedBy);
        await found.Content.DisposeAsync().ConfigureAwait(false);
        return new SourceLayer(
            new OciDescriptor(MediaTypes.DockerLayer, default, found.Length),
            diffId,
            OpenAsync,
            async token => LayerTar.Open(await OpenAsync(token).ConfigureAwait(false), document, MediaTypes.DockerLayer, diffId));
    }
}
