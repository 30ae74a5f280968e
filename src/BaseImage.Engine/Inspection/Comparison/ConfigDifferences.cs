using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>
/// Compares configs by what their documents say, known to this module or not: how a container starts (Config), what it
/// runs on (Platform) and the rest (Metadata). Source: OCI Image Specification 1.1, config.md; Docker Image Specification 1.2.
/// </summary>
internal static class ConfigDifferences
{
    // What an engine takes from an image's config when it makes a container.
    private static readonly HashSet<string> Effective = new(
        ["User", "Env", "Entrypoint", "Cmd", "WorkingDir", "StopSignal", "StopTimeout", "ExposedPorts", "Volumes", "Healthcheck", "Shell", "OnBuild", "Labels", "ArgsEscaped"], StringComparer.Ordinal);

    // Told elsewhere: layers, history and platform.
    private static readonly HashSet<string> Elsewhere = new(["config", "rootfs", "history", "os", "architecture", "variant"], StringComparer.Ordinal);

    /// <summary>Adds what differs.</summary>
    internal static void Find(ComparedSide left, ComparedSide right, DifferenceList list)
    {
        if (left.Manifest.Platform != right.Manifest.Platform)
        {
            list.Add(new ImageDifference
            {
                Kind = ImageDifferenceKind.Platform,
                Path = "platform",
                ReferenceValue = left.Manifest.Platform.ToString(),
                DifferenceValue = right.Manifest.Platform.ToString(),
                Message = "The images are of two platforms.",
            });
        }

        if (left.Manifest.ConfigDescriptor.Digest == right.Manifest.ConfigDescriptor.Digest || left.Manifest.ConfigBytes.IsEmpty || right.Manifest.ConfigBytes.IsEmpty)
        {
            return;
        }

        JObject a = Read(left), b = Read(right);
        foreach (string key in Keys(a, b).Where(key => !Elsewhere.Contains(key)))
        {
            Compare(key, a[key], b[key], isEffective: false, list);
        }

        JObject first = a["config"] as JObject ?? [], second = b["config"] as JObject ?? [];
        foreach (string key in Keys(first, second))
        {
            switch (key)
            {
                case "Env":
                    Environment(first[key] as JArray ?? [], second[key] as JArray ?? [], list);
                    break;
                case "Labels" or "ExposedPorts" or "Volumes":
                    Entries(key, first[key] as JObject ?? [], second[key] as JObject ?? [], list);
                    break;
                default:
                    Compare(key, first[key], second[key], Effective.Contains(key), list);
                    break;
            }
        }
    }

    private static void Compare(string key, JToken? left, JToken? right, bool isEffective, DifferenceList list)
    {
        if (JToken.DeepEquals(left, right))
        {
            return;
        }

        (string a, string b) = (Text(left, list), Text(right, list));
        bool unset = IsUnset(left) && IsUnset(right);
        bool isTime = key == "created";
        ImageDifference found = unset ? Metadata(key, a, b, "What is not set is written in two ways.")
            : isEffective ? Config(key, a, b)
            : Metadata(key, a, b, isTime ? "The images say that they were made at two times." : $"The documents have other values of '{list.Safe(key)}', which no container sees.");
        list.Add(found with { Path = list.Safe(found.Path), Cause = isTime ? DifferenceCause.Timestamp : found.Cause });
    }

