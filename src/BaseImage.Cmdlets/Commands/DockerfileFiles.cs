using BaseImage.Errors;

namespace BaseImage.Cmdlets;

/// <summary>Finds Dockerfiles: a file, or those of a folder by their names.</summary>
internal static class DockerfileFiles
{
    /// <summary>
    /// A file as it is, whatever its name; of a folder <c>Dockerfile</c>, <c>Dockerfile.x</c>, <c>x.Dockerfile</c> and the
    /// same with Containerfile, letter case not counted, in ordinal order. Ignore files are none.
    /// </summary>
    /// <exception cref="PathNotFoundException">A folder holds none.</exception>
    internal static IReadOnlyList<string> Find(string path, bool recurse)
    {
        if (!Directory.Exists(path))
        {
            return [path];
        }

        List<string> found = [.. Directory.EnumerateFiles(path, "*", new EnumerationOptions { RecurseSubdirectories = recurse, IgnoreInaccessible = true, AttributesToSkip = FileAttributes.System }).Where(file => IsDockerfile(Path.GetFileName(file)))];
        found.Sort(StringComparer.Ordinal);
        return found.Count > 0 ? found : throw new PathNotFoundException(Path.Combine(path, "Dockerfile"), recurse ? "No folder below it holds a Dockerfile." : "Give -Recurse to look in the folders below it too.");
    }

    /// <summary>A file as it is; of a folder its Dockerfile, else its Containerfile.</summary>
    /// <exception cref="PathNotFoundException">The folder holds neither.</exception>
    internal static string One(string path) => !Directory.Exists(path) ? path
        : new[] { "Dockerfile", "Containerfile" }.Select(name => Path.Combine(path, name)).FirstOrDefault(File.Exists)
            ?? throw new PathNotFoundException(Path.Combine(path, "Dockerfile"), "Name the Dockerfile itself where it is called otherwise.");

    /// <summary>A file's path from a folder where it lies below it, else its full path, with '/' always.</summary>
    internal static string Name(string file, string folder)
    {
        string relative = Path.GetRelativePath(folder, file);
        string name = relative.StartsWith("..", StringComparison.Ordinal) || Path.IsPathRooted(relative) ? file : relative;
        return Path.DirectorySeparatorChar == '\\' ? name.Replace('\\', '/') : name;
    }

    private static bool IsDockerfile(string name) => new[] { "dockerfile", "containerfile" }.Any(word =>
        (name.Equals(word, StringComparison.OrdinalIgnoreCase) || name.StartsWith(word + ".", StringComparison.OrdinalIgnoreCase) || name.EndsWith("." + word, StringComparison.OrdinalIgnoreCase))
        && !name.EndsWith(".dockerignore", StringComparison.OrdinalIgnoreCase));
}
