using System.Management.Automation;
using System.Management.Automation.Runspaces;

namespace BaseImage.Terminal;

/// <summary>Says of a PowerShell cmdlet that this program does not carry that it is PowerShell's, and where to get it.</summary>
public static class MissingCommands
{
    private static readonly Lazy<HashSet<string>> Known = new(Read);

    internal static void Explain(Runspace runspace)
    {
        runspace.SessionStateProxy.InvokeCommand.CommandNotFoundAction = (_, arguments) =>
        {
            if (Known.Value.Contains(arguments.CommandName))
            {
                // The engine swallows what this handler throws, so a block that throws is what it finds in the cmdlet's place.
                arguments.CommandScriptBlock = ScriptBlock.Create($$"""
                    [CmdletBinding()]
                    param([Parameter(ValueFromPipeline)]$InputObject, [Parameter(ValueFromRemainingArguments)]$Rest)
                    begin { $PSCmdlet.ThrowTerminatingError([BaseImage.Terminal.MissingCommands]::Explain('{{arguments.CommandName}}')) }
                    """);
                arguments.StopSearch = true;
            }
        };
    }

    /// <summary>The error for a cmdlet of PowerShell that is not here.</summary>
    /// <param name="name">The cmdlet's name.</param>
    public static ErrorRecord Explain(string name)
    {
        string message = $"'{name}' is a cmdlet of PowerShell that the baseimage program does not carry.";
        return new ErrorRecord(new CommandNotFoundException(message), "CommandNeedsPowerShell", ErrorCategory.ObjectNotFound, name)
        {
            ErrorDetails = new ErrorDetails(message)
            {
                RecommendedAction = "Install PowerShell 7.4 or later (https://aka.ms/powershell), then run the script there after: Import-Module ./BaseImage.psd1",
            },
        };
    }

    private static HashSet<string> Read()
    {
        using Stream stream = typeof(MissingCommands).Assembly.GetManifestResourceStream("PowerShellCommands.txt")!;
        using StreamReader reader = new(stream);
        return new HashSet<string>(reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries), StringComparer.OrdinalIgnoreCase);
    }
}
