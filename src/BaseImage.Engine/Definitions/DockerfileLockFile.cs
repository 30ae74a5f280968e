using BaseImage.Documents;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Definitions;

/// <summary>
/// <c>Dockerfile.lock.json</c>: canonical JSON with the digest of everything else in it as <c>integrity</c>, as the locks of
/// definitions have it. See docs/decisions/0022-dockerfile-builds.md.
/// </summary>
internal static class DockerfileLockFile
{
    private const string Mend = "Restore the lock from version control, or make it afresh with Build-BaseImage -UpdateLock; a lock is not edited or merged by hand.";
    private static readonly JsonLimits Limits = new() { MaxBytes = 4 << 20, MaxDepth = 8, MaxValues = 100_000 };

    /// <summary>Reads a lock; an empty one where there is no file.</summary>
    /// <exception cref="LockInvalidException">It is damaged, was edited, or is something else.</exception>
    /// <exception cref="LockVersionUnknownException">It was written by a newer version.</exception>
    public static async Task<DockerfileLock> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            return DockerfileLock.Empty with { Path = path };
        }

        if (new FileInfo(path).Length > Limits.MaxBytes)
        {
            throw new LockInvalidException(path, 1, 1, "the file is larger than any lock.", recommendedAction: Mend);
        }

        return Read(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path);
    }

    /// <summary>Reads bytes that are already at hand.</summary>
    public static DockerfileLock Read(ReadOnlyMemory<byte> content, string path)
    {
        try
        {
            return Parse(content, path);
        }
        catch (LockInvalidException e)
        {
            throw new LockInvalidException(path, e.Line, e.Column, e.Message[(e.Message.IndexOf(": ", StringComparison.Ordinal) + 2)..], e, Mend);
        }
    }

    /// <summary>Writes a lock, all or nothing; the same lock gives the same bytes.</summary>
    public static Task WriteAsync(DockerfileLock value, string path, CancellationToken cancellationToken) => AtomicFile.WriteAsync(path, Write(value), cancellationToken);

    /// <summary>The file's bytes.</summary>
    public static byte[] Write(DockerfileLock value)
    {
        JObject json = new()
        {
            [LockFormat.SchemaVersion] = DockerfileLock.CurrentVersion,
            ["images"] = new JArray(value.Images.OrderBy(image => image.Name, StringComparer.Ordinal).ThenBy(image => image.Platform).Select(Image)),
            ["downloads"] = new JArray(value.Downloads.OrderBy(download => download.Url, StringComparer.Ordinal).Select(download => new JObject
            {
                ["url"] = download.Url,
                ["sha256"] = download.Sha256.ToString(),
                ["size"] = download.Size,
            })),
        };
        json[LockFormat.Integrity] = LockFormat.IntegrityOf(json).ToString();
        return CanonicalJson.Write(json);
    }

    private static JObject Image(LockedBase image)
    {
        JObject json = new() { ["name"] = image.Name, ["platform"] = image.Platform.ToString(), ["imageId"] = image.ImageId.ToString() };
        if (!image.Digest.IsEmpty)
        {
            json["digest"] = image.Digest.ToString();
        }

        return json;
    }

    private static DockerfileLock Parse(ReadOnlyMemory<byte> content, string path)
    {
        DataDocument document = JsonDataFile.Read(content, path, Limits);
        if (document.Root is not { } root || document.Problems.Count > 0)
        {
            DataProblem problem = document.Problems[0];
            throw new LockInvalidException(path, problem.Position.Line, problem.Position.Column, problem.Problem);
        }

        long version = new LockTable(root, null).Required(LockFormat.SchemaVersion) is DataScalar { Value: long number } ? number : 0;
        if (version != DockerfileLock.CurrentVersion)
        {
            throw new LockVersionUnknownException(path, version);
        }

        LockTable table = new(root, LockFormat.SchemaVersion, LockFormat.Integrity, "images", "downloads");
        Digest stated = table.Digest(LockFormat.Integrity);
        if (LockFormat.IntegrityOf(StrictJson.ParseObject(content, path, Limits)) != stated)
        {
            throw LockTable.Invalid(table.At(LockFormat.Integrity), "the lock's content does not match its integrity digest: it was damaged, edited or merged");
        }

        return new DockerfileLock
        {
            Path = path,
            Images = Unique(table.List("images").Select(node => (node, ImageOf(node))), image => $"{image.Name} {image.Platform}"),
            Downloads = Unique(table.List("downloads").Select(node => (node, DownloadOf(node))), download => download.Url),
        };
    }

    private static LockedBase ImageOf(DataNode node)
    {
        LockTable table = new(node, "name", "platform", "digest", "imageId");
        return new LockedBase(
            table.Text("name", IsName, "an image's name"),
            Platform.Parse(table.Text("platform", text => Platform.TryParse(text, out _), "a platform")),
            table.Has("digest") ? table.Digest("digest") : default,
            table.Digest("imageId"));
    }

    private static LockedDownload DownloadOf(DataNode node)
    {
        LockTable table = new(node, "url", "sha256", "size");
        return new LockedDownload(table.Text("url", IsUrl, "a URL of http or https"), table.Digest("sha256"), table.Number("size"));
    }

    private static bool IsName(string text) => text.Length is > 0 and <= 512 && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));

    private static bool IsUrl(string text) => text.Length <= 4096 && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "http" or "https" && !text.Any(char.IsControl);

    private static List<T> Unique<T>(IEnumerable<(DataNode Node, T Item)> items, Func<T, string> key)
    {
        List<T> list = [];
        HashSet<string> known = new(StringComparer.Ordinal);
        foreach ((DataNode node, T item) in items)
        {
            list.Add(known.Add(key(item)) ? item : throw LockTable.Invalid(node.Position, "this entry stands twice"));
        }

        return list;
    }
}
