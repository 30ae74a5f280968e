using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images;

/// <summary>What is added to a layout in one go: blobs, each once, and the entries of the index that lead to them.</summary>
/// <param name="Blobs">In an order that is always the same.</param>
/// <param name="Entries">Each with its name in the layout, which it takes from whatever had it; empty for none.</param>
internal sealed record LayoutAddition(
    IReadOnlyList<(OciDescriptor Descriptor, Func<CancellationToken, ValueTask<Stream>> OpenAsync)> Blobs,
    IReadOnlyList<(OciDescriptor Descriptor, string Name)> Entries)
{
    /// <summary>An image under some reference names, or under none: index, manifests, configs, layers.</summary>
    internal static LayoutAddition Of(BuiltImage image, IReadOnlyList<string> names)
    {
        IEnumerable<(OciDescriptor Descriptor, Func<CancellationToken, ValueTask<Stream>> OpenAsync)> all =
        [
            .. image.Index is { } index ? [Blob(index)] : Array.Empty<(OciDescriptor, Func<CancellationToken, ValueTask<Stream>>)>(),
            .. image.Manifests.Select(m => Blob(m.Manifest)),
            .. image.Manifests.Select(m => Blob(m.Config)),
            .. image.Manifests.SelectMany(m => m.Layers).Select(l => (l.Descriptor, l.OpenAsync)),
        ];
        OciDescriptor root = image.Root.Descriptor with { Platform = image.Index is null ? image.Manifests[0].Platform : null };
        return new LayoutAddition([.. all.DistinctBy(blob => blob.Descriptor.Digest)], [.. (names.Count == 0 ? [""] : names).Select(name => (root, name))]);
    }

    /// <summary>A document about an image, under a reference name where it has one.</summary>
    internal static LayoutAddition Of(BuiltArtifact artifact, string name)
        => new(
            [.. artifact.Blobs.Prepend(artifact.Manifest).Select(Blob).DistinctBy(blob => blob.Descriptor.Digest)],
            [(artifact.Manifest.Descriptor with { ArtifactType = artifact.ArtifactType }, name)]);

    /// <summary>Writes the entries into an index. Other people's descriptors and fields are carried over as they are.</summary>
    internal JObject MergeInto(JObject index)
    {
        if (index["manifests"] is not JArray manifests)
        {
            index["manifests"] = manifests = [];
        }

        foreach ((OciDescriptor descriptor, string name) in Entries)
        {
            JToken? old = manifests.FirstOrDefault(entry => NameOf(entry) == name && (name.Length > 0 || (string?)entry["digest"] == descriptor.Digest.ToString()));
            JObject added = OciDocuments.Descriptor(name.Length == 0 ? descriptor
                : descriptor with { Annotations = new SortedDictionary<string, string>(StringComparer.Ordinal) { [LayoutSource.RefName] = name } });
            if (old is null)
            {
                manifests.Add(added);
            }
            else
            {
                old.Replace(added);
            }
        }

        return index;
    }

    private static (OciDescriptor Descriptor, Func<CancellationToken, ValueTask<Stream>> OpenAsync) Blob(BuiltDocument document)
        => (document.Descriptor, _ => ValueTask.FromResult<Stream>(new MemoryStream(document.Bytes, writable: false)));

    private static string NameOf(JToken entry) => entry["annotations"] is JObject annotations && annotations[LayoutSource.RefName] is JValue { Value: string name } ? name : "";
}
