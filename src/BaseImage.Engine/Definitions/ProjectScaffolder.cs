using BaseImage.Definitions;
using BaseImage.Documents;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Definitions;

/// <summary>Makes a project of a template: all of its files, or none.</summary>
internal sealed class ProjectScaffolder : IScaffoldProject
{
    private const string DefaultSuite = "bookworm";

    /// <inheritdoc/>
    public IReadOnlyDictionary<string, string> Templates => ProjectTemplate.List();

    /// <inheritdoc/>
    /// <exception cref="TemplateUnknownException">There is no such template.</exception>
    /// <exception cref="ProjectRequestInvalidException">The name is no image name, or the suite is not known.</exception>
    /// <exception cref="PathExistsException">A file is there and the request does not force.</exception>
    public async Task<IReadOnlyList<string>> CreateAsync(ScaffoldRequest request, CancellationToken cancellationToken)
    {
        Check(request);
        SortedDictionary<string, byte[]> files = ProjectTemplate.Render(request.Template, request.Name, request.Suite ?? DefaultSuite);
        Dictionary<string, byte[]> targets = files.ToDictionary(file => Path.GetFullPath(Path.Combine(request.Folder, file.Key)), file => file.Value, StringComparer.Ordinal);
        foreach (string path in targets.Keys)
        {
            if (Directory.Exists(path) || (!request.Force && File.Exists(path)))
            {
                throw new PathExistsException(path);
            }
        }

        await WriteAsync(request.Folder, targets, cancellationToken).ConfigureAwait(false);
        return [.. targets.Keys];
    }

    private static void Check(ScaffoldRequest request)
    {
        IReadOnlyDictionary<string, string> templates = ProjectTemplate.List();
        if (!templates.ContainsKey(request.Template))
        {
            throw new TemplateUnknownException(request.Template, templates.Keys);
        }

        if (!DefinitionValidator.IsName(request.Name))
        {
            throw new ProjectRequestInvalidException(request.Name, $"'{TableReader.Shown(request.Name)}' is not an image name.", "Write small letters and digits, with '.', '_', '-' or '/' between them.");
        }

        if (request.Suite is { } suite && !DefinitionValidator.Suites.Contains(suite, StringComparer.Ordinal))
        {
            throw new ProjectRequestInvalidException(suite, $"The suite '{TableReader.Shown(suite)}' is not known.", TableReader.Suggest(suite, DefinitionValidator.Suites, "suites"));
        }
    }

    // A file that was there comes back, and one that was not goes away, when a later one cannot be written.
    private static async Task WriteAsync(string folder, Dictionary<string, byte[]> targets, CancellationToken cancellationToken)
    {
        List<(string Path, byte[]? Before)> done = [];
        List<string> folders = [.. NewFolders(folder, targets.Keys)];
        try
        {
            foreach ((string path, byte[] content) in targets)
            {
                byte[]? before = File.Exists(path) ? await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false) : null;
                await AtomicFile.WriteAsync(path, content, cancellationToken).ConfigureAwait(false);
                done.Add((path, before));
            }
        }
        catch
        {
            foreach ((string path, byte[]? before) in done)
            {
                if (before is null)
                {
                    AtomicFile.TryDelete(path);
                }
                else
                {
                    await AtomicFile.WriteAsync(path, before, CancellationToken.None).ConfigureAwait(false);
                }
            }

            foreach (string made in folders.Where(made => Directory.Exists(made) && !Directory.EnumerateFileSystemEntries(made).Any()))
            {
                Directory.Delete(made);
            }

            throw;
        }
    }

    // Deepest first, so that they can be taken away in this order.
    private static IEnumerable<string> NewFolders(string folder, IEnumerable<string> paths)
    {
        HashSet<string> missing = new(StringComparer.Ordinal);
        foreach (string path in paths.Append(Path.Combine(folder, "x")))
        {
            for (string? parent = Path.GetDirectoryName(path); parent is not null && !Directory.Exists(parent); parent = Path.GetDirectoryName(parent))
            {
                missing.Add(parent);
            }
        }

        return missing.OrderByDescending(path => path.Length);
    }
}
