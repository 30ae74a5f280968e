using System.Globalization;
using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Definitions;

/// <summary>
/// A definition as the canonical JSON that a lock names by digest. It is made of the parsed and merged model, so that
/// notation, comments, order, line ends, what is extended from where and where the checkout lies count for nothing.
/// What <c>Source</c> files hold is not part of it unless the definition pins it with <c>Sha256</c>: a lock is about
/// packages, and a build hashes the files it adds (docs/decisions/0004-definitions.md).
/// </summary>
internal static class DefinitionModel
{
    /// <summary>The digest of the model.</summary>
    public static Digest DigestOf(ImageDefinition definition) => Digest.Of(CanonicalJson.WriteCompact(ToJson(definition)));

    /// <summary>The model. Values that are not set, and lists and tables that are empty, are left out, so that later keys change no digest.</summary>
    public static JObject ToJson(ImageDefinition definition)
    {
        string folder = Path.GetDirectoryName(definition.Path) ?? "";
        JObject model = new()
        {
            ["SchemaVersion"] = definition.SchemaVersion,
            ["Name"] = definition.Name,
            ["From"] = new JObject
            {
                ["Distribution"] = definition.From.Distribution,
                ["Suite"] = definition.From.Suite,
                ["Updates"] = definition.From.Updates,
                ["Security"] = definition.From.Security,
            },
            ["Platforms"] = Texts(definition.Platforms.Select(platform => platform.ToString()).Order(StringComparer.Ordinal)),
            ["Layering"] = definition.Layering.ToString(),
        };
        if (definition.BaseImage is { } image)
        {
            // Where it lies is not part of it: an image moves to a mirror or across an air gap and stays what it is.
            model["From"]!["Image"] = image.Digest.ToString();
        }

        Add(model, "Description", definition.Description);
        Add(model, "Workloads", definition.Workloads);
        Add(model, "Packages", Table(definition.Packages, package => package.Name, Package));
        Add(model, "Without", Map(definition.Without));
        Add(model, "Prefer", Map(definition.Prefer));
        Add(model, "Archives", Table(definition.Archives, archive => archive.Id, archive => Archive(archive, folder)));
        Add(model, "Remove", Texts(definition.Remove.Order(StringComparer.Ordinal)));
        Add(model, "Files", Table(definition.Files, file => file.Path, file => AddedFile(file, folder)));
        Add(model, "Accounts", Table(definition.Accounts, account => account.Name, Account));
        Add(model, "Alternatives", Map(definition.Alternatives));
        Add(model, "Config", Config(definition.Config));
        Add(model, "Policy", Relative(definition.Policy, folder));
        return model;
    }

    private static JObject Package(PackageRequest package)
    {
        JObject model = new() { ["Reason"] = package.Reason };
        Add(model, "Version", package.Version);
        Add(model, "Platforms", Texts(package.Platforms.Select(platform => platform.ToString()).Order(StringComparer.Ordinal)));
        return model;
    }

    private static JObject Archive(ArchiveSource archive, string folder)
    {
        JObject model = new() { ["Suites"] = Texts(archive.Suites.Order(StringComparer.Ordinal)), ["Components"] = Texts(archive.Components.Order(StringComparer.Ordinal)) };
        Add(model, "Keyring", Path.IsPathRooted(archive.Keyring) ? Relative(archive.Keyring, folder) : archive.Keyring);
        Add(model, "Trusted", archive.ChecksumsOnly ? "checksums-only" : null);
        return model;
    }

    private static JObject AddedFile(AddedFile file, string folder)
    {
        JObject model = new() { ["Mode"] = Convert.ToString(file.Mode, 8).PadLeft(4, '0'), ["Uid"] = file.Uid, ["Gid"] = file.Gid };
        Add(model, "Source", Relative(file.SourcePath, folder));
        Add(model, "Sha256", file.Sha256?.Hex);
        if (file.Content is not null)
        {
            model["Content"] = file.Content;
        }

        return model;
    }

    private static JObject Account(AccountRequest account)
        => new() { ["Uid"] = account.Uid, ["Gid"] = account.Gid, ["Home"] = account.Home, ["Shell"] = account.Shell };

    private static JObject Config(ImageConfig config)
    {
        JObject model = [];
        Add(model, "User", config.User);
        Add(model, "Env", Texts(config.Env.Order(StringComparer.Ordinal)));
        Set(model, "Entrypoint", config.Entrypoint);
        Set(model, "Cmd", config.Cmd);
        Add(model, "WorkingDir", config.WorkingDir);
        Add(model, "Labels", Map(config.Labels));
        Add(model, "StopSignal", config.StopSignal);
        Add(model, "ExposedPorts", Texts(config.ExposedPorts.Order(StringComparer.Ordinal)));
        Add(model, "Volumes", Texts(config.Volumes.Order(StringComparer.Ordinal)));
        if (config.Healthcheck is { } check)
        {
            JObject health = new() { ["Test"] = Texts(check.Test) };
            Add(health, "Interval", Milliseconds(check.Interval));
            Add(health, "Timeout", Milliseconds(check.Timeout));
            Add(health, "StartPeriod", Milliseconds(check.StartPeriod));
            Add(health, "Retries", check.Retries?.ToString(CultureInfo.InvariantCulture));
            model["Healthcheck"] = health;
        }

        return model;
    }

    // An empty Entrypoint is not the same as none: OCI tells them apart.
    private static void Set(JObject model, string key, IReadOnlyList<string>? texts)
    {
        if (texts is not null)
        {
            model[key] = Texts(texts);
        }
    }

    private static void Add(JObject model, string key, string? text)
    {
        if (!string.IsNullOrEmpty(text))
        {
            model[key] = text;
        }
    }

    private static void Add(JObject model, string key, JContainer container)
    {
        if (container.Count > 0)
        {
            model[key] = container;
        }
    }

    private static JArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => new JValue(text))];

    private static JObject Map(IReadOnlyDictionary<string, string> map)
        => new(map.Select(pair => new JProperty(pair.Key, pair.Value)));

    private static JObject Table<T>(IEnumerable<T> items, Func<T, string> key, Func<T, JObject> value)
        => new(items.Select(item => new JProperty(key(item), value(item))));

    private static string? Milliseconds(TimeSpan? time) => time is null ? null : ((long)time.Value.TotalMilliseconds).ToString(CultureInfo.InvariantCulture) + "ms";

    private static string? Relative(string? path, string folder)
        => path is null ? null : Path.GetRelativePath(folder, path).Replace('\\', '/');
}
