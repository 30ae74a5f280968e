using BaseImage.Documents;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Definitions;

/// <summary>
/// Reads definitions, policies and configuration files in either notation, told apart by the file's ending, into plain
/// nodes; nothing in them is run. Read the nodes with <see cref="TableReader"/>, which collects every mistake.
/// </summary>
/// <example><code>
/// DataDocument document = await files.ReadAsync(path, cancellationToken);
/// DataProblems problems = new();
/// problems.Add(document.Problems);
/// TableReader table = TableReader.Open(document.Root, "the configuration", ["Mirrors"], problems);
/// …
/// if (problems.Any) { throw new ConfigurationInvalidException(path, problems.Items); }
/// </code></example>
internal sealed class DataFiles(IReadDataFile powerShell)
{
    private readonly JsonDataFile _json = new();

    /// <summary>Reads a file from a full path that ends in <c>.psd1</c> or <c>.json</c>.</summary>
    /// <exception cref="PathNotFoundException">It does not exist.</exception>
    /// <exception cref="FileKindUnknownException">It has another ending.</exception>
    public Task<DataDocument> ReadAsync(string path, CancellationToken cancellationToken)
    {
        IReadDataFile reader = ReaderOf(path);
        return Task.Run(() => reader.Read(path), cancellationToken);
    }

    /// <summary>Reads bytes as the file of a full path would be read.</summary>
    /// <exception cref="FileKindUnknownException">It has another ending.</exception>
    public DataDocument Parse(ReadOnlyMemory<byte> utf8, string path) => ReaderOf(path).Parse(utf8, path);

    private IReadDataFile ReaderOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".psd1" => powerShell,
        ".json" => _json,
        _ => throw new FileKindUnknownException(path, "Use a file whose name ends in .psd1 or .json."),
    };
}
