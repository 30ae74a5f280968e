using BaseImage.Errors;

namespace BaseImage.Cmdlets;

/// <summary>Finds definitions and locks: a file, a folder of them, or one by way of the other.</summary>
internal static class DefinitionFiles
{
    private static readonly string[] DefinitionEndings = [".image.psd1", ".image.json"];
    private const string LockEnding = ".lock.json";

    /// <summary>The definitions that a file, lock or folder leads to, in ordinal order.</summary>
    internal static IReadOnlyList<string> Definitions(string path, bool recurse)
    {
        if (Directory.Exists(path))
        {
            List<string> found = [.. Files(path, recurse).Where(IsDefinition)];
            found.Sort(StringComparer.Ordinal);
            return found.Count > 0 ? found : throw new DefinitionNotFoundException(path, "the folder holds no definition");
        }

        return path.EndsWith(LockEnding, StringComparison.OrdinalIgnoreCase) ? [DefinitionOf(path)] : [path];
    }

    /// <summary>The locks that a file, definition or folder leads to, in ordinal order.</summary>
    internal static IReadOnlyList<string> Locks(string path, bool recurse)
    {
        if (Directory.Exists(path))
        {
            List<string> found = [.. Files(path, recurse).Where(file => file.EndsWith(LockEnding, StringComparison.OrdinalIgnoreCase))];
            found.Sort(StringComparer.Ordinal);
            return found.Count > 0 ? found : throw new LockNotFoundException(Path.Combine(path, "*" + LockEnding));
        }

        string? ending = DefinitionEndings.FirstOrDefault(e => path.EndsWith(e, StringComparison.OrdinalIgnoreCase));
        string file = ending is null ? path : path[..^ending.Length] + LockEnding;
        return File.Exists(file) ? [file] : throw new LockNotFoundException(file);
    }

    /// <summary>The definition that a lock belongs to.</summary>
    internal static string DefinitionOf(string lockPath)
    {
        string stem = lockPath[..^LockEnding.Length];
        string[] candidates = [.. DefinitionEndings.Select(ending => stem + ending).Where(File.Exists)];
        return candidates.Length switch
        {
            1 => candidates[0],
            0 => throw new DefinitionNotFoundException(lockPath, "the lock's definition is not beside it"),
            _ => throw new DefinitionAmbiguousException(lockPath, candidates),
        };
    }

    private static bool IsDefinition(string file) => Array.Exists(DefinitionEndings, ending => file.EndsWith(ending, StringComparison.OrdinalIgnoreCase));

    private static IEnumerable<string> Files(string folder, bool recurse) => Directory.EnumerateFiles(folder, "*", new EnumerationOptions
    {
        RecurseSubdirectories = recurse,
        IgnoreInaccessible = true,
        AttributesToSkip = FileAttributes.System,
    });
}
