using System.Globalization;
using BaseImage.Documents;

namespace BaseImage.Definitions;

/// <summary>Reads a definition's <c>Config</c>.</summary>
internal static class ConfigReading
{
    /// <summary>The configuration; an empty one where the key is absent.</summary>
    public static ImageConfig Config(TableReader definition)
    {
        if (definition.Table("Config", "Config", DefinitionKeys.Config) is not { } table)
        {
            return new ImageConfig();
        }

        FileReading.CheckPath(table, "WorkingDir", table.Text("WorkingDir"), allowRoot: true);
        return new ImageConfig
        {
            User = User(table),
            Env = Env(table),
            Entrypoint = Arguments(table, "Entrypoint"),
            Cmd = Arguments(table, "Cmd"),
            WorkingDir = table.Text("WorkingDir") ?? "",
            Labels = Labels(table),
            StopSignal = StopSignal(table),
            ExposedPorts = ExposedPorts(table),
            Volumes = Volumes(table),
            Healthcheck = Healthcheck(table),
        };
    }

    private static string User(TableReader table)
    {
        string user = table.Text("User") ?? "";
        if (user.Length > 0 && !DefinitionText.IsUser(user))
        {
            table.Fail("User", $"'{TableReader.Shown(user)}' is not a user.", "Write user or user:group, best as numbers: '65532:65532'.");
        }

        return user;
    }

    private static IReadOnlyList<string> Env(TableReader table)
    {
        if (table.Node("Env") is DataTable map)
        {
            table.Fail("Env", "Env is a table.", map.Entries.Count > 0 ? $"Write texts: Env = '{TableReader.Shown(map.Entries[0].Key)}=…'." : "Write texts: Env = 'NAME=value'.");
            return [];
        }

        SortedDictionary<string, string> variables = new(StringComparer.Ordinal);
        foreach (DataScalar scalar in table.Texts("Env"))
        {
            string text = (string)scalar.Value!;
            int equals = text.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? text : text[..equals];
            if (equals < 0 || !DefinitionText.IsVariableName(name) || text.Contains('\0', StringComparison.Ordinal))
            {
                table.Problems.Add(scalar.Position, $"'{TableReader.Shown(text)}' is not an environment variable.", "Write 'NAME=value'.");
            }
            else if (!variables.TryAdd(name, text))
            {
                table.Problems.Add(scalar.Position, $"The variable '{name}' stands twice in Env.", "Keep one of them.");
            }
        }

        return [.. variables.Values];
    }

    private static IReadOnlyList<string>? Arguments(TableReader table, string key)
    {
        if (!table.Has(key))
        {
            return null;
        }

        IReadOnlyList<DataScalar> texts = table.Texts(key);
        foreach (DataScalar scalar in texts.Where(scalar => ((string)scalar.Value!).Contains('\0', StringComparison.Ordinal)))
        {
            table.Problems.Add(scalar.Position, "An argument has a null character.", "Take it out.");
        }

        // Nothing splits or expands these: a text that begins like a program and goes on like a command line is one mistake.
        if (texts is [{ Value: string only }] && only.StartsWith('/') && only.Contains(" -", StringComparison.Ordinal))
        {
            string items = string.Join(", ", only.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(part => $"'{TableReader.Shown(part)}'"));
            table.Problems.Add(texts[0].Position, $"{key} is a command line in one text; no shell splits it.", $"Write each argument by itself: {items}.");
        }

        return [.. texts.Select(scalar => (string)scalar.Value!)];
    }

    private static IReadOnlyDictionary<string, string> Labels(TableReader table)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        foreach (DataEntry entry in table.Entries("Labels", "Write Labels = @{ 'org.opencontainers.image.vendor' = 'Contoso' }."))
        {
            if (entry.Key.Length == 0 || entry.Key.Any(char.IsControl))
            {
                table.Problems.Add(entry.KeyPosition, "A label's name is empty or has a control character.", "Write a name such as 'org.opencontainers.image.vendor'.");
            }
            else if (TableReader.AsText(entry.Value, $"The label '{TableReader.Shown(entry.Key)}'", table.Problems) is { Value: string text })
            {
                labels[entry.Key] = text;
            }
        }

