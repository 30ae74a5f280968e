using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Documents;

namespace BaseImage.Engine.Auditing.Policies;

/// <summary>Reads the table <c>Limits</c> of a policy.</summary>
internal static partial class LimitReader
{
    private const string SizeHint = "Write Limits = @{ Size = '24 MiB' }, with kB, MB, GB, KiB, MiB or GiB.";
    private const string LabelHint = "Write RequiredLabels = 'org.opencontainers.image.source', or a table of labels and wildcards over their values.";
    private const string CapabilityHint = "Write AllowedCapabilities = @{ '/usr/bin/ping' = 'cap_net_raw' }.";

    /// <summary>The keys that there are.</summary>
    public static IReadOnlyList<string> Keys { get; } =
    [
        "Size", "Packages", "Layers", "WastedBytes", "WastedRatio", "Efficiency", "AllowedLicences", "DeniedLicences", "AllowedPackages", "DeniedPackages",
        "AllowedBases", "AllowedBuilders", "AllowedSources", "AllowedPorts", "AllowedSetId", "AllowedCapabilities", "Compilers", "RequiredLabels",
    ];

    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Licenses"] = "Write AllowedLicences or DeniedLicences.",
        ["AllowedLicenses"] = "Write AllowedLicences.",
        ["DeniedLicenses"] = "Write DeniedLicences.",
        ["Bases"] = "Write AllowedBases.",
        ["Builders"] = "Write AllowedBuilders.",
        ["Sources"] = "Write AllowedSources.",
        ["Ports"] = "Write AllowedPorts.",
        ["Labels"] = "Write RequiredLabels.",
    };

    /// <summary>Reads the table; mistakes go to the reader's problems.</summary>
    public static PolicyLimits Read(TableReader policy)
    {
        if (policy.Node("Limits") is not { } node)
        {
            return PolicyLimits.None;
        }

        TableReader table = TableReader.Open(node, "Limits", Keys, policy.Problems, Elsewhere);
        return new PolicyLimits
        {
            Size = Size(table, "Size", SizeHint),
            Packages = (int?)table.Integer("Packages", 0, 1_000_000),
            Layers = (int?)table.Integer("Layers", 1, 1_000),
            WastedBytes = Size(table, "WastedBytes", SizeHint.Replace("Size", "WastedBytes", StringComparison.Ordinal)),
            WastedRatio = Ratio(table, "WastedRatio"),
            Efficiency = Ratio(table, "Efficiency"),
            AllowedLicences = Texts(table, "AllowedLicences"),
            DeniedLicences = Texts(table, "DeniedLicences"),
            AllowedPackages = Texts(table, "AllowedPackages"),
            DeniedPackages = Texts(table, "DeniedPackages"),
            AllowedBases = Texts(table, "AllowedBases"),
            AllowedBuilders = Texts(table, "AllowedBuilders"),
            AllowedSources = Texts(table, "AllowedSources"),
            AllowedPorts = Ports(table, "AllowedPorts"),
            AllowedSetId = Paths(table),
            AllowedCapabilities = Named(table, "AllowedCapabilities", CapabilityHint, path => IsPath(path) ? null : $"'{SafeText.Of(path)}' is not a path in an image."),
            Compilers = Compilers(table),
            RequiredLabels = Named(table, "RequiredLabels", LabelHint, label => label.Length > 0 ? null : "A label's name is empty."),
        };
    }

    /// <summary>True for what can match a path in an image.</summary>
    internal static bool IsPath(string glob) => glob.StartsWith('/') || glob.StartsWith('*');

    /// <summary>A size as a text with a unit, or bytes as a number.</summary>
    internal static long? Size(TableReader table, string key, string hint)
    {
        if (table.Node(key) is not { } size)
        {
            return null;
        }

        if (size is DataScalar { Value: string or long, Text: { } text } scalar && SizeText.TryParse(scalar.Value as string ?? text, out long bytes))
        {
            return bytes;
        }

        table.Fail(key, $"'{SafeText.Of((size as DataScalar)?.Text ?? TableReader.Kind(size))}' is no size.", hint);
        return null;
    }

    private static double? Ratio(TableReader table, string key)
    {
        switch (table.Node(key))
        {
            case null:
                return null;
            case DataScalar { Value: long or double } scalar when Convert.ToDouble(scalar.Value, CultureInfo.InvariantCulture) is >= 0 and <= 1 and var ratio:
                return ratio;
            case { } node:
                table.Fail(key, $"{key} is {TableReader.Kind(node)}, which is no part of one.", "Write a number from 0 to 1, for instance 0.9.");
                return null;
        }
    }

    private static IReadOnlyList<string>? Texts(TableReader table, string key)
    {
        if (!table.Has(key))
        {
            return null;
        }

        IReadOnlyList<DataScalar> texts = table.Texts(key);
        foreach (DataScalar empty in texts.Where(text => string.IsNullOrWhiteSpace((string)text.Value!)))
        {
            table.Problems.Add(empty.Position, $"{key} names nothing.", "Write a name or a wildcard, or leave it out.");
        }

        return [.. texts.Select(text => (string)text.Value!)];
    }

    private static IReadOnlyList<string>? Paths(TableReader table)
    {
        IReadOnlyList<string>? paths = Texts(table, "AllowedSetId");
        foreach (string path in (paths ?? []).Where(path => !IsPath(path)))
        {
            table.Fail("AllowedSetId", $"'{SafeText.Of(path)}' is not a path in an image.", $"Start it with '/', as '/{SafeText.Of(path)}'.");
        }

        return paths;
    }

    /// <summary>Ports as <c>8080/tcp</c>: one or an array, numbers for TCP.</summary>
    internal static List<string>? Ports(TableReader table, string key)
    {
        if (table.Node(key) is not { } node)
        {
            return null;
        }

        List<string> ports = [];
        foreach (DataNode item in node is DataList list ? list.Items : [node])
        {
            string text = item is DataScalar { Value: string or long } scalar ? Convert.ToString(scalar.Value, CultureInfo.InvariantCulture)! : "";
            string[] parts = text.Split('/');
            string protocol = parts.Length == 2 ? parts[1].ToLowerInvariant() : "tcp";
            if (parts.Length <= 2 && ushort.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out ushort port) && port > 0 && protocol is "tcp" or "udp" or "sctp")
            {
                ports.Add(string.Create(CultureInfo.InvariantCulture, $"{port}/{protocol}"));
            }
            else if (item is not DataRefused)
            {
                table.Problems.Add(item.Position, $"{key} has {TableReader.Kind(item)}, which is no port.", "Write '8080/tcp', or the number alone for TCP.");
            }
        }

        return ports;
    }

    private static IReadOnlyDictionary<string, string>? Compilers(TableReader table)
    {
        const string Hint = "Write Compilers = @{ GCC = '12.2' }.";
        if (!table.Has("Compilers"))
        {
            return null;
        }

        IReadOnlyDictionary<string, string> versions = table.Map("Compilers", Hint);
        foreach ((string name, string version) in versions.Where(pair => !CompilerVersion().IsMatch(pair.Value)))
        {
            table.Fail("Compilers", $"'{SafeText.Of(version)}' is no version of {SafeText.Of(name)}.", Hint);
        }

        return versions;
    }

    // A list of names stands for a table in which each may be anything.
    private static IReadOnlyDictionary<string, string>? Named(TableReader table, string key, string hint, Func<string, string?> mistake)
    {
        IReadOnlyDictionary<string, string>? named = table.Node(key) switch
        {
            null => null,
            DataTable => table.Map(key, hint),
            _ => table.Texts(key).Select(text => (string)text.Value!).Distinct(StringComparer.Ordinal).ToDictionary(text => text, _ => "*", StringComparer.Ordinal),
        };
        foreach (string problem in (named?.Keys ?? []).Select(mistake).OfType<string>())
        {
            table.Fail(key, problem, hint);
        }

        return named;
    }

    [GeneratedRegex(@"^[0-9]{1,9}(\.[0-9]{1,9}){0,3}\z", RegexOptions.CultureInvariant)]
    private static partial Regex CompilerVersion();
}
