using System.Text.RegularExpressions;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Building.Dockerfiles.Shell;

namespace BaseImage.Engine.Optimising;

/// <summary>Where an image's processes come from: its command, its health check, and what its environment makes every process load.</summary>
internal static partial class StartCommands
{
    // What shells do themselves, though files of these names may lie about.
    private static readonly HashSet<string> BuiltIn = new(["echo", "printf", "test", "[", "kill", "pwd", "true", "false", "cd", "set", "exec", "eval", "read", "umask", "wait", "exit", "return", "shift", "trap", "unset", "export", "command", "type", "ulimit", "local", "getopts", "times", ":", "."],
        StringComparer.Ordinal);

    private static readonly HashSet<string> Shells = new(["sh", "bash", "dash", "ash", "ksh", "zsh", "mksh", "busybox"], StringComparer.Ordinal);

    /// <summary>True for the name of a shell whose scripts are understood.</summary>
    public static bool IsShell(string name) => Shells.Contains(name);

    /// <summary>Tells of everything that the configuration starts.</summary>
    public static void Of(ImageFacts facts, Reach reach)
    {
        Command([.. facts.Config.Entrypoint ?? [], .. facts.Config.Cmd ?? []], "the image's command", reach);
        IReadOnlyList<string> test = facts.Config.Healthcheck?.Test ?? [];
        if (test.Count > 1 && test[0] == "CMD-SHELL")
        {
            Command(["/bin/sh", "-c", .. test.Skip(1)], "the health check", reach);
        }
        else if (test.Count > 1 && test[0] == "CMD")
        {
            Command([.. test.Skip(1)], "the health check", reach);
        }

        foreach ((string name, string value) in Variables.Of(facts.Config))
        {
            foreach (string part in value.Split(':', ' '))
            {
                if (part.StartsWith('/') && name != "PATH")
                {
                    reach.Word(part, $"the variable {name}");
                }
            }
        }

        foreach (string line in System.Text.Encoding.Latin1.GetString(facts.Files!.Read("/etc/ld.so.preload").Span).Split('\n', ' ', ':'))
        {
            reach.Word(line.Trim(), "/etc/ld.so.preload");
        }
    }

    /// <summary>Tells of what a script calls, and of the words that may be what it calls.</summary>
    public static void Script(string text, string by, Reach reach)
    {
        ShellScript script = ShellParser.Parse(text, _ => 1);
        foreach (ShellCommand command in script.Commands)
        {
            if (!BuiltIn.Contains(command.Name))
            {
                reach.Command(command.Name, by);
            }

            foreach (string word in command.Arguments.Where(word => !BuiltIn.Contains(word)))
            {
                reach.Word(word, by);
            }
        }

        Paths(text, by, reach);
    }

    /// <summary>Tells of the paths that stand in a text.</summary>
    public static void Paths(string text, string by, Reach reach)
    {
        foreach (Match match in AbsolutePath().Matches(text))
        {
            reach.Word(match.Value, by);
        }
    }

    private static void Command(IReadOnlyList<string> words, string by, Reach reach)
    {
        if (words.Count == 0)
        {
            return;
        }

        reach.Command(words[0], by);
        foreach (string word in words.Skip(1))
        {
            if (word.Any(char.IsWhiteSpace))
            {
                reach.Script(word, by);
            }
            else
            {
                reach.Word(word, by);
            }
        }
    }

    [GeneratedRegex(@"/[A-Za-z0-9_.+/-]+", RegexOptions.CultureInvariant)]
    private static partial Regex AbsolutePath();
}
