using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace BaseImage.Cmdlets.Tests;

/// <summary>A runspace of the PowerShell engine with the module imported by its manifest.</summary>
internal sealed class Shell : IDisposable
{
    private readonly Runspace _runspace;

    internal Shell(bool probe = false)
    {
        _runspace = RunspaceFactory.CreateRunspace(InitialSessionState.CreateDefault2());
        _runspace.Open();
        Run($"Import-Module '{Repository.Manifest}'");
        if (probe)
        {
            Run($"Import-Module '{Repository.Probe}'");
        }
    }

    internal PowerShell Create(string script)
    {
        PowerShell shell = PowerShell.Create(_runspace);
        return shell.AddScript(script);
    }

    /// <summary>Runs a script that must not fail.</summary>
    internal IReadOnlyList<PSObject> Run(string script)
    {
        (IReadOnlyList<PSObject> output, IReadOnlyList<ErrorRecord> errors) = Try(script);
        Assert.Empty(errors);
        return output;
    }

    /// <summary>Runs a script and gives what it wrote and its errors.</summary>
    internal (IReadOnlyList<PSObject> Output, IReadOnlyList<ErrorRecord> Errors) Try(string script)
    {
        using PowerShell shell = Create(script);
        IReadOnlyList<PSObject> output = shell.Invoke();
        return (output, [.. shell.Streams.Error]);
    }

    public void Dispose() => _runspace.Dispose();
}
