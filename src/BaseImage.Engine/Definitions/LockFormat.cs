using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Definitions;

/// <summary>
/// A lock as JSON. <c>integrity</c> is the SHA-256 of everything else in canonical form, so that white space and line
/// ends do not count and any other damage is found. It is not a signature: who can change the lock can change it too.
/// </summary>
internal static class LockFormat
{
    /// <summary>The key of the format's version.</summary>
    public const string SchemaVersion = "schemaVersion";

    /// <summary>The key of the digest over everything else.</summary>
    public const string Integrity = "integrity";

    /// <summary>Every key of a lock.</summary>
    public static readonly string[] Keys = [SchemaVersion, Integrity, "name", "definition", "snapshotTime", "epoch", "asOf", "compressor", "indexes", "platforms", "without"];

    /// <summary>The file's bytes: canonical JSON, one package a block.</summary>
    public static byte[] Write(ImageLock imageLock)
    {
        JObject json = ToJson(imageLock);
        json[Integrity] = IntegrityOf(json).ToString();
        return CanonicalJson.Write(json);
    }

    /// <summary>The digest of all but the integrity itself.</summary>
    public static Digest IntegrityOf(JObject json)
    {
        JObject content = new(json.Properties().Where(p => p.Name != Integrity));
        return Digest.Of(CanonicalJson.WriteCompact(content));
    }

    private static JObject ToJson(ImageLock imageLock)
    {
        JObject json = new()
        {
            [SchemaVersion] = imageLock.SchemaVersion,
            ["name"] = imageLock.Name,
            ["definition"] = imageLock.DefinitionDigest.ToString(),
            ["snapshotTime"] = LockRules.Format(imageLock.SnapshotTime),
            ["epoch"] = LockRules.Format(imageLock.Epoch),
            ["compressor"] = imageLock.Compressor,
            ["indexes"] = new JArray(imageLock.Indexes.Select(Index)),
            ["platforms"] = new JArray(imageLock.Platforms.Select(PlatformOf)),
        };
        if (imageLock.AsOf is { } asOf)
        {
            json["asOf"] = LockRules.Format(asOf);
        }

        if (imageLock.Without.Count > 0)
        {
            json["without"] = new JObject(imageLock.Without.Select(w => new JProperty(w.Key, w.Value)));
        }

        return json;
    }

    private static JObject PlatformOf(LockedPlatform locked)
    {
        JObject json = new() { ["platform"] = locked.Platform.ToString(), ["packages"] = new JArray(locked.Packages.Select(Package)) };
        if (!locked.BaseManifest.IsEmpty)
        {
            json["baseManifest"] = locked.BaseManifest.ToString();
        }

        return json;
    }

    private static JObject Index(LockedIndex index)
    {
        JObject json = new()
        {
            ["archive"] = index.Archive,
            ["suite"] = index.Suite,
            ["path"] = index.Path,
            ["sha256"] = index.Sha256.ToString(),
            ["date"] = LockRules.Format(index.Date),
            ["packageIndexes"] = new JArray(index.PackageIndexes.Select(p => new JObject { ["path"] = p.Path, ["size"] = p.Size, ["sha256"] = p.Sha256.ToString() })),
        };
        if (index.ValidUntil is { } until)
        {
            json["validUntil"] = LockRules.Format(until);
        }

        if (index.Signer.Length > 0)
        {
            json["signer"] = index.Signer;
        }

        return json;
    }

    private static JObject Package(LockedPackage package)
    {
        JObject json = new()
        {
            ["name"] = package.Name,
            ["version"] = package.Version.ToString(),
            ["architecture"] = package.Architecture,
            ["archive"] = package.Archive,
            ["path"] = package.Path,
            ["size"] = package.Size,
            ["sha256"] = package.Sha256.ToString(),
            ["source"] = package.Source,
            ["sourceVersion"] = package.SourceVersion.ToString(),
        };
        if (package.Requested)
        {
            json["requested"] = true;
        }

        if (package.Reason.Length > 0)
        {
            json["reason"] = package.Reason;
        }

        if (package.NeededBy.Count > 0)
        {
            json["neededBy"] = new JArray(package.NeededBy);
        }

        return json;
    }
}
