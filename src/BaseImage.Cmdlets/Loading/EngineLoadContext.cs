using System.Reflection;
using System.Runtime.Loader;

namespace BaseImage.Cmdlets;

/// <summary>
/// Holds BaseImage.Engine and every third-party package, from <c>module/bin/dependencies</c>, so that PowerShell's own or
/// another module's copies never meet ours. BaseImage.Core is shared: its types are what both sides exchange.
/// </summary>
internal sealed class EngineLoadContext : AssemblyLoadContext
{
    private const string EngineName = "BaseImage.Engine";
    private static readonly Lazy<EngineLoadContext> Instance = new(() => new EngineLoadContext(Path.GetDirectoryName(typeof(EngineLoadContext).Assembly.Location)!));
    private readonly string _folder;
    private readonly string? _tuned;

    private EngineLoadContext(string folder)
        : base("BaseImage")
        => (_folder, _tuned) = (Path.Combine(folder, "dependencies"), TunedEngine.Find(folder, typeof(object).Assembly.Location));

    /// <summary>Answers for the engine alone.</summary>
    internal static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name)
        => name.Name == EngineName ? Instance.Value.LoadFromAssemblyName(name) : null;

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        if (assemblyName.Name == typeof(Errors.BaseImageException).Assembly.GetName().Name)
        {
            return typeof(Errors.BaseImageException).Assembly;
        }

        string file = assemblyName.Name + ".dll";
        if (_tuned is not null && Path.Combine(_tuned, file) is var tuned && File.Exists(tuned))
        {
            return LoadFromAssemblyPath(tuned);
        }

        if (OperatingSystem.IsWindows())
        {
            // Packages with an implementation of their own for Windows keep it here; the file beside the engine throws there.
            string native = Path.Combine(_folder, "runtimes", "win", "lib", "net8.0", file);
            if (File.Exists(native))
            {
                return LoadFromAssemblyPath(native);
            }
        }

        string path = Path.Combine(_folder, file);
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }
}
