using BaseImage.Engine.Definitions;
using BaseImage.Engine.Layers;
using BaseImage.Ports;

namespace BaseImage.Engine.Packages;

/// <summary>Makes a lock of closures and loaded suites.</summary>
internal static class LockAssembler
{
    /// <summary>A package as a lock records it.</summary>
    /// <exception cref="Errors.PackageRecordInvalidException">The record has something that no lock may hold.</exception>
    public static LockedPackage ToLocked(ResolvedPackage package)
    {
        PackageRecord record = package.Record;
        string path = record.Filename;
        if (!LockRules.IsPath(path) || !LockRules.IsPackageName(record.Name) || !LockRules.IsPackageName(record.Source))
        {
            throw record.Invalid("its name, Source or Filename is not one that Debian Policy allows");
        }

        return new LockedPackage
        {
            Name = record.Name,
            Version = record.Version,
            Architecture = record.Architecture,
            Archive = record.Origin.Archive,
            Path = path,
            Size = record.Size,
            Sha256 = record.Sha256,
            Source = record.Source,
            SourceVersion = record.SourceVersion,
            Requested = package.Request is not null,
            Reason = package.Request?.Reason ?? "",
            NeededBy = package.NeededBy,
        };
    }

    /// <summary>The lock.</summary>
    /// <param name="definition">The definition.</param>
    /// <param name="suites">Every suite that was loaded.</param>
    /// <param name="platforms">The platforms' packages.</param>
    /// <param name="leftOut">The names of Without that something would have needed.</param>
    /// <param name="access">Says at what time was judged.</param>
    /// <param name="now">The present time.</param>
    /// <param name="known">The image that is built on, a platform each.</param>
    public static ImageLock Assemble(
        ImageDefinition definition, IEnumerable<LoadedSuite> suites, IReadOnlyList<LockedPlatform> platforms, IReadOnlySet<string> leftOut, ArchiveAccess access, DateTimeOffset now, IReadOnlyList<KnownBase> known)
    {
        List<LockedIndex> indexes = [.. suites.Select(s => s.Index).OrderBy(i => i.Archive, StringComparer.Ordinal).ThenBy(i => i.Suite, StringComparer.Ordinal)];
        return new ImageLock
        {
            Path = definition.LockPath,
            Name = definition.Name,
            DefinitionDigest = definition.ModelDigest,
            SnapshotTime = Second(access.AsOf ?? now),
            // An image that is built on is older than what is put on it.
            Epoch = Second(indexes.Select(i => i.Date).Concat(known.Select(b => b.Created).OfType<DateTimeOffset>()).DefaultIfEmpty(DateTimeOffset.UnixEpoch).Max()),
            AsOf = access.AsOf is { } asOf ? Second(asOf) : null,
            Compressor = Codec.Gzip.Identity,
            Indexes = indexes,
            Platforms = [.. platforms.OrderBy(p => p.Platform.ToString(), StringComparer.Ordinal)],
            Without = new SortedDictionary<string, string>(definition.Without.Where(w => leftOut.Contains(w.Key)).ToDictionary(w => w.Key, w => w.Value, StringComparer.Ordinal), StringComparer.Ordinal),
        };
    }

    private static DateTimeOffset Second(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
