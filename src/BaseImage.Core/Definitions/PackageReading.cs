using BaseImage.Documents;

namespace BaseImage.Definitions;

/// <summary>Reads what a definition says of platforms and packages.</summary>
internal static class PackageReading
{
    private const string ReasonHint = "Say why it is in the image: 'tzdata' = 'time zones'.";

    private static readonly Dictionary<string, string> Machines = new(StringComparer.OrdinalIgnoreCase)
    {
        ["x86_64"] = "amd64", ["x64"] = "amd64", ["aarch64"] = "arm64", ["i386"] = "386", ["x86"] = "386", ["armhf"] = "arm/v7", ["armel"] = "arm/v5", ["ppc64el"] = "ppc64le",
    };

    /// <summary>The platforms of the definition, sorted.</summary>
    public static IReadOnlyList<Platform> Platforms(TableReader table)
    {
        if (!table.Require("Platforms", "Write Platforms = 'linux/amd64', 'linux/arm64'."))
        {
            return [];
        }

        if (table.Node("Platforms") is DataList { Items.Count: 0 })
        {
            table.Fail("Platforms", "Platforms is empty.", "Write Platforms = 'linux/amd64', 'linux/arm64'.");
        }

        return Platforms(table.Texts("Platforms"), table.Problems);
    }

    /// <summary>The packages asked for, sorted by name.</summary>
    public static IReadOnlyList<PackageRequest> Packages(TableReader table, IReadOnlyList<Platform> platforms)
    {
        List<PackageRequest> packages = [];
        foreach (DataEntry entry in table.Entries("Packages", "Give each package its reason: Packages = @{ 'tzdata' = 'time zones' }."))
        {
            if (CheckName(entry, table.Problems))
            {
                packages.Add(Package(entry, platforms, table.Problems));
            }
        }

        return [.. packages.OrderBy(package => package.Name, StringComparer.Ordinal)];
    }

    /// <summary>What is left out, and why.</summary>
    public static IReadOnlyDictionary<string, string> Without(TableReader table, IReadOnlyList<PackageRequest> packages)
    {
        const string hint = "Say why it can be left out: Without = @{ 'debconf' = 'maintainer scripts are not run' }.";
        foreach (DataEntry entry in table.Entries("Without", hint).Where(entry => CheckName(entry, table.Problems)))
        {
            if (packages.Any(package => package.Name == entry.Key))
            {
                table.Problems.Add(entry.KeyPosition, $"'{entry.Key}' is in Packages and in Without.", "Take it out of one of them.");
            }
        }

        return table.Has("Without") && table.Node("Without") is DataTable ? table.Map("Without", hint) : EmptyMap();
    }

    /// <summary>Providers of virtual packages.</summary>
    public static IReadOnlyDictionary<string, string> Prefer(TableReader table)
    {
        const string hint = "Name the provider of a virtual package: Prefer = @{ 'awk' = 'mawk' }.";
        foreach (DataEntry entry in table.Entries("Prefer", hint).Where(entry => CheckName(entry, table.Problems)))
        {
            if (entry.Value is DataScalar { Value: string provider } && !DefinitionText.IsPackageName(provider))
            {
                table.Problems.Add(entry.Value.Position, $"'{TableReader.Shown(provider)}' is not a package name.", "Write small letters, digits, '+', '-' and '.'.");
            }
        }

        return table.Node("Prefer") is DataTable ? table.Map("Prefer", hint) : EmptyMap();
    }

    private static PackageRequest Package(DataEntry entry, IReadOnlyList<Platform> platforms, DataProblems problems)
    {
        DataNode value = entry.Value is DataList { Items.Count: 1 } list ? list.Items[0] : entry.Value;
        if (value is DataScalar { Value: string reason })
        {
            if (string.IsNullOrWhiteSpace(reason))
            {
                problems.Add(value.Position, $"The package '{entry.Key}' has no reason.", ReasonHint);
            }

            return new PackageRequest(entry.Key, reason, null, []);
        }

        if (value is not DataTable)
        {
            problems.Add(value.Position, $"The package '{entry.Key}' has {TableReader.Kind(value)} where its reason should be.", ReasonHint);
            return new PackageRequest(entry.Key, "", null, []);
        }

        TableReader table = TableReader.Open(value, $"the package '{entry.Key}'", DefinitionKeys.Package, problems);
        string? version = table.Text("Version");
        if (version is not null && !DefinitionText.IsVersionPattern(version))
        {
            table.Fail("Version", $"'{TableReader.Shown(version)}' is not a version.", "Write a version, or a pattern such as '3.0.*'; there are no comparisons.");
        }

        IReadOnlyList<Platform> own = Platforms(table.Texts("Platforms"), problems);
        foreach (Platform platform in own.Where(platform => platforms.Count > 0 && !platforms.Contains(platform)))
        {
            table.Fail("Platforms", $"The package '{entry.Key}' is for {platform}, which the definition is not.", $"The definition's platforms are {string.Join(", ", platforms)}.");
        }

        return new PackageRequest(entry.Key, table.RequiredText("Reason", ReasonHint) ?? "", version, own);
    }

    private static bool CheckName(DataEntry entry, DataProblems problems)
    {
        string name = entry.Key;
        if (DefinitionText.IsPackageName(name))
        {
            return true;
        }

        string lower = name.Trim().ToLowerInvariant();
        string hint = name.Contains('=', StringComparison.Ordinal) ? "Write the version beside the reason: 'name' = @{ Reason = '…'; Version = '…' }."
            : name.Contains(':', StringComparison.Ordinal) ? "Write the platform beside the reason: 'name' = @{ Reason = '…'; Platforms = 'linux/arm64' }."
            : DefinitionText.IsPackageName(lower) ? $"Did you mean '{lower}'?"
            : "Write small letters, digits, '+', '-' and '.'.";
        problems.Add(entry.KeyPosition, $"'{TableReader.Shown(name)}' is not a package name.", hint);
        return false;
    }

    private static IReadOnlyList<Platform> Platforms(IReadOnlyList<DataScalar> texts, DataProblems problems)
    {
        SortedSet<Platform> platforms = [];
        foreach (DataScalar scalar in texts)
        {
            string text = (string)scalar.Value!;
            if (!Platform.TryParse(text, out Platform? platform) || platform.DebianArchitecture is null)
            {
                problems.Add(scalar.Position, $"'{TableReader.Shown(text)}' is not a platform that can be built.", PlatformHint(text));
            }
            else if (!platforms.Add(platform))
            {
                problems.Add(scalar.Position, $"The platform '{text}' stands twice.", "Keep one of them.");
            }
        }

        return [.. platforms];
    }

    private static string PlatformHint(string text)
    {
        string machine = text.StartsWith("linux/", StringComparison.OrdinalIgnoreCase) ? text[6..] : text;
        machine = Machines.GetValueOrDefault(machine, machine.ToLowerInvariant());
        return Platform.TryParse("linux/" + machine, out Platform? meant) && meant.DebianArchitecture is not null
            ? $"Did you mean 'linux/{machine}'?"
            : "Write os/architecture in Go's names, for instance 'linux/amd64' or 'linux/arm64'.";
    }

    private static SortedDictionary<string, string> EmptyMap() => new(StringComparer.Ordinal);
}
