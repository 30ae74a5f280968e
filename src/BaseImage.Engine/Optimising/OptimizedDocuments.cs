using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Optimising;

/// <summary>
/// The documents of an optimised image: the old config's own words about how a container starts, of which nothing is left
/// out that this version does not know; one layer, one step of history, one time.
/// </summary>
internal static class OptimizedDocuments
{
    private static readonly string[] Carried = ["architecture", "author", "config", "os", "os.features", "os.version", "variant"];

    /// <summary>Makes them.</summary>
    public static BuiltImage Make(string name, SourceManifest old, BuiltLayer layer, DateTimeOffset epoch)
    {
        JObject from = StrictJson.ParseObject(old.ConfigBytes, "config", OciLimits.Json), to = [];
        foreach (string key in Carried)
        {
            if (from[key] is { } value && value.Type is not JTokenType.Null)
            {
                to[key] = value;
            }
        }

        string time = epoch.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);
        to["created"] = time;
        to["history"] = new JArray(new JObject { ["created"] = time, ["created_by"] = "BaseImage", ["comment"] = "what the entrypoints need of an image" });
        to["rootfs"] = new JObject { ["type"] = "layers", ["diff_ids"] = new JArray(layer.DiffId.ToString()) };
        BuiltDocument config = new(MediaTypes.OciConfig, CanonicalJson.WriteCompact(to));
        return new BuiltImage
        {
            Name = name,
            Manifests = [new BuiltManifest { Platform = old.Platform, Config = config, Layers = [layer], Manifest = OciDocuments.Manifest(config.Descriptor, [layer.Descriptor]) }],
        };
    }

    /// <summary>The image as it would be read from a place, for running it before it has one.</summary>
    public static SourceManifest AsSource(BuiltManifest built) => new()
    {
        Platform = built.Platform,
        Descriptor = built.Manifest.Descriptor,
        ManifestBytes = built.Manifest.Bytes,
        ConfigDescriptor = built.Config.Descriptor,
        ConfigBytes = built.Config.Bytes,
        Config = OciReader.Config(built.Config.Bytes, "config"),
        Layers = [.. built.Layers.Select(layer => new SourceLayer(layer.Descriptor, layer.DiffId, layer.OpenAsync, async token => LayerTar.Open(await layer.OpenAsync(token).ConfigureAwait(false), "layer", layer.Descriptor.MediaType, layer.DiffId)))],
    };
}
