using System.Management.Automation;
using System.Runtime.Loader;

namespace BaseImage.Cmdlets;

/// <summary>
/// Run by PowerShell when the module is imported and removed. While it is imported, a request for BaseImage.Engine is
/// answered from the module's own load context; every other assembly is nobody's business but its owner's.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer, IModuleAssemblyCleanup
{
    private static readonly object Gate = new();

    // Several runspaces of a process may hold the module; the handler stays for the last of them.
    private static int _imports;

    /// <inheritdoc/>
    public void OnImport()
    {
        lock (Gate)
        {
            if (_imports++ == 0)
            {
                AssemblyLoadContext.Default.Resolving += EngineLoadContext.Resolve;
            }
        }
    }

    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        lock (Gate)
        {
            if (_imports > 0 && --_imports == 0)
            {
                AssemblyLoadContext.Default.Resolving -= EngineLoadContext.Resolve;
            }
        }
    }
}
