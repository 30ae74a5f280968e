using System.Management.Automation;
using System.Management.Automation.Runspaces;
using System.Reflection;

namespace BaseImage.Terminal;

/// <summary>The dozen cmdlets of PowerShell's Utility and Management modules that everyday lines need, where they are absent.</summary>
internal static class AbsentCommands
{
    internal static void AddTo(InitialSessionState state)
    {
        HashSet<string> present = new(state.Commands.Select(command => command.Name), StringComparer.OrdinalIgnoreCase);
        foreach (Type type in typeof(AbsentCommands).Assembly.GetTypes())
        {
            if (type.GetCustomAttribute<CmdletAttribute>() is { } cmdlet)
            {
                string name = $"{cmdlet.VerbName}-{cmdlet.NounName}";
                if (!present.Contains(name))
                {
                    state.Commands.Add(new SessionStateCmdletEntry(name, type, null));
                }
            }
        }
    }
}
