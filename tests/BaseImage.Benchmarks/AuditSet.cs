using System.Formats.Tar;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace BaseImage.Benchmarks;

/// <summary>
/// Images to audit, made of this machine's own programs, libraries and documentation: a base, one of 1 GB, and 50 that
/// share the base. Kept for the next time.
/// </summary>
internal sealed class AuditSet
{
    /// <summary>How many images share the base.</summary>
    internal const int Images = 50;

    private const long BaseBytes = 250_000_000, LargeBytes = 1_000_000_000;

    private readonly string _folder;

    private AuditSet(string folder) => _folder = folder;

    /// <summary>The layout with the base image.</summary>
    internal string Base => Path.Combine(_folder, "base");

    /// <summary>The layout with the image of 1 GB.</summary>
    internal string Large => Path.Combine(_folder, "large");

    /// <summary>The base's only layer as it is stored.</summary>
    internal string BaseLayer => Path.Combine(_folder, "base.tar.gz");

    /// <summary>The only layer of the image of 1 GB as it is stored.</summary>
    internal string LargeLayer => Path.Combine(_folder, "large.tar.gz");

    /// <summary>A Docker archive with the images that share the base.</summary>
    internal string Archive => Path.Combine(_folder, "images.tar");

    /// <summary>Makes what is not there yet.</summary>
    internal static async Task<AuditSet> PrepareAsync(string folder)
    {
        AuditSet set = new(folder);
        if (File.Exists(Path.Combine(folder, "done")))
        {
            return set;
        }

        Directory.CreateDirectory(folder);
        await set.LayoutAsync("base", BaseBytes, set.Base);
        await set.LayoutAsync("large", LargeBytes, set.Large);
        await set.ArchiveAsync();
        await File.WriteAllTextAsync(Path.Combine(folder, "done"), "");
        return set;
    }

    private async Task LayoutAsync(string name, long bytes, string layout)
    {
        string tar = Path.Combine(_folder, name + ".tar"), list = Path.Combine(_folder, name + ".list");
        await File.WriteAllLinesAsync(list, Choose(bytes));
        Dictionary<string, string> none = [];
        await Tool.RunAsync(none, "/", "tar", "-cf", tar, "--no-recursion", "--numeric-owner", "--hard-dereference", "-T", list);
        await Tool.RunAsync(none, "/", "sh", "-c", $"gzip -6 -k -f '{tar}'");
        await WriteLayoutAsync(tar, name, layout);
    }

