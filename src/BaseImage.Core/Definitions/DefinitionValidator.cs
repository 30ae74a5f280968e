using BaseImage.Documents;

namespace BaseImage.Definitions;

/// <summary>
/// Makes a definition of a file's nodes, or says everything that is wrong with it. Order never matters: lists whose
/// order means nothing are sorted. Files are not read, except that the paths named are looked for.
/// </summary>
public static class DefinitionValidator
{
    /// <summary>Validates nodes that are already merged with what they extend.</summary>
    /// <param name="root">The definition's table; null where the file could not be read.</param>
    /// <param name="path">The definition's file, as a full path.</param>
    /// <param name="fileExists">Says whether a full path is a file.</param>
    /// <param name="problems">Where mistakes go.</param>
    /// <returns>The definition without its digest; null when there is any problem.</returns>
    public static ImageDefinition? Validate(DataNode? root, string path, Func<string, bool> fileExists, DataProblems problems)
    {
        TableReader table = TableReader.Open(root, "the definition", DefinitionKeys.Root, problems, DefinitionKeys.BelongsElsewhere);
        if (root is not DataTable)
        {
            return null;
        }

        table.Text("$schema");
        if (table.Require("SchemaVersion", "Write SchemaVersion = 1."))
        {
            table.Integer("SchemaVersion", 1, 1);
        }

        string? name = Name(table);
        (DistributionSource? from, ImageReference? baseImage) = ArchiveReading.From(table);
        IReadOnlyList<Platform> platforms = PackageReading.Platforms(table);
        IReadOnlyList<PackageRequest> packages = PackageReading.Packages(table, platforms);
        IReadOnlyDictionary<string, string> without = PackageReading.Without(table, packages);
        ImageDefinition definition = new()
        {
            Path = path,
            Name = name ?? "",
            Description = table.Text("Description") ?? "",
            Workloads = table.Text("Workloads") ?? "",
            From = from ?? new DistributionSource("", ""),
            BaseImage = baseImage,
            Platforms = platforms,
            Packages = packages,
            Without = without,
            Prefer = PackageReading.Prefer(table),
            Archives = ArchiveReading.Archives(table, from, fileExists),
            Remove = FileReading.Remove(table),
            Files = FileReading.Files(table, fileExists),
            Accounts = FileReading.Accounts(table),
            Alternatives = FileReading.Alternatives(table),
            Config = ConfigReading.Config(table),
            Layering = table.Choice<Layering>("Layering") ?? Layering.Single,
            Policy = FileReading.Local(table, "Policy", fileExists),
        };
        return problems.Any ? null : definition;
    }

    /// <summary>Says whether a text can be an image's name.</summary>
    public static bool IsName(string text) => DefinitionText.IsRepositoryName(text);

    /// <summary>The code names of Debian's suites that are known, which the templates are for.</summary>
    public static IReadOnlyList<string> Suites => DistributionArchives.Suites["debian"];

    private static string? Name(TableReader table)
    {
        if (table.RequiredText("Name", "Write the image's name, for instance Name = 'debian-static'.") is not { } name)
        {
            return null;
        }

        if (DefinitionText.IsRepositoryName(name))
        {
            return name;
        }

        string lower = name.ToLowerInvariant().Replace(' ', '-');
        string hint = name.Contains(':', StringComparison.Ordinal) ? "Write the name alone: tags and registries are given when building or publishing."
            : DefinitionText.IsRepositoryName(lower) ? $"Did you mean '{lower}'?"
            : "Write small letters and digits, with '.', '_', '-' or '/' between them.";
        table.Fail("Name", $"'{TableReader.Shown(name)}' is not an image name.", hint);
        return null;
    }
}
