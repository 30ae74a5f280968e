using System.Collections.Concurrent;
using BaseImage.Documents;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Registry;

/// <summary>What baseimage.config.psd1 says of one registry, in its table <c>Registries</c>.</summary>
internal sealed record RegistrySettings
{
    /// <summary>Places to pull from before the registry itself: a URL each, its path before every repository's name.</summary>
    internal IReadOnlyList<Uri> Mirrors { get; init; } = [];

    /// <summary>True where it may be spoken to without TLS, or with a certificate that nobody vouches for.</summary>
    internal bool Insecure { get; init; }

    /// <summary>Files of certificates in PEM that vouch for it, beside the system's own.</summary>
    internal IReadOnlyList<string> CertificateAuthorities { get; init; } = [];

    /// <summary>A file with the certificate in PEM that this user shows.</summary>
    internal string? ClientCertificate { get; init; }

    /// <summary>A file with its key in PEM.</summary>
    internal string? ClientKey { get; init; }

    /// <summary>Tags that may be moved: names with <c>*</c> and <c>?</c>.</summary>
    internal IReadOnlyList<string> MovableTags { get; init; } = [];
}

/// <summary>Reads the settings files' tables <c>Registries</c>.</summary>
/// <param name="files">Reads a settings file; null to read none.</param>
/// <param name="paths">The settings files, the user's before the machine's; they need not exist.</param>
internal sealed class RegistrySettingsReader(IReadDataFile? files, IReadOnlyList<string> paths)
{
    // Asked for every address, and the files do not change while a command runs.
    private readonly ConcurrentDictionary<string, RegistrySettings> _known = new(StringComparer.OrdinalIgnoreCase);
    private static readonly string[] Keys = ["Mirrors", "Insecure", "CertificateAuthority", "ClientCertificate", "ClientKey", "MovableTags"];

    /// <summary>What is set for a registry, by its own name before <c>*</c>, the user's file before the machine's; the first that says something counts.</summary>
    /// <param name="host">The registry, with its port.</param>
    /// <exception cref="RegistrySettingsInvalidException">A file cannot be read, or says what cannot be meant.</exception>
    internal RegistrySettings For(string host) => _known.GetOrAdd(host, Read);

    private RegistrySettings Read(string host)
    {
        foreach (string path in files is null ? [] : paths.Where(File.Exists))
        {
            DataProblems problems = new();
            DataDocument document = files!.Read(path);
            problems.Add(document.Problems);
            DataNode? node = (document.Root as DataTable)?.Entries.FirstOrDefault(entry => string.Equals(entry.Key, "Registries", StringComparison.OrdinalIgnoreCase))?.Value;
            RegistrySettings? found = node is null ? null : Find(node, host, path, problems);
            if (problems.Any)
            {
                DataProblem first = problems.Items[0];
                throw new RegistrySettingsInvalidException(first.Position.ToString(), first.Problem.TrimEnd('.'), first.Hint);
            }

            if (found is not null)
            {
                return found;
            }
        }

        return new RegistrySettings();
    }

    private static RegistrySettings? Find(DataNode node, string host, string path, DataProblems problems)
    {
        if (node is not DataTable registries)
        {
            problems.Add(node.Position, $"Registries must be a table, but is {TableReader.Kind(node)}.", "Write Registries = @{ 'HOST' = @{ Mirrors = 'URL' } }.");
            return null;
        }

        DataEntry? entry = registries.Entries.FirstOrDefault(e => string.Equals(e.Key, host, StringComparison.OrdinalIgnoreCase))
            ?? registries.Entries.FirstOrDefault(e => e.Key == "*");
        if (entry is null)
        {
            return null;
        }

        TableReader table = TableReader.Open(entry.Value, $"the registry '{TableReader.Shown(entry.Key)}'", Keys, problems);
        string folder = Path.GetDirectoryName(path) ?? "";
        RegistrySettings settings = new()
        {
            Mirrors = [.. table.Texts("Mirrors").Select(text => Mirror(text, problems)).OfType<Uri>()],
            Insecure = table.Boolean("Insecure") ?? false,
            CertificateAuthorities = [.. table.Texts("CertificateAuthority").Select(text => Path.GetFullPath((string)text.Value!, folder))],
            ClientCertificate = table.Text("ClientCertificate") is { } certificate ? Path.GetFullPath(certificate, folder) : null,
            ClientKey = table.Text("ClientKey") is { } key ? Path.GetFullPath(key, folder) : null,
            MovableTags = [.. table.Texts("MovableTags").Select(text => (string)text.Value!)],
        };
        if (settings.ClientKey is null != settings.ClientCertificate is null)
        {
            problems.Add(table.Position, "ClientCertificate and ClientKey belong together.", "Name both files, or neither.");
        }

        return settings;
    }

    private static Uri? Mirror(DataScalar text, DataProblems problems)
    {
        if (Uri.TryCreate((string)text.Value!, UriKind.Absolute, out Uri? url) && url.Scheme is "https" or "http" && url.UserInfo.Length == 0 && url.Query.Length == 0 && url.Fragment.Length == 0)
        {
            return url;
        }

        problems.Add(text.Position, "A mirror of a registry is not a URL of http or https alone.", "Write 'https://HOST[/PATH]', without user name, password and query.");
        return null;
    }
}
