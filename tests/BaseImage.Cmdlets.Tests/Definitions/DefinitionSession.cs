using System.Collections.ObjectModel;
using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace BaseImage.Cmdlets.Tests.Definitions;

/// <summary>A PowerShell engine in this process with the module imported by its manifest, and a folder to write definitions in.</summary>
public sealed class DefinitionSession : IDisposable
{
    private readonly Runspace _runspace;

    public DefinitionSession()
    {
        Folder = Directory.CreateTempSubdirectory("baseimage-definitions-").FullName;
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.Open();
        using PowerShell shell = Shell();
        shell.AddCommand("Import-Module").AddParameter("Name", Path.Combine(Repository, "BaseImage.psd1")).AddParameter("ErrorAction", ActionPreference.Stop).Invoke();
    }

    /// <summary>The checkout.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A folder of its own.</summary>
    public string Folder { get; }

    /// <summary>Writes a file and reads it with Get-BaseImageDefinition.</summary>
    public (Collection<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) Read(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return Read(path);
    }

    /// <summary>Reads a file or folder with Get-BaseImageDefinition.</summary>
    public (Collection<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) Read(string path, bool recurse = false)
    {
        using PowerShell shell = Shell();
        shell.AddCommand("Get-BaseImageDefinition").AddParameter("Path", path).AddParameter("Recurse", recurse);
        Collection<PSObject> output = shell.Invoke();
        return (output, [.. shell.Streams.Error]);
    }

    public void Dispose()
    {
        _runspace.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private PowerShell Shell()
    {
        PowerShell shell = PowerShell.Create();
        shell.Runspace = _runspace;
        return shell;
    }

    private static string FindRepository()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "BaseImage.psd1")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("BaseImage.psd1 is not above the tests.");
    }
}
