using System.Text;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>A <c>--mount</c> of RUN.</summary>
/// <param name="Type">bind, cache, tmpfs, secret or ssh.</param>
/// <param name="Fields">Every field, names in small letters; fields without <c>=</c> have an empty value.</param>
/// <param name="Mistake">What a builder refuses in it; null for nothing.</param>
internal sealed record RunMount(string Type, IReadOnlyDictionary<string, string> Fields, string? Mistake)
{
    private static readonly HashSet<string> Types = new(["bind", "cache", "tmpfs", "secret", "ssh"], StringComparer.Ordinal);
    private static readonly HashSet<string> Keys = new(["type", "from", "source", "src", "target", "dst", "destination", "readonly", "ro", "readwrite", "rw", "required", "size", "id", "sharing", "mode", "uid", "gid", "env"], StringComparer.Ordinal);

    /// <summary>Where it is mounted; empty for the type's default.</summary>
    public string Target => Fields.GetValueOrDefault("target") ?? Fields.GetValueOrDefault("dst") ?? Fields.GetValueOrDefault("destination") ?? "";

    /// <summary>The stage or image that it comes from; null for the build context.</summary>
    public string? From => Fields.GetValueOrDefault("from");

    /// <summary>Reads a flag's value.</summary>
    public static RunMount Parse(string value)
    {
        Dictionary<string, string> fields = new(StringComparer.Ordinal);
        string? mistake = null;
        foreach (string field in Csv(value))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            string key = (equals < 0 ? field : field[..equals]).ToLowerInvariant();
            fields[key] = equals < 0 ? "" : field[(equals + 1)..];
            if (!Keys.Contains(key))
            {
                mistake ??= $"--mount has no field '{(key.Length > 40 ? key[..40] + "…" : key)}'.";
            }
            else if (equals < 0 && key is not ("readonly" or "ro" or "readwrite" or "rw" or "required"))
            {
                mistake ??= $"The field '{key}' of --mount has no value.";
            }
        }

        string type = fields.GetValueOrDefault("type", "bind").ToLowerInvariant();
        if (!Types.Contains(type) && !type.Contains('$', StringComparison.Ordinal))
        {
            mistake ??= $"--mount has no type '{(type.Length > 40 ? type[..40] + "…" : type)}'.";
        }

        if (type == "secret" && !fields.ContainsKey("id") && !fields.ContainsKey("source") && !fields.ContainsKey("src") && !fields.ContainsKey("target") && !fields.ContainsKey("dst") && !fields.ContainsKey("destination"))
        {
            mistake ??= "A secret mount names neither its id nor its target.";
        }

        if (fields.GetValueOrDefault("from") is { } from && from.IndexOf('$', StringComparison.Ordinal) is >= 0 and int dollar && dollar != from.Length - 1)
        {
            mistake ??= "The field 'from' of --mount takes no variables.";
        }

        return new RunMount(type, fields, mistake);
    }

    // Comma-separated values of RFC 4180: a field in double quotes may hold commas.
    private static List<string> Csv(string text)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '"' && quoted && i + 1 < text.Length && text[i + 1] == '"')
            {
                field.Append(c);
                i++;
            }
            else if (c == '"' && (quoted || field.Length == 0))
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        fields.Add(field.ToString());
        return fields;
    }
}