    /// <summary>Writes a layout with an image of one layer: a tar, beside which it lies compressed.</summary>
    internal static async Task WriteLayoutAsync(string tar, string name, string layout)
    {
        string diffId = await Sha256Async(tar);
        string blobs = Path.Combine(layout, "blobs", "sha256");
        Directory.CreateDirectory(blobs);
        string layer = await Sha256Async(tar + ".gz");
        File.Copy(tar + ".gz", Path.Combine(blobs, layer), overwrite: true);
        string config = Put(blobs, Config([diffId], name));
        string manifest = Put(blobs, new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.manifest.v1+json",
            ["config"] = Descriptor(blobs, "application/vnd.oci.image.config.v1+json", config),
            ["layers"] = new JsonArray(Descriptor(blobs, "application/vnd.oci.image.layer.v1.tar+gzip", layer)),
        });
        await File.WriteAllTextAsync(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        await File.WriteAllTextAsync(Path.Combine(layout, "index.json"), new JsonObject
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = "application/vnd.oci.image.index.v1+json",
            ["manifests"] = new JsonArray(Descriptor(blobs, "application/vnd.oci.image.manifest.v1+json", manifest)),
        }.ToJsonString());
    }

    private async Task ArchiveAsync()
    {
        string layer = Path.Combine(_folder, "base.tar"), diffId = await Sha256Async(layer);
        JsonArray manifest = [];
        await using FileStream file = File.Create(Archive);
        await using TarWriter writer = new(file, TarEntryFormat.Ustar);
        await writer.WriteEntryAsync(layer, diffId + ".tar");
        for (int i = 0; i < Images; i++)
        {
            using MemoryStream own = new();
            await using (TarWriter tar = new(own, TarEntryFormat.Ustar, leaveOpen: true))
            {
                await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, "app/own") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes($"image {i}\n")) });
            }

            string ownId = Convert.ToHexStringLower(SHA256.HashData(own.ToArray()));
            byte[] config = Encoding.UTF8.GetBytes(Config([diffId, ownId], $"bench{i}").ToJsonString());
            string id = Convert.ToHexStringLower(SHA256.HashData(config));
            foreach ((string name, byte[] content) in new[] { (ownId + ".tar", own.ToArray()), (id + ".json", config) })
            {
                await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream(content) });
            }

            manifest.Add(new JsonObject { ["Config"] = id + ".json", ["RepoTags"] = new JsonArray($"bench{i}:1"), ["Layers"] = new JsonArray(diffId + ".tar", ownId + ".tar") });
        }

        await writer.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, "manifest.json") { DataStream = new MemoryStream(Encoding.UTF8.GetBytes(manifest.ToJsonString())) });
    }

    private static JsonObject Config(string[] diffIds, string name) => new()
    {
        ["architecture"] = "amd64",
        ["os"] = "linux",
        ["created"] = "2026-01-02T03:04:05Z",
        ["config"] = new JsonObject { ["User"] = "65532", ["Labels"] = new JsonObject { ["name"] = name }, ["Env"] = new JsonArray("PATH=/usr/sbin:/usr/bin", "LANG=C.UTF-8") },
        ["history"] = new JsonArray([.. diffIds.Select(_ => new JsonObject { ["created"] = "2026-01-02T03:04:05Z", ["created_by"] = "benchmark" })]),
        ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray([.. diffIds.Select(id => JsonValue.Create("sha256:" + id))]) },
    };

    // What an image of Debian has most of, in an order that every run finds again.
    private static IEnumerable<string> Choose(long bytes)
    {
        string[] roots = ["/var/lib/dpkg", "/etc", "/usr/sbin", "/usr/lib/python3", "/usr/lib/python3.11", "/usr/share/perl", "/usr/share/doc", "/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/share", "/usr/bin", "/usr/lib"];
        HashSet<string> seen = new(StringComparer.Ordinal);
        long sum = 0;
        foreach (string root in roots.Where(Directory.Exists))
        {
            foreach (string path in Directory.EnumerateFileSystemEntries(root, "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true, AttributesToSkip = 0 }).Order(StringComparer.Ordinal))
            {
                FileInfo file = new(path);
                if (!seen.Add(path) || path.Contains('\n', StringComparison.Ordinal) || file.LinkTarget is not null && file.Attributes.HasFlag(FileAttributes.Directory))
                {
                    continue;
                }

                long size = file.Attributes.HasFlag(FileAttributes.Directory) || file.LinkTarget is not null ? 0 : file.Length;
                if (sum + size > bytes)
                {
                    continue;
                }

                sum += size;
                yield return path[1..];
                if (sum > bytes / 100 * 98)
                {
                    yield break;
                }
            }
        }
    }

    private static string Put(string blobs, JsonObject document)
    {
        byte[] content = Encoding.UTF8.GetBytes(document.ToJsonString());
        string hex = Convert.ToHexStringLower(SHA256.HashData(content));
        File.WriteAllBytes(Path.Combine(blobs, hex), content);
        return hex;
    }

    private static JsonObject Descriptor(string blobs, string type, string hex) => new() { ["mediaType"] = type, ["digest"] = "sha256:" + hex, ["size"] = new FileInfo(Path.Combine(blobs, hex)).Length };

    private static async Task<string> Sha256Async(string path)
    {
        await using FileStream file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }
}
