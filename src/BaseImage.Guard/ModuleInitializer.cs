using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace BaseImage.Guard;

/// <summary>
/// Run by PowerShell before the module's own assemblies are loaded. .NET loads an assembly of a name once and for all, so
/// two builds of BaseImage cannot live in one process: that is one clear error here and would be a riddle later. Nothing
/// of BaseImage.Core is named, and it is not a script: any script would cost each import a third of its time.
/// </summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private static readonly string[] Names = ["BaseImage.Core", "BaseImage.Cmdlets"];
    private static int _imports;

    /// <inheritdoc/>
    public void OnImport()
    {
        foreach (Assembly assembly in AssemblyLoadContext.Default.Assemblies)
        {
            AssemblyName name = assembly.GetName();
            if (Names.Contains(name.Name, StringComparer.Ordinal))
            {
                AssertSameBuild(assembly, name, OwnFolder());
            }
        }

        _imports++;
    }

    // The first to ask for this assembly asks for this very file; whoever asks later may have a copy of it, and .NET gives
    // them this one. Only PowerShell knows from where.
    private static string OwnFolder()
    {
        if (_imports > 0)
        {
            using PowerShell shell = PowerShell.Create(RunspaceMode.CurrentRunspace);
            if (shell.AddScript("$ExecutionContext.SessionState.Module.ModuleBase").Invoke<string>() is [{ } root, ..])
            {
                return Path.Combine(root, "module", "bin");
            }
        }

        return Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!;
    }

    // A copy of the very same build in another folder is the same module: the one that is loaded serves both.
    private static void AssertSameBuild(Assembly loaded, AssemblyName name, string own)
    {
        string folder = Path.GetDirectoryName(loaded.Location) ?? "";
        if (folder == own || Names.All(file => HaveSameBytes(Path.Combine(folder, file + ".dll"), Path.Combine(own, file + ".dll"))))
        {
            return;
        }

        Version? version = AssemblyName.GetAssemblyName(Path.Combine(own, "BaseImage.Core.dll")).Version;
        string message = $"BaseImage {version} cannot be imported from '{own}': this session already has BaseImage {name.Version} from '{loaded.Location}'.";
        ErrorRecord record = new(new InvalidOperationException(message), "OtherVersionLoaded", ErrorCategory.InvalidOperation, "BaseImage")
        {
            ErrorDetails = new ErrorDetails(message) { RecommendedAction = "Start a new session and import one version of BaseImage there." },
        };
        throw new RuntimeException(message, null, record);
    }

    private static bool HaveSameBytes(string left, string right)
        => File.Exists(left) && File.Exists(right) && File.ReadAllBytes(left).AsSpan().SequenceEqual(File.ReadAllBytes(right));
}
