namespace BaseImage.Engine.Storage;

/// <summary>
/// Finds what ships beside the assemblies (templates, keyrings, schemas): two folders above this assembly in the
/// module (<c>module/bin/dependencies</c>), or in the <c>module</c> folder of the checkout that it was built in.
/// </summary>
internal static class ModuleFolder
{
    /// <summary>The full path of a folder of the module.</summary>
    /// <param name="name">For instance <c>templates</c>.</param>
    /// <exception cref="DirectoryNotFoundException">The module is incomplete.</exception>
    public static string Find(string name)
    {
        string location = typeof(ModuleFolder).Assembly.Location;
        string start = location.Length > 0 ? Path.GetDirectoryName(location)! : AppContext.BaseDirectory;
        string shipped = Path.GetFullPath(Path.Combine(start, "..", "..", name));
        if (Directory.Exists(shipped))
        {
            return shipped;
        }

        for (DirectoryInfo? folder = new(start); folder is not null; folder = folder.Parent)
        {
            string candidate = Path.Combine(folder.FullName, "module", name);
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        throw new DirectoryNotFoundException($"The module has no folder '{name}' beside its assemblies ({start}): install it again.");
    }
}
