namespace BaseImage.Terminal;

/// <summary>What the program is to do.</summary>
internal enum OptionsAction
{
    Interactive,
    StandardInput,
    Command,
    File,
    Help,
    Version,
}

/// <summary>The command line, with pwsh's own words for it.</summary>
internal sealed record Options(OptionsAction Action, string Text, IReadOnlyList<string> Arguments)
{
    internal const string HelpText = """
        baseimage: the PowerShell engine and the BaseImage module in one program.

          baseimage SCRIPT.ps1 [ARGUMENTS]      runs a script
          baseimage -File SCRIPT.ps1 [ARGUMENTS]
          baseimage -Command 'LINE'             runs a line of PowerShell
          baseimage                             runs standard input, or asks line by line at a terminal
          baseimage -Version | -Help

        Exit codes are pwsh's: 0, 1 for an error that stopped the script, or what the script exits with.
        Of PowerShell's own cmdlets it has the engine's and a dozen more; for all of them install PowerShell and
        run: Import-Module ./BaseImage.psd1
        """;

    // Switches of pwsh that scripts and CI files pass by habit and that change nothing here.
    private static readonly string[] Ignored = ["noprofile", "nop", "nologo", "nol", "noninteractive", "noni", "mta", "sta"];
    private static readonly string[] IgnoredWithValue = ["executionpolicy", "ex", "ep", "outputformat", "o", "of", "inputformat", "if", "workingdirectory", "wd", "windowstyle", "w"];

    internal static Options? Parse(string[] arguments, TextWriter errors)
    {
        for (int i = 0; i < arguments.Length; i++)
        {
            string argument = arguments[i];
            string[] rest = arguments[(i + 1)..];
            if (argument == "-")
            {
                return new Options(OptionsAction.StandardInput, "", rest);
            }

            if (argument.Length < 2 || argument[0] != '-')
            {
                return new Options(OptionsAction.File, argument, rest);
            }

            string name = argument.TrimStart('-').ToLowerInvariant();
            switch (name)
            {
                case "command" or "c":
                    return rest.Length == 0 ? Fail(errors, "-Command needs a line of PowerShell.")
                        : rest is ["-"] ? new Options(OptionsAction.StandardInput, "", [])
                        : new Options(OptionsAction.Command, string.Join(' ', rest), []);
                case "file" or "f":
                    return rest.Length == 0 ? Fail(errors, "-File needs the path of a script.")
                        : rest[0] == "-" ? new Options(OptionsAction.StandardInput, "", rest[1..])
                        : new Options(OptionsAction.File, rest[0], rest[1..]);
                case "help" or "h" or "?":
                    return new Options(OptionsAction.Help, "", []);
                case "version" or "v":
                    return new Options(OptionsAction.Version, "", []);
            }

            if (IgnoredWithValue.Contains(name))
            {
                i++;
            }
            else if (!Ignored.Contains(name))
            {
                return Fail(errors, $"'{argument}' is not a parameter of baseimage. See baseimage -Help.");
            }
        }

        return new Options(Console.IsInputRedirected ? OptionsAction.StandardInput : OptionsAction.Interactive, "", []);
    }

    private static Options? Fail(TextWriter errors, string message)
    {
        errors.WriteLine(message);
        return null;
    }
}
