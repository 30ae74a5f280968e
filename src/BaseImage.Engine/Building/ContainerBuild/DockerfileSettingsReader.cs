using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Documents;
using BaseImage.Engine.Definitions;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>
/// Reads the settings file of a Dockerfile, <c>Dockerfile.build.psd1</c> or <c>.json</c>, with all that it extends; every
/// mistake is told with its place and a hint.
/// </summary>
/// <example><code>
/// @{
///     SchemaVersion  = 1
///     Extends        = '../company.build.psd1'
///     Name           = 'web'
///     Target         = 'runtime'
///     BuildArguments = @{ APP_VERSION = '1.4.2' }
///     Labels         = @{ 'org.opencontainers.image.vendor' = 'Example' }
///     Layers         = 'Squash'
///     Remove         = '/usr/share/man/**'
///     Keep           = '/var/log/app/**'
///     Bases          = 'oci:../bases'
/// }
/// </code></example>
internal sealed partial class DockerfileSettingsReader(DataFiles files)
{
    private const int MaxDepth = 8;
    private const int MaxFiles = 64;
    private static readonly string[] Endings = [".build.psd1", ".build.json"];

    /// <summary>The keys that there are.</summary>
    internal static IReadOnlyList<string> Keys { get; } =
    [
        "$schema", "SchemaVersion", "Extends", "Name", "Description", "Context", "Target", "Platform", "Network", "BuildArguments", "SourceDateEpoch",
        "TimeZone", "Locale", "Labels", "Layers", "Remove", "Keep", "Bases", "Policy",
    ];

