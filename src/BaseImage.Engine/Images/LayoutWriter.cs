using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images;

/// <summary>
/// Adds an image to a layout in a folder: blobs first, each beside its place and then renamed, the index last, so that
/// a reader sees the image whole or not at all. Other images stay; those of the same name are replaced.
/// Source: OCI Image Specification 1.1, image-layout.md.
/// </summary>
internal static class LayoutWriter
{
    private static readonly byte[] Marker = "{\"imageLayoutVersion\":\"1.0.0\"}"u8.ToArray();

    // Blobs may come from far away, each waiting for its own bytes.
    private const int Transfers = 4;

    /// <summary>Adds an image under some reference names, or under none.</summary>
    /// <param name="folder">The layout's folder, as a full path; made when missing.</param>
    /// <param name="image">The image.</param>
    /// <param name="names">Its names in the layout.</param>
    /// <param name="lockPath">The file that other writers of this folder lock too.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    internal static Task AddAsync(string folder, BuiltImage image, IReadOnlyList<string> names, string lockPath, CancellationToken cancellationToken)
        => AddAsync(folder, LayoutAddition.Of(image, names), lockPath, cancellationToken);

    /// <summary>Adds blobs and the entries that lead to them.</summary>
    internal static async Task AddAsync(string folder, LayoutAddition addition, string lockPath, CancellationToken cancellationToken)
    {
        using IDisposable held = await FolderLock.TakeAsync(lockPath, cancellationToken).ConfigureAwait(false);
        if (File.Exists(folder))
        {
            throw new ImageStorageException(folder, "is a file where a layout needs a folder", "Choose another folder, or write an archive with oci-archive:.");
        }

        StaleFiles.SweepFolders(folder);
        if (!Directory.Exists(folder))
        {
            await AtomicFolder.WriteAsync(folder, (path, token) => FillAsync(path, addition, [], token), replace: false, cancellationToken).ConfigureAwait(false);
            return;
        }

        StaleFiles.Sweep(folder);
        bool isLayout = File.Exists(Path.Combine(folder, "oci-layout"));
        if (!isLayout && Directory.EnumerateFileSystemEntries(folder).Any(entry => entry != lockPath))
        {
            throw new ImageStorageException(folder, "holds other things and is no OCI image layout", "Choose an empty folder, one that does not exist, or a layout.");
        }

        List<string> added = [];
        try
        {
            StaleFiles.Sweep(Path.Combine(folder, "blobs", "sha256"));
            await FillAsync(folder, addition, added, cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            Remove(added);
            throw;
        }
    }

    /// <summary>The index of a layout with this, and nothing else in it.</summary>
    internal static byte[] IndexOf(LayoutAddition addition) => CanonicalJson.WriteCompact(addition.MergeInto(EmptyIndex()));

    private static JObject EmptyIndex() => new() { ["schemaVersion"] = 2, ["mediaType"] = MediaTypes.OciIndex, ["manifests"] = new JArray() };

    /// <summary>The layout's marker file.</summary>
    internal static ReadOnlyMemory<byte> LayoutMarker => Marker;

    private static async Task FillAsync(string folder, LayoutAddition addition, List<string> added, CancellationToken cancellationToken)
    {
        JObject index = await ReadIndexAsync(folder, cancellationToken).ConfigureAwait(false);
        // First of all, so that whoever comes after a crash knows the folder for a layout.
        string marker = Path.Combine(folder, "oci-layout");
        if (!File.Exists(marker))
        {
            await AtomicFile.WriteAsync(marker, Marker, cancellationToken).ConfigureAwait(false);
            added.Add(marker);
        }

        await BoundedParallel.ForEachAsync(addition.Blobs, Transfers, async (blob, stop) =>
        {
            (OciDescriptor descriptor, Func<CancellationToken, ValueTask<Stream>> openAsync) = blob;
            string path = Path.Combine(folder, "blobs", descriptor.Digest.Algorithm, descriptor.Digest.Hex);
            if (await IsIntactAsync(path, descriptor, stop).ConfigureAwait(false))
            {
                return;
            }

            lock (added)
            {
                NoteFolders(folder, path, added);
            }

            await AtomicFile.WriteAsync(path, async (target, token) =>
            {
                await using Stream source = new VerifiedStream(await openAsync(token).ConfigureAwait(false), $"blob {descriptor.Digest}", descriptor.Digest, descriptor.Size);
                await source.CopyToAsync(target, 1 << 17, token).ConfigureAwait(false);
            }, stop).ConfigureAwait(false);
            lock (added)
            {
                added.Add(path);
            }
        }, cancellationToken).ConfigureAwait(false);

        await AtomicFile.WriteAsync(Path.Combine(folder, "index.json"), CanonicalJson.WriteCompact(addition.MergeInto(index)), cancellationToken).ConfigureAwait(false);
    }

    private static async Task<JObject> ReadIndexAsync(string folder, CancellationToken cancellationToken)
    {
        await using LayoutFolder files = new(folder);
        byte[]? bytes = await files.TryReadAsync("index.json", OciLimits.MaxIndexBytes, cancellationToken).ConfigureAwait(false);
        if (bytes is null)
        {
            return EmptyIndex();
        }

        string document = files.Describe("index.json");
        _ = OciReader.Index(bytes, document);
        return StrictJson.ParseObject(bytes, document, OciLimits.Json);
    }

    private static async Task<bool> IsIntactAsync(string path, OciDescriptor descriptor, CancellationToken cancellationToken)
    {
        FileInfo file = new(path);
        if (!file.Exists || file.LinkTarget is not null || file.Length != descriptor.Size || file.Length == 0)
        {
            return false;
        }

        try
        {
            await using VerifiedStream stream = new(new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, 1 << 16, FileOptions.Asynchronous), path, descriptor.Digest, descriptor.Size);
            await stream.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is ImageBlobCorruptException or IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static void NoteFolders(string root, string path, List<string> added)
    {
        for (string? folder = Path.GetDirectoryName(path); folder is not null && folder.Length > root.Length && !Directory.Exists(folder); folder = Path.GetDirectoryName(folder))
        {
            added.Add(folder);
        }
    }

    private static void Remove(List<string> added)
    {
        // Longer paths first, so that a folder is empty by the time it comes up.
        foreach (string path in added.OrderByDescending(path => path.Length))
        {
            if (!Directory.Exists(path))
            {
                AtomicFile.TryDelete(path);
            }
            else if (!Directory.EnumerateFileSystemEntries(path).Any())
            {
                AtomicFolder.TryDelete(path);
            }
        }
    }
}
