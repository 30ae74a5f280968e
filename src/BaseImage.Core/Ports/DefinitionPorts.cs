using BaseImage.Documents;

namespace BaseImage.Ports;

/// <summary>Reads one notation of data files into plain nodes, running nothing.</summary>
public interface IReadDataFile
{
    /// <summary>
    /// Reads a file from a full path. Mistakes are in the document's problems, not thrown, so that the caller can tell
    /// them together with its own.
    /// </summary>
    /// <exception cref="Errors.PathNotFoundException">The file does not exist.</exception>
    DataDocument Read(string path);

    /// <summary>Reads bytes that are at hand, under the name of a file.</summary>
    DataDocument Parse(ReadOnlyMemory<byte> utf8, string path) => throw new NotSupportedException();
}

/// <summary>Reads and validates a definition with everything it extends.</summary>
public interface IReadDefinition
{
    /// <summary>Reads a definition from a full path to <c>NAME.image.psd1</c> or <c>NAME.image.json</c>.</summary>
    Task<ImageDefinition> ReadAsync(string path, CancellationToken cancellationToken);
}

/// <summary>Makes a new project from a template.</summary>
public interface IScaffoldProject
{
    /// <summary>The templates' names and what they are for.</summary>
    IReadOnlyDictionary<string, string> Templates { get; }

    /// <summary>Writes the project's files and returns their full paths. Refuses to overwrite unless forced.</summary>
    Task<IReadOnlyList<string>> CreateAsync(ScaffoldRequest request, CancellationToken cancellationToken);
}

/// <summary>What to make a project of.</summary>
/// <param name="Template">A template's name, for instance <c>static</c>.</param>
/// <param name="Name">The image's name.</param>
/// <param name="Folder">The project's folder, as a full path; made when missing.</param>
/// <param name="Suite">The distribution's code name; null for the template's own.</param>
/// <param name="Force">True to overwrite.</param>
public sealed record ScaffoldRequest(string Template, string Name, string Folder, string? Suite = null, bool Force = false);