    private static readonly Dictionary<string, string> Elsewhere = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Dockerfile"] = "The file is named after its Dockerfile: Dockerfile.build.psd1 belongs to Dockerfile.",
        ["Source"] = "Where the sources are kept is given with -Source.",
        ["Revision"] = "The revision is given with -Revision.",
        ["Args"] = "Write BuildArguments = @{ NAME = 'value' }.",
        ["Platforms"] = "One build makes one platform: write Platform = 'linux/amd64'.",
        ["Packages"] = "Packages belong into a definition, NAME.image.psd1.",
        ["From"] = "What an image is built on stands in the Dockerfile.",
    };

    /// <summary>The settings file beside a Dockerfile; null where there is none.</summary>
    /// <exception cref="DockerfileSettingsInvalidException">There are two.</exception>
    public static string? Find(string dockerfile)
    {
        string[] found = [.. Endings.Select(ending => dockerfile + ending).Where(File.Exists)];
        return found.Length < 2 ? found.FirstOrDefault() : throw new DockerfileSettingsInvalidException(found[1],
            [new DataProblem(new SourcePosition(found[1], 1, 1), $"There is '{Path.GetFileName(found[0])}', too, and both are settings of the same Dockerfile.", "Keep one of them.")]);
    }

    /// <summary>Reads a settings file from a full path.</summary>
    /// <exception cref="DockerfileSettingsInvalidException">It has mistakes.</exception>
    public async Task<DockerfileSettings> ReadAsync(string path, CancellationToken cancellationToken)
    {
        DataProblems problems = new();
        List<(string Path, DataNode? Root)> read = [];
        await AddAsync(path, [path], read, problems, cancellationToken).ConfigureAwait(false);

        // The file that was asked for is last, and its mistakes are told first.
        DockerfileSettings? own = null;
        List<DockerfileSettings> layers = [];
        foreach ((string file, DataNode? root) in Enumerable.Reverse(read))
        {
            DockerfileSettings one = Read(file, root, problems);
            own ??= one;
            layers.Insert(0, one);
        }

        return problems.Any ? throw new DockerfileSettingsInvalidException(path, problems.Items) : Merge(path, layers, own!, read);
    }

    private static DockerfileSettings Merge(string path, List<DockerfileSettings> layers, DockerfileSettings own, List<(string Path, DataNode? Root)> read)
    {
        DockerfileSettings result = new() { Path = path };
        DockerfileSettings defaults = new();
        SortedDictionary<string, string> shared = new(StringComparer.Ordinal), labels = new(StringComparer.Ordinal);
        for (int i = 0; i < layers.Count; i++)
        {
            DockerfileSettings layer = layers[i];
            bool Has(string key) => read[i].Root is DataTable table && table.Entries.Any(entry => string.Equals(entry.Key, key, StringComparison.OrdinalIgnoreCase) && entry.Value is not DataScalar { Value: null });
            foreach ((string name, string value) in ReferenceEquals(layer, own) ? TextDictionary.Empty : layer.BuildArguments)
            {
                shared[name] = value;
            }

            foreach ((string name, string value) in layer.Labels)
            {
                labels[name] = value;
            }

            result = result with
            {
                Name = Has("Name") ? layer.Name : result.Name,
                Context = Has("Context") ? layer.Context : result.Context,
                Target = Has("Target") ? layer.Target : result.Target,
                Platform = layer.Platform ?? result.Platform,
                Network = layer.Network ?? result.Network,
                SourceDateEpoch = layer.SourceDateEpoch ?? result.SourceDateEpoch,
                TimeZone = Has("TimeZone") ? layer.TimeZone : result.TimeZone,
                Locale = Has("Locale") ? layer.Locale : result.Locale,
                Layers = Has("Layers") ? layer.Layers : result.Layers,
                Remove = [.. result.Remove.Concat(layer.Remove).Distinct(StringComparer.Ordinal)],
                Keep = [.. result.Keep.Concat(layer.Keep).Distinct(StringComparer.Ordinal)],
                Bases = [.. result.Bases.Concat(layer.Bases).Distinct(StringComparer.Ordinal)],
                Policy = layer.Policy ?? result.Policy,
            };
        }

        foreach (string name in own.BuildArguments.Keys)
        {
            shared.Remove(name);
        }

        return result with { BuildArguments = own.BuildArguments, SharedArguments = shared, Labels = labels };
    }

    private static DockerfileSettings Read(string path, DataNode? root, DataProblems problems)
    {
        string folder = Path.GetDirectoryName(path) ?? "";
        TableReader table = TableReader.Open(root, "the settings file", Keys, problems, Elsewhere);
        if (table.Require("SchemaVersion", "Write SchemaVersion = 1."))
        {
            table.Integer("SchemaVersion", 1, 1);
        }

        table.Text("$schema");
        string Full(DataScalar scalar) => Path.GetFullPath(Path.Combine(folder, ((string)scalar.Value!).Replace('\\', '/')));
        string? platform = table.Text("Platform");
        Platform? parsed = null;
        if (platform is not null && !Platform.TryParse(platform, out parsed))
        {
            table.Fail("Platform", $"Platform is '{TableReader.Shown(platform)}', which is no platform.", "Write os/architecture, for instance 'linux/amd64'.");
        }

        string? name = table.Text("Name");
        if (name is not null && !ImageReference.TryParse("store:" + name, out _))
        {
            table.Fail("Name", $"Name is '{TableReader.Shown(name)}', which no image can be called.", "Use lower-case letters, digits, '.', '_' and '-'.");
        }

        foreach ((string key, string example) in new[] { ("TimeZone", "UTC"), ("Locale", "C.UTF-8"), ("Target", "runtime") })
        {
            if (table.Text(key) is { } text && (text.Length == 0 || text.Any(c => c <= ' ' || c is '"' or '\'' or '\\' or '$' or '`')))
            {
                table.Fail(key, $"{key} is '{TableReader.Shown(text)}', which cannot be meant.", $"Write a word such as '{example}'.");
            }
        }

        return new DockerfileSettings
        {
            Path = path,
            Name = name ?? "",
            Context = table.Texts("Context") is [DataScalar context, ..] ? Full(context) : "",
            Target = table.Text("Target") ?? "",
            Platform = parsed,
            Network = table.Choice<BuildNetwork>("Network"),
            BuildArguments = Arguments(table, problems),
            SourceDateEpoch = Epoch(table),
            TimeZone = table.Text("TimeZone") ?? new DockerfileSettings().TimeZone,
            Locale = table.Text("Locale") ?? new DockerfileSettings().Locale,
            Labels = table.Map("Labels", "Write Labels = @{ 'name' = 'value' }."),
            Layers = table.Choice<OwnLayers>("Layers") ?? OwnLayers.Keep,
            Remove = Patterns(table, "Remove", problems),
            Keep = Patterns(table, "Keep", problems),
            Bases = [.. table.Texts("Bases").Select(scalar => Base(scalar, folder, problems)).OfType<string>()],
            Policy = table.Texts("Policy") is [DataScalar policy, ..] ? Full(policy) : null,
        };
    }

    private static SortedDictionary<string, string> Arguments(TableReader table, DataProblems problems)
    {
        SortedDictionary<string, string> arguments = new(StringComparer.Ordinal);
        foreach (DataEntry entry in table.Entries("BuildArguments", "Write BuildArguments = @{ NAME = 'value' }."))
        {
            if (!ArgumentName().IsMatch(entry.Key))
            {
                problems.Add(entry.KeyPosition, $"'{TableReader.Shown(entry.Key)}' is no name of a build argument.", "Names have letters, digits and '_', and begin with no digit.");
            }
            else if (TableReader.AsText(entry.Value, entry.Key, problems) is { Value: string text } scalar)
            {
                if (text.Any(c => char.IsControl(c) && c != '\t'))
                {
                    problems.Add(scalar.Position, $"The value of '{entry.Key}' has control characters.", "Write a value of one line.");
                }

                arguments[entry.Key] = text;
            }
        }

        return arguments;
    }

    private static DateTimeOffset? Epoch(TableReader table)
    {
        if (table.Node("SourceDateEpoch") is DataScalar { Value: string text })
        {
            if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
            {
                return DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
            }

            table.Fail("SourceDateEpoch", $"SourceDateEpoch is '{TableReader.Shown(text)}', which is no time.", "Write seconds since 1970 as a number, or a time such as '2026-01-31T00:00:00Z'.");
            return null;
        }

        return table.Integer("SourceDateEpoch", 0, 253402300799) is { } seconds ? DateTimeOffset.FromUnixTimeSeconds(seconds) : null;
    }

    private static List<string> Patterns(TableReader table, string key, DataProblems problems)
    {
        List<string> patterns = [];
        foreach (DataScalar scalar in table.Texts(key))
        {
            string text = (string)scalar.Value!;
            try
            {
                patterns.Add(Layers.PathGlob.Parse(text).Text);
            }
            catch (ArgumentException)
            {
                problems.Add(scalar.Position, $"'{TableReader.Shown(text)}' is no pattern of paths inside an image.", "Write an absolute path; * is any part of a name, ** any number of folders.");
            }
        }

        return patterns;
    }

    private static string? Base(DataScalar scalar, string folder, DataProblems problems)
    {
        string text = (string)scalar.Value!;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string transport = colon < 0 ? "" : text[..colon];
        if (transport is not ("oci" or "oci-archive") || colon + 1 == text.Length || text.Any(char.IsControl))
        {
            problems.Add(scalar.Position, $"Bases names '{TableReader.Shown(text)}', which is neither a layout nor an archive of one.", "Write 'oci:FOLDER' or 'oci-archive:FILE'; the module's own store is always looked into.");
            return null;
        }

        return $"{transport}:{Path.GetFullPath(Path.Combine(folder, text[(colon + 1)..].Replace('\\', '/')))}";
    }

    private async Task AddAsync(string path, IReadOnlyList<string> chain, List<(string, DataNode?)> read, DataProblems problems, CancellationToken cancellationToken)
    {
        DataDocument document = await files.ReadAsync(path, cancellationToken).ConfigureAwait(false);
        problems.Add(document.Problems);
        DataEntry? extends = (document.Root as DataTable)?.Entries.FirstOrDefault(entry => string.Equals(entry.Key, "Extends", StringComparison.OrdinalIgnoreCase));
        IReadOnlyList<DataNode> items = extends?.Value switch { null or DataScalar { Value: null } => [], DataList list => list.Items, { } one => [one] };
        foreach (DataScalar named in items.Select(item => TableReader.AsText(item, "Extends", problems)).OfType<DataScalar>())
        {
            string text = (string)named.Value!, shown = TableReader.Shown(text);
            string full = string.IsNullOrWhiteSpace(text) || text.Any(char.IsControl) ? "" : Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path) ?? "", text.Replace('\\', '/')));
            (string? problem, string hint) = full switch
            {
                "" => ($"Extends is '{shown}', which is no path.", "Write a path such as '../company.build.psd1'."),
                _ when Path.IsPathRooted(text) => ($"Extends is '{shown}', which is not a path from this file's own folder.", "Write a path such as '../company.build.psd1'."),
                _ when chain.Contains(full, StringComparer.Ordinal) => ($"Extends leads back to '{shown}'.", "Take one of them out; a file cannot extend itself."),
                _ when chain.Count > MaxDepth || read.Count >= MaxFiles => ($"More than {MaxDepth} settings files extend one another, or {MaxFiles} in all.", "Bring them together into fewer files."),
                _ when Path.GetExtension(full).ToLowerInvariant() is not (".psd1" or ".json") => ($"Extends names '{shown}', which is neither .psd1 nor .json.", "Name a settings file."),
                _ when !File.Exists(full) => ($"Extends names '{shown}', which does not exist.", "Paths are taken from the folder of the file that names them."),
                _ => ((string?)null, ""),
            };
            if (problem is not null)
            {
                problems.Add(named.Position, problem, hint);
            }
            else if (!read.Exists(file => file.Item1 == full))
            {
                await AddAsync(full, [.. chain, full], read, problems, cancellationToken).ConfigureAwait(false);
            }
        }

        read.Add((path, document.Root));
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]*$", RegexOptions.CultureInvariant)]
    private static partial Regex ArgumentName();
}
