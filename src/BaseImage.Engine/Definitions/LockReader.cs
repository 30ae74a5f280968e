using BaseImage.Documents;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Definitions;

/// <summary>
/// Reads locks strictly: what is not exactly as it was written (but for white space and line ends) is an error with its
/// place. See docs/decisions/0007-locks.md for the format.
/// </summary>
internal sealed class LockReader : IReadLock
{
    private static readonly JsonLimits Limits = new() { MaxBytes = 32 << 20, MaxDepth = 16, MaxValues = 1_000_000 };

    /// <inheritdoc/>
    public async Task<ImageLock> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new PathNotFoundException(path, "Make the lock with Update-BaseImageLock.");
        }

        if (new FileInfo(path).Length > Limits.MaxBytes)
        {
            throw new LockInvalidException(path, 1, 1, "the file is larger than any lock.");
        }

        byte[] content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Read(content, path), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Reads bytes that are already at hand.</summary>
    public static ImageLock Read(ReadOnlyMemory<byte> content, string path)
    {
        DataDocument document = JsonDataFile.Read(content, path, Limits);
        if (document.Root is not { } root || document.Problems.Count > 0)
        {
            DataProblem problem = document.Problems[0];
            throw new LockInvalidException(path, problem.Position.Line, problem.Position.Column, problem.Problem);
        }

        long version = new LockTable(root, null).Required(LockFormat.SchemaVersion) is DataScalar { Value: long number } ? number : 0;
        if (version != 1)
        {
            throw new LockVersionUnknownException(path, version);
        }

        LockTable table = new(root, LockFormat.Keys);
        Digest stated = table.Digest(LockFormat.Integrity);
        JObject json = StrictJson.ParseObject(content, path, Limits);
        if (LockFormat.IntegrityOf(json) != stated)
        {
            throw LockTable.Invalid(table.At(LockFormat.Integrity), "the lock's content does not match its integrity digest: it was damaged, edited or merged");
        }

        return new ImageLock
        {
            Path = path,
            Name = table.Text("name"),
            DefinitionDigest = table.Digest("definition"),
            SnapshotTime = table.Time("snapshotTime"),
            Epoch = table.Time("epoch"),
            AsOf = table.Has("asOf") ? table.Time("asOf") : null,
            Compressor = table.Text("compressor"),
            Indexes = [.. table.List("indexes").Select(Index)],
            Platforms = Unique(table.List("platforms").Select(node => (node, PlatformOf(node))), p => p.Platform.ToString(), "platform"),
            Without = Without(table),
        };
    }

    private static LockedIndex Index(DataNode node)
    {
        LockTable table = new(node, "archive", "suite", "path", "sha256", "date", "validUntil", "signer", "packageIndexes");
        return new LockedIndex
        {
            Archive = table.Text("archive", LockRules.IsPlainName, "an archive id"),
            Suite = table.Text("suite", LockRules.IsPath, "a suite"),
            Path = table.Text("path", LockRules.IsPath, "a path inside an archive"),
            Sha256 = table.Digest("sha256"),
            Date = table.Time("date"),
            ValidUntil = table.Has("validUntil") ? table.Time("validUntil") : null,
            Signer = table.Has("signer") ? table.Text("signer", LockRules.IsFingerprint, "a key's fingerprint") : "",
            PackageIndexes = [.. table.List("packageIndexes").Select(PackageIndex)],
        };
    }

    private static LockedPackageIndex PackageIndex(DataNode node)
    {
        LockTable table = new(node, "path", "size", "sha256");
        return new LockedPackageIndex(table.Text("path", LockRules.IsPath, "a path inside a suite"), table.Number("size"), table.Digest("sha256"));
    }

    private static LockedPlatform PlatformOf(DataNode node)
    {
        LockTable table = new(node, "platform", "packages", "baseManifest");
        Platform platform = Platform.Parse(table.Text("platform", t => Platform.TryParse(t, out _), "a platform"));
        return new LockedPlatform(platform, Unique(table.List("packages").Select(n => (n, Package(n))), p => p.Name, "package"))
        {
            BaseManifest = table.Has("baseManifest") ? table.Digest("baseManifest") : default,
        };
    }

    private static LockedPackage Package(DataNode node)
    {
        LockTable table = new(node, "name", "version", "architecture", "archive", "path", "size", "sha256", "source", "sourceVersion", "requested", "reason", "neededBy");
        return new LockedPackage
        {
            Name = table.Text("name", LockRules.IsPackageName, "a package name"),
            Version = table.Version("version"),
            Architecture = table.Text("architecture", LockRules.IsPlainName, "an architecture"),
            Archive = table.Text("archive", LockRules.IsPlainName, "an archive id"),
            Path = table.Text("path", LockRules.IsPath, "a path inside an archive"),
            Size = table.Number("size"),
            Sha256 = table.Digest("sha256"),
            Source = table.Text("source", LockRules.IsPackageName, "a source package's name"),
            SourceVersion = table.Version("sourceVersion"),
            Requested = table.Flag("requested"),
            Reason = table.Has("reason") ? table.Text("reason") : "",
            NeededBy = [.. table.List("neededBy").Select(n => n is DataScalar { Value: string text } && LockRules.IsPackageName(text) ? text : throw LockTable.Invalid(n.Position, "this is not a package name"))],
        };
    }

    private static SortedDictionary<string, string> Without(LockTable lockTable)
    {
        SortedDictionary<string, string> without = new(StringComparer.Ordinal);
        if (lockTable.Has("without"))
        {
            LockTable table = new(lockTable.Required("without"), null);
            foreach (string name in table.Keys)
            {
                without.Add(LockRules.IsPackageName(name) ? name : throw LockTable.Invalid(table.At(name), $"'{name}' is not a package name"), table.Text(name));
            }
        }

        return without;
    }

    private static List<T> Unique<T>(IEnumerable<(DataNode Node, T Item)> items, Func<T, string> key, string what)
    {
        List<T> list = [];
        foreach ((DataNode node, T item) in items)
        {
            if (list.Count > 0 && string.CompareOrdinal(key(list[^1]), key(item)) >= 0)
            {
                throw LockTable.Invalid(node.Position, $"the {what} '{key(item)}' stands twice or out of order");
            }

            list.Add(item);
        }

        return list;
    }
}
