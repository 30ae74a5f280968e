using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>An image made of bytes, as a Docker archive that every engine loads.</summary>
internal sealed class TestEngineImage
{
    private TestEngineImage(string id, byte[] config, IReadOnlyList<byte[]> layers, IReadOnlyList<string> tags) => (Id, Config, Layers, Tags) = (id, config, layers, tags);

    /// <summary>Its id: the digest of the config.</summary>
    internal string Id { get; }

    /// <summary>The config's bytes.</summary>
    internal byte[] Config { get; }

    /// <summary>The layers' tars, lowest first.</summary>
    internal IReadOnlyList<byte[]> Layers { get; }

    /// <summary>Its names with tags.</summary>
    internal IReadOnlyList<string> Tags { get; }

    /// <summary>The archive.</summary>
    internal byte[] Archive => ArchiveOf(this);

    /// <summary>Makes an image.</summary>
    /// <param name="layers">The layers' tars, lowest first; see <see cref="Tar"/>.</param>
    /// <param name="config">The config's "config" object as JSON, for instance <c>{"User":"65532","Entrypoint":["/probe"]}</c>.</param>
    /// <param name="tags">Names with tags; none for an image without a name.</param>
    internal static TestEngineImage Of(IReadOnlyList<byte[]> layers, string config = "{}", params string[] tags) => OfPlatform("linux", "amd64", layers, config, tags);

    /// <summary>Makes an image of another platform.</summary>
    internal static TestEngineImage OfPlatform(string os, string architecture, IReadOnlyList<byte[]> layers, string config = "{}", params string[] tags)
    {
        JsonObject document = new()
        {
            ["architecture"] = architecture,
            ["config"] = JsonNode.Parse(config),
            ["created"] = "2026-01-02T03:04:05Z",
            ["history"] = new JsonArray([.. layers.Select((_, i) => (JsonNode)new JsonObject { ["created"] = "2026-01-02T03:04:05Z", ["created_by"] = $"layer {i}" })]),
            ["os"] = os,
            ["rootfs"] = new JsonObject { ["diff_ids"] = new JsonArray([.. layers.Select(layer => (JsonNode)Digest(layer))]), ["type"] = "layers" },
        };
        byte[] bytes = Encoding.UTF8.GetBytes(document.ToJsonString());
        return new TestEngineImage(Digest(bytes), bytes, layers, tags);
    }

    /// <summary>A tar of files: path (no leading '/'), content, mode; a path that ends in '/' is a folder.</summary>
    internal static byte[] Tar(params (string Path, byte[] Content, int Mode)[] files)
    {
        using MemoryStream stream = new();
        using (TarWriter writer = new(stream, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string path, byte[] content, int mode) in files)
            {
                UstarTarEntry entry = new(path.EndsWith('/') ? TarEntryType.Directory : TarEntryType.RegularFile, path)
                {
                    Mode = (UnixFileMode)mode,
                    ModificationTime = DateTimeOffset.UnixEpoch.AddDays(20_000),
                    DataStream = path.EndsWith('/') ? null : new MemoryStream(content),
                };
                writer.WriteEntry(entry);
            }
        }

        return stream.ToArray();
    }

    /// <summary>A tar with one text file.</summary>
    internal static byte[] Tar(string path, string text) => Tar((path, Encoding.UTF8.GetBytes(text), 0x1A4));

    /// <summary>Several images in one archive.</summary>
    internal static byte[] ArchiveOf(params TestEngineImage[] images)
    {
        JsonArray manifest = [.. images.Select(image => (JsonNode)new JsonObject
        {
            [nameof(Config)] = image.Id[7..] + ".json",
            ["RepoTags"] = image.Tags.Count == 0 ? null : new JsonArray([.. image.Tags.Select(tag => (JsonNode)tag)]),
            [nameof(Layers)] = new JsonArray([.. image.Layers.Select(layer => (JsonNode)(Digest(layer)[7..] + ".tar"))]),
        })];
        Dictionary<string, byte[]> files = new(StringComparer.Ordinal) { ["manifest.json"] = Encoding.UTF8.GetBytes(manifest.ToJsonString()) };
        foreach (TestEngineImage image in images)
        {
            files[image.Id[7..] + ".json"] = image.Config;
            foreach (byte[] layer in image.Layers)
            {
                files[Digest(layer)[7..] + ".tar"] = layer;
            }
        }

        return Tar([.. files.Select(file => (file.Key, file.Value, 0x1A4))]);
    }

    private static string Digest(byte[] bytes) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(bytes));
}