    private static void Environment(JArray left, JArray right, DifferenceList list)
    {
        if (JToken.DeepEquals(left, right))
        {
            return;
        }

        Dictionary<string, string> a = Variables(left), b = Variables(right);
        bool any = false;
        foreach (string name in a.Keys.Union(b.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            (string? before, string? after) = (a.GetValueOrDefault(name), b.GetValueOrDefault(name));
            if (before == after)
            {
                continue;
            }

            any = true;
            list.Add(Config("Env: " + list.Safe(name), Masked(name, before, list), Masked(name, after, list)) with
            {
                Change = ChangeOf(before, after),
                Cause = name == "TZ" ? DifferenceCause.TimeZone : name is "LANG" or "LANGUAGE" || name.StartsWith("LC_", StringComparison.Ordinal) ? DifferenceCause.Locale
                    : name is "HOSTNAME" ? DifferenceCause.HostName : name is "SOURCE_DATE_EPOCH" ? DifferenceCause.Timestamp : DifferenceCause.Unknown,
            });
        }

        if (!any)
        {
            list.Add(Metadata("Env", "", "", "The same variables in another order.") with { Cause = DifferenceCause.Order });
        }
    }

    // The mask judges by the name, and hides a secret's value whole; that it differs is told all the same.
    private static string Masked(string name, string? value, DifferenceList list)
        => value is null ? "" : list.Safe($"{name}={value}") is var text && text.IndexOf('=', StringComparison.Ordinal) is var at and >= 0 ? text[(at + 1)..] : text;

    private static Dictionary<string, string> Variables(JArray values)
    {
        Dictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (string text in values.OfType<JValue>().Select(value => value.Value).OfType<string>())
        {
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            variables[equals < 0 ? text : text[..equals]] = equals < 0 ? "" : text[(equals + 1)..];
        }

        return variables;
    }

    private static void Entries(string key, JObject left, JObject right, DifferenceList list)
    {
        foreach (string name in Keys(left, right).Where(name => !JToken.DeepEquals(left[name], right[name])))
        {
            (string? before, string? after) = (Entry(key, name, left, list), Entry(key, name, right, list));
            ImageDifference found = Config($"{key}: {list.Safe(name)}", before ?? "", after ?? "") with { Change = ChangeOf(before, after) };
            bool describes = key == "Labels" && (name.StartsWith("org.opencontainers.image.", StringComparison.Ordinal) || name.StartsWith("org.label-schema.", StringComparison.Ordinal));
            bool isTime = describes && (name.EndsWith(".created", StringComparison.Ordinal) || name.EndsWith(".build-date", StringComparison.Ordinal));
            list.Add(describes ? found with { IsSignificant = false, Cause = isTime ? DifferenceCause.Timestamp : found.Cause, Message = "A label that only describes the image differs." } : found);
        }
    }

    private static string? Entry(string key, string name, JObject values, DifferenceList list)
        => values[name] is not { } value ? null : key == "Labels" && value is JValue { Value: string text } ? Masked(name, text, list) : list.Safe(name);

    private static ImageDifference Config(string path, string before, string after) => new()
    {
        Kind = ImageDifferenceKind.Config,
        Path = path,
        ReferenceValue = before,
        DifferenceValue = after,
        Message = before.Length == 0 && after.Length > 0 ? $"'{after}' is set." : after.Length == 0 && before.Length > 0 ? $"'{before}' is no longer set." : $"'{before}' became '{after}'.",
    };

    private static ImageDifference Metadata(string path, string before, string after, string message) => new()
    {
        Kind = ImageDifferenceKind.Metadata,
        Path = path,
        ReferenceValue = before,
        DifferenceValue = after,
        IsSignificant = false,
        Message = message,
    };

    private static ImageDifferenceChange ChangeOf(string? before, string? after)
        => before is null ? ImageDifferenceChange.Added : after is null ? ImageDifferenceChange.Removed : ImageDifferenceChange.Changed;

    private static string Text(JToken? value, DifferenceList list) => value switch
    {
        null or { Type: JTokenType.Null } => "",
        JValue { Value: string text } => list.Safe(text),
        JArray array => list.Safe(string.Join(' ', array.Select(item => item is JValue { Value: string word } ? word : Compact(item)))),
        var other => list.Safe(Compact(other)),
    };

    private static string Compact(JToken value) => value is JContainer ? System.Text.Encoding.UTF8.GetString(CanonicalJson.WriteCompact(value)) : value.ToString();

    private static bool IsUnset(JToken? value) => value switch
    {
        null or { Type: JTokenType.Null } => true,
        JContainer container => container.Count == 0,
        JValue { Value: string { Length: 0 } or false } => true,
        _ => false,
    };

    private static IEnumerable<string> Keys(JObject left, JObject right)
        => left.Properties().Concat(right.Properties()).Select(property => property.Name).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static JObject Read(ComparedSide side) => StrictJson.ParseObject(side.Manifest.ConfigBytes, $"{side.Reference} config", OciLimits.Json);
}
