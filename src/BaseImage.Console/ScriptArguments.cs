using System.Management.Automation.Runspaces;

namespace BaseImage.Terminal;

/// <summary>Arguments of a script from the operating system's command line, read as pwsh -File reads them.</summary>
internal static class ScriptArguments
{
    internal static IEnumerable<CommandParameter> Read(IEnumerable<string> arguments)
    {
        foreach (string argument in arguments)
        {
            if (argument.Length < 2 || argument[0] != '-' || !(char.IsAsciiLetter(argument[1]) || argument[1] is '_' or '?'))
            {
                yield return new CommandParameter(null, argument);
                continue;
            }

            int colon = argument.IndexOf(':', StringComparison.Ordinal);
            yield return colon < 0 ? new CommandParameter(argument, null) : new CommandParameter(argument[1..colon], Value(argument[(colon + 1)..]));
        }
    }

    private static object Value(string text) => text.ToLowerInvariant() switch
    {
        "$true" => true,
        "$false" => false,
        _ => text,
    };
}
