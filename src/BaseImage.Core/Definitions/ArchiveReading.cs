using BaseImage.Documents;

namespace BaseImage.Definitions;

/// <summary>Reads what a definition says of its distribution and archives.</summary>
internal static class ArchiveReading
{
    private static readonly Dictionary<string, string> SuiteNames = new(StringComparer.OrdinalIgnoreCase)
    {
        ["12"] = "bookworm", ["debian12"] = "bookworm", ["oldstable"] = "bookworm", ["13"] = "trixie", ["debian13"] = "trixie", ["stable"] = "trixie",
        ["22.04"] = "jammy", ["24.04"] = "noble",
    };

    /// <summary>The distribution, and the image that is built on.</summary>
    public static (DistributionSource? Distribution, ImageReference? Image) From(TableReader table)
    {
        const string hint = "Write From = @{ Distribution = 'debian'; Suite = 'bookworm' }.";
        if (!table.Require("From", hint) || table.Node("From") is not { } node)
        {
            return default;
        }

        if (node is DataScalar)
        {
            table.Fail("From", $"From must be a table, but is {TableReader.Kind(node)}.", hint);
            return default;
        }

        TableReader from = TableReader.Open(node, "From", DefinitionKeys.From, table.Problems);
        return (from.Has("Image") && !from.Has("Distribution") && !from.Has("Suite") ? null : Distribution(from), BaseImageReading.Image(from));
    }

    private static DistributionSource? Distribution(TableReader from)
    {
        string? distribution = from.RequiredText("Distribution", "Write Distribution = 'debian'.");
        string[] suites = [.. DistributionArchives.Suites.SelectMany(known => known.Value)];
        if (distribution is not null)
        {
            if (DistributionArchives.Suites.TryGetValue(distribution, out IReadOnlyList<string>? known))
            {
                suites = [.. known];
            }
            else
            {
                from.Fail("Distribution", $"The distribution '{TableReader.Shown(distribution)}' is not known.", "Write Distribution = 'debian' or 'ubuntu'.");
            }
        }

        string? suite = from.RequiredText("Suite", $"Write one of {string.Join(", ", suites.Select(known => $"Suite = '{known}'"))}.");
        if (suite is not null && !suites.Contains(suite, StringComparer.Ordinal))
        {
            string suggestion = SuiteNames.TryGetValue(suite, out string? name) && suites.Contains(name, StringComparer.Ordinal) ? $"Suites go by code name, which does not move: '{name}'." : TableReader.Suggest(suite, suites, "suites");
            from.Fail("Suite", $"The suite '{TableReader.Shown(suite)}' is not known.", suggestion);
        }

        bool updates = from.Boolean("Updates") ?? true;
        bool security = from.Boolean("Security") ?? true;
        return distribution is null || suite is null ? null : new DistributionSource(distribution, suite, updates, security);
    }

    /// <summary>The distribution's archives, each replaced by one of the same id in the definition, then the definition's others by id.</summary>
    public static IReadOnlyList<ArchiveSource> Archives(TableReader table, DistributionSource? from, Func<string, bool> fileExists)
    {
        SortedDictionary<string, ArchiveSource> own = new(StringComparer.Ordinal);
        foreach (TableReader entry in table.Tables("Archives", "an archive", DefinitionKeys.Archive, DefinitionKeys.ArchiveElsewhere))
        {
            if (Archive(entry, fileExists) is { } archive && !own.TryAdd(archive.Id, archive))
            {
                entry.Fail("Id", $"The archive '{archive.Id}' stands twice.", "Put all its suites into one.");
            }
        }

        List<ArchiveSource> archives = [];
        foreach (ArchiveSource archive in from is null || !DistributionArchives.Suites.ContainsKey(from.Distribution) ? [] : DistributionArchives.Of(from))
        {
            archives.Add(own.Remove(archive.Id, out ArchiveSource? replaced) ? replaced with { Architectures = archive.Architectures } : archive);
        }

        return [.. archives, .. own.Values];
    }

    private static ArchiveSource? Archive(TableReader table, Func<string, bool> fileExists)
    {
        string? id = table.RequiredText("Id", "Name it, for instance Id = 'internal'; mirrors are configured by this id.");
        if (id is not null && !DefinitionText.IsArchiveId(id))
        {
            table.Fail("Id", $"'{TableReader.Shown(id)}' is not an archive id.", "Write small letters, digits and single '-'.");
        }

        table.Require("Suites", "Name its suites, for instance Suites = 'bookworm'.");
        List<string> suites = Names(table, "Suites");
        List<string> components = Names(table, "Components");
        bool checksumsOnly = ChecksumsOnly(table);
        string? keyring = Keyring(table, fileExists);
        if (checksumsOnly && table.Has("Keyring"))
        {
            table.Fail("Keyring", "An archive of which only checksums are trusted has no keyring.", "Take out Trusted, and signatures are checked; or take out Keyring.");
        }
        else if (!checksumsOnly)
        {
            table.Require("Keyring", "Name its keyring: a file beside the definition, './internal.pgp', or one of the module's, 'debian-bookworm'.");
        }

        return id is null ? null : new ArchiveSource
        {
            Id = id,
            Suites = suites,
            Components = components.Count == 0 ? ["main"] : components,
            Keyring = keyring,
            ChecksumsOnly = checksumsOnly,
        };
    }

    private static List<string> Names(TableReader table, string key)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (DataScalar scalar in table.Texts(key))
        {
            string text = (string)scalar.Value!;
            if (!DefinitionText.IsSuite(text))
            {
                table.Problems.Add(scalar.Position, $"'{TableReader.Shown(text)}' cannot be one of {key}.", "Write the name that the archive's Release file has.");
            }
            else if (!names.Add(text))
            {
                table.Problems.Add(scalar.Position, $"'{text}' stands twice in {key}.", "Keep one of them.");
            }
        }

        return [.. names];
    }

    private static bool ChecksumsOnly(TableReader table)
    {
        string? trusted = table.Text("Trusted");
        if (trusted is not null && !trusted.Equals("checksums-only", StringComparison.OrdinalIgnoreCase))
        {
            table.Fail("Trusted", $"Trusted is '{TableReader.Shown(trusted)}'.", "Leave it out, and signatures are checked; or write 'checksums-only' for an unsigned private archive.");
        }

        return trusted is not null;
    }

    private static string? Keyring(TableReader table, Func<string, bool> fileExists)
    {
        string? keyring = table.Text("Keyring");
        bool file = keyring is not null && (keyring.Contains('/', StringComparison.Ordinal) || keyring.Contains('\\', StringComparison.Ordinal) || Path.HasExtension(keyring));
        return file ? FileReading.Local(table, "Keyring", fileExists) : keyring;
    }
}
