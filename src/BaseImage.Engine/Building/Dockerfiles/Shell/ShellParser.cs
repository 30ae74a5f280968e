namespace BaseImage.Engine.Building.Dockerfiles.Shell;

/// <summary>
/// Finds the commands of a script: enough of a shell's grammar to know what is called with which words, and nothing is ever
/// run. Scripts come as texts of one character a byte (<see cref="DockerfileSource"/>).
/// </summary>
internal sealed class ShellParser
{
    private const int MaximumDepth = 8;
    private const int MaximumCommands = 4_000;

    private static readonly HashSet<string> Reserved = new(["if", "then", "else", "elif", "fi", "for", "while", "until", "do", "done", "case", "esac", "in", "{", "}", "!", "time", "function", "select", "coproc"], StringComparer.Ordinal);
    private static readonly HashSet<string> Shells = new(["sh", "bash", "dash", "ash", "ksh", "zsh"], StringComparer.Ordinal);
    private static readonly HashSet<string> Wrappers = new(["sudo", "env", "exec", "command", "nohup", "nice", "ionice", "setarch", "linux32", "linux64", "doas", "gosu", "su-exec", "xvfb-run", "fakeroot", "stdbuf", "timeout", "unbuffer", "chronic", "eatmydata"], StringComparer.Ordinal);

    private readonly List<ShellCommand> _commands = [];
    private int _pipelines;
    private bool _hasPipe;
    private bool _setsPipefail;

    /// <summary>Parses a script.</summary>
    /// <param name="text">The script, one character a byte.</param>
    /// <param name="lineOf">The line in the file of a place in it.</param>
    public static ShellScript Parse(string text, Func<int, int> lineOf)
    {
        ShellParser parser = new();
        parser.Script(text, lineOf, 0, null);
        return new ShellScript(parser._commands, DockerfileSource.Decode(text), parser._hasPipe, parser._setsPipefail);
    }

    /// <summary>The command of an exec form.</summary>
    public static ShellScript Exec(IReadOnlyList<string> words, int line)
    {
        if (words.Count == 0)
        {
            return ShellScript.Empty;
        }

        ShellParser parser = new();
        ShellWord[] tokens = [.. words.Select(word => new ShellWord(word, line, true))];
        parser.Add([], tokens, [], [], line, 0, false, 0, null, _ => line);
        return new ShellScript(parser._commands, string.Join(' ', words), parser._hasPipe, parser._setsPipefail);
    }

    private List<ShellCommand> Script(string text, Func<int, int> lineOf, int depth, string? inside)
    {
        List<ShellCommand> mine = [];
        List<ShellToken> simple = [];
        int pipeline = _pipelines++;
        foreach (ShellToken token in new ShellLexer(text).Read())
        {
            if (!token.IsOperator || IsRedirection(token.Text))
            {
                simple.Add(token);
                continue;
            }

            bool isPipe = token.Text is "|" or "|&";
            Finish(simple, mine, lineOf, pipeline, isPipe, depth, inside);
            _hasPipe |= isPipe && token.Text.Length > 0;
            if (!isPipe && token.Text is not ("(" or ")"))
            {
                pipeline = _pipelines++;
            }
        }

        Finish(simple, mine, lineOf, pipeline, false, depth, inside);
        return mine;
    }

    private static bool IsRedirection(string op) => op[0] is '<' or '>' || op is "&>" or "&>>";

    private void Finish(List<ShellToken> tokens, List<ShellCommand> mine, Func<int, int> lineOf, int pipeline, bool feedsPipe, int depth, string? inside)
    {
        if (tokens.Count == 0)
        {
            return;
        }

        List<ShellWord> words = [];
        List<ShellRedirection> redirections = [];
        List<(string Script, int Offset)> inner = [];
        for (int i = 0; i < tokens.Count; i++)
        {
            ShellToken token = tokens[i];
            inner.AddRange(token.Inner);
            if (token.IsOperator)
            {
                // The number before it belongs to it.
                if (words.Count > 0 && i > 0 && !tokens[i - 1].IsQuoted && tokens[i - 1].Text.All(char.IsAsciiDigit) && tokens[i - 1].Offset + tokens[i - 1].Text.Length == token.Offset && words[^1].Text == tokens[i - 1].Text)
                {
                    words.RemoveAt(words.Count - 1);
                }

                string target = i + 1 < tokens.Count && !tokens[i + 1].IsOperator ? tokens[i + 1].Text : "";
                redirections.Add(new ShellRedirection(token.Text, DockerfileSource.Decode(target)));
                if (target.Length > 0 || (i + 1 < tokens.Count && !tokens[i + 1].IsOperator))
                {
                    inner.AddRange(tokens[i + 1].Inner);
                    i++;
                }
            }
            else
            {
                words.Add(new ShellWord(DockerfileSource.Decode(token.Text), lineOf(token.Offset), token.IsQuoted));
            }
        }

        int line = lineOf(tokens[0].Offset);
        tokens.Clear();
        List<ShellCommand> substituted = [];
        foreach ((string script, int offset) in inner)
        {
            if (depth < MaximumDepth && _commands.Count < MaximumCommands)
            {
                substituted.AddRange(Script(script, at => lineOf(offset + at), depth + 1, inside));
            }
        }

        Add(mine, words, redirections, substituted, line, pipeline, feedsPipe, depth, inside, lineOf);
    }

