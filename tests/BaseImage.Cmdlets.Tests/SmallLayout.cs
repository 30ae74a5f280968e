using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace BaseImage.Cmdlets.Tests;

/// <summary>An OCI layout with one image of one empty layer, written by hand from the specification.</summary>
internal static class SmallLayout
{
    internal static void Write(string folder, string user)
    {
        Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256"));
        byte[] tar = new byte[1024];
        using MemoryStream compressed = new();
        using (GZipStream gzip = new(compressed, CompressionLevel.Optimal, leaveOpen: true))
        {
            gzip.Write(tar);
        }

        string layer = Blob(folder, compressed.ToArray());
        string config = Blob(folder, Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","config":{"User":"{{{user}}}"},"created":"2026-01-01T00:00:00Z","history":[{"created":"2026-01-01T00:00:00Z","created_by":"test"}],"os":"linux","rootfs":{"diff_ids":["{{{Digest(tar)}}}"],"type":"layers"}}"""));
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
