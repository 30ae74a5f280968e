using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images;

/// <summary>
/// Writes archives that depend on the image and its names alone: members in a fixed order, mode 0644, owner 0, time 0.
/// </summary>
internal static class ArchiveWriting
{
    /// <summary>A tar of an OCI image layout. Source: OCI Image Specification 1.1, image-layout.md.</summary>
    internal static Task WriteOciAsync(string path, BuiltImage image, IReadOnlyList<string> names, CancellationToken cancellationToken)
        => WriteOciAsync(path, LayoutAddition.Of(image, names), cancellationToken);

    /// <summary>A tar of an OCI image layout of these blobs and entries; blobs are read without waiting in turn.</summary>
    internal static Task WriteOciAsync(string path, LayoutAddition addition, CancellationToken cancellationToken)
        => WriteAsync(path, async (tar, token) =>
        {
            Add(tar, "oci-layout", LayoutWriter.LayoutMarker);
            Add(tar, "index.json", LayoutWriter.IndexOf(addition));
            var blobs = addition.Blobs;
            tar.Write(LayerEntry.Directory("blobs"));
            foreach (string algorithm in blobs.Select(b => b.Descriptor.Digest.Algorithm).Distinct().Order(StringComparer.Ordinal))
            {
                tar.Write(LayerEntry.Directory($"blobs/{algorithm}"));
            }

            foreach ((OciDescriptor descriptor, Func<CancellationToken, ValueTask<Stream>> openAsync) in blobs)
            {
                token.ThrowIfCancellationRequested();
                await using Stream content = new VerifiedStream(await openAsync(token).ConfigureAwait(false), $"blob {descriptor.Digest}", descriptor.Digest, descriptor.Size);
                tar.Write(LayerEntry.File(LayoutFileReading.BlobName(descriptor.Digest), descriptor.Size), content);
            }
        }, cancellationToken);

    /// <summary>
    /// What <c>docker save</c> writes, in the form that every engine since Docker 1.10 loads: config and uncompressed
    /// layers named by their digests, and <c>manifest.json</c>. Source: Docker Image Specification 1.2, "Combined Image JSON".
    /// </summary>
    internal static Task WriteDockerAsync(string path, BuiltImage image, IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        BuiltManifest manifest = image.Manifests.Count == 1 ? image.Manifests[0] : throw new ImageTransportNotSupportedException(
            $"docker-archive:{path}", $"a Docker archive holds one platform, and the image has {image.Manifests.Count}", "Choose one platform, or write to oci-archive: instead.");
        return WriteAsync(path, async (tar, token) =>
        {
            JObject entry = new()
            {
                ["Config"] = manifest.Config.Digest.Hex + ".json",
                ["RepoTags"] = new JArray(names.Select(name => new JValue(name))),
                ["Layers"] = new JArray(manifest.Layers.Select(layer => new JValue(layer.DiffId.Hex + ".tar"))),
            };
            Add(tar, "manifest.json", CanonicalJson.WriteCompact(new JArray(entry)));
            Add(tar, manifest.Config.Digest.Hex + ".json", manifest.Config.Bytes);
            foreach (BuiltLayer layer in manifest.Layers.DistinctBy(layer => layer.DiffId))
            {
                // A tar entry's size comes before its content, and only reading tells it.
                long size = await CountAsync(layer, token).ConfigureAwait(false);
                await using Stream content = await OpenTarAsync(layer, token).ConfigureAwait(false);
                tar.Write(LayerEntry.File(layer.DiffId.Hex + ".tar", size), content);
            }
        }, cancellationToken);
    }

    private static Task WriteAsync(string path, Func<TarWriter, CancellationToken, Task> write, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
        {
            throw new ImageStorageException(path, "is a folder where an archive needs a file", "Choose another file name, or write a layout with oci:.");
        }

        return AtomicFile.WriteAsync(path, (stream, token) => Task.Run(async () =>
        {
            TarWriter tar = new(stream);
            await write(tar, token).ConfigureAwait(false);
            tar.WriteEnd();
        }, token), cancellationToken);
    }

    private static void Add(TarWriter tar, string name, ReadOnlyMemory<byte> content) => tar.Write(LayerEntry.File(name, content.Length), content.Span);

    private static async Task<long> CountAsync(BuiltLayer layer, CancellationToken cancellationToken)
    {
        await using Stream content = await OpenTarAsync(layer, cancellationToken).ConfigureAwait(false);
        byte[] buffer = new byte[1 << 16];
        long size = 0;
        for (int read; (read = await content.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0; size += read)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return size;
    }

    private static async Task<Stream> OpenTarAsync(BuiltLayer layer, CancellationToken cancellationToken)
    {
        string name = $"blob {layer.Descriptor.Digest}";
        Stream blob = new VerifiedStream(await layer.OpenAsync(cancellationToken).ConfigureAwait(false), name, layer.Descriptor.Digest, layer.Descriptor.Size);
        return LayerTar.Open(blob, name, layer.Descriptor.MediaType, layer.DiffId);
    }
}
