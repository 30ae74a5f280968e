using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace BaseImage.Cmdlets.Tests;

/// <summary>An OCI layout with one image of one empty layer, written by hand from the specification.</summary>
internal static class SmallLayout
{
    internal static void Write(string folder, string user) => Write(folder, new JsonObject { ["User"] = user }, new byte[1024], ["test"]);

    /// <summary>Writes an image of one layer.</summary>
    /// <param name="folder">The layout's folder.</param>
    /// <param name="settings">The config's "config" object.</param>
    /// <param name="tar">The layer.</param>
    /// <param name="steps">What the history says; all but the last added no layer.</param>
    internal static void Write(string folder, JsonObject settings, byte[] tar, IReadOnlyList<string> steps)
    {
        Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256"));
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        string layer = Blob(folder, compressed.ToArray());
        JsonArray history = [.. steps.Select((step, i) => (JsonNode)(i == steps.Count - 1 ? new JsonObject { ["created"] = "2026-01-01T00:00:00Z", ["created_by"] = step } : new JsonObject { ["created"] = "2026-01-01T00:00:00Z", ["created_by"] = step, ["empty_layer"] = true }))];
        string config = Blob(folder, Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","config":{{{settings.ToJsonString()}}},"created":"2026-01-01T00:00:00Z","history":{{{history.ToJsonString()}}},"os":"linux","rootfs":{"diff_ids":["{{{Digest(tar)}}}"],"type":"layers"}}"""));
        string manifest = Blob(folder, Encoding.UTF8.GetBytes(
            $$"""{"config":{{Descriptor(folder, "application/vnd.oci.image.config.v1+json", config)}},"layers":[{{Descriptor(folder, "application/vnd.oci.image.layer.v1.tar+gzip", layer)}}],"mediaType":"application/vnd.oci.image.manifest.v1+json","schemaVersion":2}"""));
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(
            Path.Combine(folder, "index.json"),
            $$"""{"manifests":[{{Descriptor(folder, "application/vnd.oci.image.manifest.v1+json", manifest)}}],"mediaType":"application/vnd.oci.image.index.v1+json","schemaVersion":2}""");
    }

    private static string Blob(string folder, byte[] content)
    {
        string digest = Digest(content);
        File.WriteAllBytes(Path.Combine(folder, "blobs", "sha256", digest[7..]), content);
        return digest;
    }

    private static string Descriptor(string folder, string mediaType, string digest)
        => $$"""{"digest":"{{digest}}","mediaType":"{{mediaType}}","size":{{new FileInfo(Path.Combine(folder, "blobs", "sha256", digest[7..])).Length}}}""";

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
