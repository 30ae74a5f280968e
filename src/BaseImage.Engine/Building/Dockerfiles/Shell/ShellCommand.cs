namespace BaseImage.Engine.Building.Dockerfiles.Shell;

/// <summary>A command of a shell script.</summary>
internal sealed record ShellCommand
{
    /// <summary>The program without its folder; empty for assignments alone.</summary>
    public required string Name { get; init; }

    /// <summary>What stands behind the program.</summary>
    public IReadOnlyList<ShellWord> Words { get; init; } = [];

    /// <summary>Assignments before the program, as <c>NAME=value</c>.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary>Its redirections.</summary>
    public IReadOnlyList<ShellRedirection> Redirections { get; init; } = [];

    /// <summary>Its line in the file, from 1.</summary>
    public required int Line { get; init; }

    /// <summary>Which pipeline of the script it belongs to.</summary>
    public int Pipeline { get; init; }

    /// <summary>True where its output goes into another command.</summary>
    public bool FeedsPipe { get; init; }

    /// <summary>The program that it was found in, as <c>sudo</c> or <c>sh</c>; null for the script itself.</summary>
    public string? Inside { get; init; }

    /// <summary>Commands whose output stands in its words: <c>$(…)</c> and <c>&lt;(…)</c>.</summary>
    public IReadOnlyList<ShellCommand> Substituted { get; init; } = [];

    /// <summary>The words' texts.</summary>
    public IReadOnlyList<string> Arguments => _arguments ??= [.. Words.Select(word => word.Text)];

    private string[]? _arguments;

    /// <summary>
    /// Flags without dashes: of <c>--name=value</c> the name, of <c>-abc</c> each letter; nothing behind <c>--</c>.
    /// </summary>
    public IReadOnlyList<string> Flags => _flags ??= [.. Arguments.TakeWhile(argument => argument != "--").SelectMany(FlagsOf)];

    private string[]? _flags;

    /// <summary>Arguments that are no flags.</summary>
    public IReadOnlyList<ShellWord> Operands => Without();

    /// <summary>True where one of the flags is given.</summary>
    public bool HasFlag(params string[] names) => Flags.Any(flag => names.Contains(flag, StringComparer.Ordinal));

    /// <summary>True where one of the arguments is exactly this.</summary>
    public bool Has(params string[] arguments) => Arguments.Any(argument => arguments.Contains(argument, StringComparer.Ordinal));

    /// <summary>True where the program is one of these and one of the arguments is one of those.</summary>
    public bool Is(string name, params string[] arguments) => Name == name && (arguments.Length == 0 || Has(arguments));

    /// <summary>The values of a flag, whether they stand behind <c>=</c> or in the next word.</summary>
    public IEnumerable<string> Values(params string[] names)
    {
        for (int i = 0; i < Arguments.Count; i++)
        {
            string argument = Arguments[i];
            if (!FlagsOf(argument).Any(flag => names.Contains(flag, StringComparer.Ordinal)))
            {
                continue;
            }

            int equals = argument.IndexOf('=', StringComparison.Ordinal);
            if (equals >= 0)
            {
                yield return argument[(equals + 1)..];
            }
            else if (i + 1 < Arguments.Count)
            {
                yield return Arguments[i + 1];
            }
        }
    }

    /// <summary>Arguments that are neither flags nor the values of the named ones.</summary>
    public IReadOnlyList<ShellWord> Without(params string[] flagsWithValue)
    {
        List<ShellWord> operands = [];
        bool isBehind = false;
        for (int i = 0; i < Words.Count; i++)
        {
            string text = Words[i].Text;
            if (isBehind || (text.Length > 0 && text[0] != '-') || text is "-" or "")
            {
                operands.Add(Words[i]);
            }
            else if (text == "--")
            {
                isBehind = true;
            }
            else if (!text.Contains('=', StringComparison.Ordinal) && TakesNext(text, flagsWithValue))
            {
                i++;
            }
        }

        return operands;
    }

    // Of -yt the last letter takes the next word; of -ttarget the value is in it.
    private static bool TakesNext(string argument, string[] flagsWithValue) => argument.StartsWith("--", StringComparison.Ordinal)
        ? flagsWithValue.Contains(argument[2..], StringComparer.Ordinal)
        : flagsWithValue.Contains(argument[^1].ToString(), StringComparer.Ordinal) || flagsWithValue.Contains(argument[1..], StringComparer.Ordinal);

    private static IEnumerable<string> FlagsOf(string argument)
    {
        if (argument.Length < 2 || argument[0] != '-')
        {
            return [];
        }

        return argument.StartsWith("--", StringComparison.Ordinal) ? [argument[2..].Split('=')[0]] : argument.Skip(1).Select(letter => letter.ToString());
    }
}