        return labels;
    }

    private static string? StopSignal(TableReader table)
    {
        string? signal = table.Node("StopSignal") is DataScalar { Value: long number } ? number.ToString(CultureInfo.InvariantCulture) : table.Text("StopSignal");
        if (signal is not null && !DefinitionText.IsSignal(signal))
        {
            string named = "SIG" + signal.ToUpperInvariant().Replace("SIG", "", StringComparison.Ordinal);
            table.Fail("StopSignal", $"'{TableReader.Shown(signal)}' is not a signal.", DefinitionText.IsSignal(named) ? $"Did you mean '{named}'?" : "Write a name such as 'SIGTERM'.");
        }

        return signal;
    }

    private static IReadOnlyList<string> ExposedPorts(TableReader table)
    {
        SortedSet<string> ports = new(StringComparer.Ordinal);
        IEnumerable<DataNode> items = table.Node("ExposedPorts") switch { null => [], DataList list => list.Items, { } one => [one] };
        foreach (DataNode item in items.Where(item => item is not DataRefused))
        {
            string text = item is DataScalar { Value: long or string } scalar ? scalar.Text : "";
            string[] parts = text.Split('/');
            bool good = int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port is >= 1 and <= 65535
                && (parts.Length == 1 || (parts.Length == 2 && parts[1] is "tcp" or "udp" or "sctp"));
            if (good)
            {
                ports.Add($"{port.ToString(CultureInfo.InvariantCulture)}/{(parts.Length == 1 ? "tcp" : parts[1])}");
            }
            else
            {
                table.Problems.Add(item.Position, $"A port is {TableReader.Kind(item)}.", "Write a port from 1 to 65535 and its protocol: '8080/tcp'.");
            }
        }

        return [.. ports];
    }

    private static IReadOnlyList<string> Volumes(TableReader table)
    {
        SortedSet<string> volumes = new(StringComparer.Ordinal);
        foreach (DataScalar scalar in table.Texts("Volumes"))
        {
            string path = (string)scalar.Value!;
            if (DefinitionText.PathMistake(path) is { } mistake)
            {
                table.Problems.Add(scalar.Position, mistake.Problem, mistake.Hint);
            }

            volumes.Add(path);
        }

        return [.. volumes];
    }

    private static ImageHealthcheck? Healthcheck(TableReader config)
    {
        if (config.Table("Healthcheck", "Healthcheck", DefinitionKeys.Healthcheck) is not { } table)
        {
            return null;
        }

        const string hint = "Write Test = 'CMD', '/usr/bin/check' or Test = 'NONE'.";
        table.Require("Test", hint);
        List<string> test = [.. table.Texts("Test").Select(scalar => (string)scalar.Value!)];
        bool good = test switch { ["NONE"] => true, ["CMD", _, ..] => true, ["CMD-SHELL", _] => true, _ => false };
        if (table.Has("Test") && !good)
        {
            table.Fail("Test", "A health check's test begins with 'CMD', 'CMD-SHELL' or 'NONE'.", hint);
        }

        return new ImageHealthcheck(test, Duration(table, "Interval"), Duration(table, "Timeout"), Duration(table, "StartPeriod"), (int?)table.Integer("Retries", 1, 1000));
    }

    private static TimeSpan? Duration(TableReader table, string key)
    {
        if (table.Text(key) is not { } text)
        {
            return null;
        }

        TimeSpan? duration = DefinitionText.Duration(text);
        if (duration is null || duration == TimeSpan.Zero)
        {
            table.Fail(key, $"{key} is '{TableReader.Shown(text)}', which is not a duration.", "Write a number and its unit: '500ms', '30s', '1m30s'.");
        }

        return duration;
    }
}