    private void Add(List<ShellCommand> mine, IReadOnlyList<ShellWord> words, List<ShellRedirection> redirections, List<ShellCommand> substituted, int line, int pipeline, bool feedsPipe, int depth, string? inside, Func<int, int> lineOf)
    {
        int at = 0;
        List<string> assignments = [];
        while (at < words.Count && !words[at].IsQuoted && Reserved.Contains(words[at].Text))
        {
            at++;
        }

        while (at < words.Count && IsAssignment(words[at].Text))
        {
            assignments.Add(words[at++].Text);
        }

        if (_commands.Count >= MaximumCommands || (at >= words.Count && assignments.Count == 0))
        {
            return;
        }

        string name = at < words.Count ? BaseName(words[at].Text) : "";
        ShellWord[] arguments = at < words.Count ? [.. words.Skip(at + 1)] : [];
        ShellCommand command = new()
        {
            Name = name,
            Words = arguments,
            Assignments = assignments,
            Redirections = redirections,
            Line = at < words.Count ? words[at].Line : line,
            Pipeline = pipeline,
            FeedsPipe = feedsPipe,
            Inside = inside,
            Substituted = substituted,
        };
        _commands.Add(command);
        mine.Add(command);
        _setsPipefail |= !_hasPipe && name == "set" && command.Has("pipefail");
        Nested(mine, command, redirections, pipeline, feedsPipe, depth, lineOf);
    }

    // What runs inside of another command: sh -c '…', eval "…", sudo …, xargs …
    private void Nested(List<ShellCommand> mine, ShellCommand command, List<ShellRedirection> redirections, int pipeline, bool feedsPipe, int depth, Func<int, int> lineOf)
    {
        if (depth >= MaximumDepth)
        {
            return;
        }

        if (Shells.Contains(command.Name))
        {
            int flag = -1;
            for (int i = 0; i < command.Arguments.Count && flag < 0; i++)
            {
                flag = command.Arguments[i].Length > 1 && command.Arguments[i][0] == '-' && command.Arguments[i][1] != '-' && command.Arguments[i].EndsWith('c') ? i : -1;
            }

            if (flag >= 0 && flag + 1 < command.Words.Count)
            {
                ShellWord script = command.Words[flag + 1];
                _setsPipefail |= !_hasPipe && command.Arguments.Take(flag + 1).Contains("pipefail", StringComparer.Ordinal);
                mine.AddRange(Script(DockerfileSource.Encode(script.Text), _ => script.Line, depth + 1, command.Name));
            }
        }
        else if (command.Name == "eval")
        {
            int line = command.Line;
            mine.AddRange(Script(DockerfileSource.Encode(string.Join(' ', command.Arguments)), _ => line, depth + 1, command.Name));
        }
        else if (Wrappers.Contains(command.Name) || command.Name == "xargs")
        {
            // The first word that is neither a flag nor an assignment nor a flag's value begins the command.
            IReadOnlyList<ShellWord> rest = command.Name switch
            {
                "sudo" => command.Without("u", "g", "user", "group", "h", "host", "p", "prompt"),
                "xargs" => command.Without("n", "P", "I", "L", "d", "a", "s", "E"),
                "nice" or "ionice" => command.Without("n", "c", "p", "adjustment"),
                "env" => command.Without("u", "unset", "C", "chdir"),
                "timeout" => [.. command.Without("s", "k", "signal", "kill-after").Skip(1)],
                "gosu" or "su-exec" => [.. command.Operands.Skip(1)],
                _ => command.Operands,
            };
            int first = 0;
            while (first < rest.Count && IsAssignment(rest[first].Text))
            {
                first++;
            }

            if (first < rest.Count)
            {
                // From there on its own flags count again.
                int from = command.Words.ToList().IndexOf(rest[first]);
                Add(mine, [.. command.Words.Skip(from)], redirections, [], command.Line, pipeline, feedsPipe, depth + 1, command.Name, lineOf);
            }
        }
    }

    private static bool IsAssignment(string word)
    {
        int equals = word.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 && !char.IsAsciiDigit(word[0]) && word.AsSpan(0, equals).TrimEnd('+').IndexOfAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") < 0;
    }

    private static string BaseName(string program) => program[(program.LastIndexOf('/') + 1)..];
}
