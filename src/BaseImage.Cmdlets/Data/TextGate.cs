using BaseImage.Documents;

namespace BaseImage.Cmdlets.Data;

/// <summary>
/// Looks a data file over before PowerShell's parser sees it. That parser recurses over long chains of operators until
/// the stack ends, which no program survives, and loads modules as it meets 'using', 'class' or 'configuration'. So
/// strings and comments are told from the rest here, by the parser's own rules, and whatever could make the two
/// disagree (a backtick, '--%', '$(' in double quotes, a '#' inside a word) is refused.
/// </summary>
internal sealed class TextGate
{
    private const int MaxOpenBrackets = 64;
    private const int MaxOperators = 512;
    private const string Operators = "+-*/%.:[]&|!?<>^~\\\u2013\u2014\u2015";
    private const string SingleQuotes = "'\u2018\u2019\u201A\u201B";
    private const string DoubleQuotes = "\"\u201C\u201D\u201E";
    private static readonly HashSet<string> Loading = new(["using", "class", "enum", "configuration", "import-dscresource", "workflow"], StringComparer.OrdinalIgnoreCase);

    private readonly string _text;
    private readonly string _path;
    private int _at;
    private int _open;
    private int _operators;

    private TextGate(string text, string path) => (_text, _path) = (text, path);

    /// <summary>The first thing that must not reach the parser, or null.</summary>
    public static DataProblem? Check(string text, string path) => new TextGate(text, path).Run();

    private DataProblem? Run()
    {
        while (_at < _text.Length)
        {
            int start = _at;
            if (Step(_text[_at]) is { } mistake)
            {
                int lineStart = start == 0 ? 0 : _text.LastIndexOf('\n', start - 1) + 1;
                SourcePosition position = new(_path, _text.AsSpan(0, start).Count('\n') + 1, start - lineStart + 1);
                return new DataProblem(position, mistake.Problem, mistake.Hint);
            }
        }

        return null;
    }

    private (string Problem, string Hint)? Step(char c)
    {
        if (SingleQuotes.Contains(c, StringComparison.Ordinal))
        {
            SkipQuoted(SingleQuotes, escapes: false);
            return null;
        }

        if (DoubleQuotes.Contains(c, StringComparison.Ordinal))
        {
            int start = _at;
            SkipQuoted(DoubleQuotes, escapes: true);
            return Expression(start);
        }

        return c switch
        {
            '@' when _at + 1 < _text.Length && (SingleQuotes.Contains(_text[_at + 1], StringComparison.Ordinal) || DoubleQuotes.Contains(_text[_at + 1], StringComparison.Ordinal)) => HereString(),
            '#' => Comment(),
            '<' when Next('#') => BlockComment(),
            '`' => ("A backtick stands outside a text.", "Take it out; a value may go on over several lines inside @( … ) and @{ … }."),
            '-' when _text.AsSpan(_at).StartsWith("--%", StringComparison.Ordinal) => ("'--%' is code.", "Put texts in quotes."),
            _ when char.IsAsciiLetter(c) => Word(),
            _ => Sign(c),
        };
    }

    private (string Problem, string Hint)? Sign(char c)
    {
        _at++;
        _open = c is '{' or '(' or '[' ? _open + 1 : c is '}' or ')' or ']' ? Math.Max(0, _open - 1) : _open;
        if (_open > MaxOpenBrackets)
        {
            return ($"More than {MaxOpenBrackets} brackets are open at once.", "Nest tables no deeper than the format asks for.");
        }

        return Operators.Contains(c, StringComparison.Ordinal) && ++_operators > MaxOperators
            ? ($"More than {MaxOperators} operators stand outside texts.", "Put texts in quotes: no value is computed.")
            : null;
    }

    private (string Problem, string Hint)? Word()
    {
        int start = _at;
        while (_at < _text.Length && (char.IsLetterOrDigit(_text[_at]) || _text[_at] == '_' || (_text[_at] == '-' && _at - start > 1)))
        {
            _operators += _text[_at] == '-' ? 1 : 0;
            _at++;
        }

        string word = _text[start.._at];
        ReadOnlySpan<char> rest = _text.AsSpan(_at).TrimStart();
        return Loading.Contains(word) && !rest.StartsWith("=", StringComparison.Ordinal)
            ? ($"'{word}' is code.", "A data file is one table, @{ … }; put texts in quotes.")
            : _operators > MaxOperators ? Sign('-') : null;
    }

    // PowerShell ends a text at any of its kinds of quote, and takes two in a row for one inside it.
    private void SkipQuoted(string quotes, bool escapes)
    {
        for (_at++; _at < _text.Length; _at++)
        {
            if (escapes && _text[_at] == '`')
            {
                _at++;
            }
            else if (quotes.Contains(_text[_at], StringComparison.Ordinal))
            {
                if (_at + 1 < _text.Length && quotes.Contains(_text[_at + 1], StringComparison.Ordinal))
                {
                    _at++;
                    continue;
                }

                _at++;
                return;
            }
        }

        _at = _text.Length;
    }

    private (string Problem, string Hint)? HereString()
    {
        int start = _at;
        if (!AtTokenStart())
        {
            return ("'@' and a quote stand inside a word.", "Put texts in quotes.");
        }

        bool single = SingleQuotes.Contains(_text[_at + 1], StringComparison.Ordinal);
        string quotes = single ? SingleQuotes : DoubleQuotes;
        int end = _text.IndexOf('\n', _at);
        if (!string.IsNullOrWhiteSpace(_text[(_at + 2)..(end < 0 ? _text.Length : end)]))
        {
            return ("A here-string's text begins on the line after @'.", "Put it on the next line, or use plain quotes.");
        }

        for (int line = end; line >= 0; line = _text.IndexOf('\n', line + 1))
        {
            if (line + 2 < _text.Length && quotes.Contains(_text[line + 1], StringComparison.Ordinal) && _text[line + 2] == '@')
            {
                _at = line + 3;
                return single ? null : Expression(start);
            }
        }

        // Not closed at the start of a line: closed after spaces, most likely.
        _at = _text.Length;
        int inner = Math.Max(_text.IndexOf("'@", start + 2, StringComparison.Ordinal), _text.IndexOf("\"@", start + 2, StringComparison.Ordinal));
        return inner > 0
            ? ("The end of this here-string is indented.", "Put its closing '@ at the start of a line.")
            : ("This here-string is not closed.", "Put '@ at the start of a line after it.");
    }

    private (string Problem, string Hint)? Expression(int start)
    {
        ReadOnlySpan<char> quoted = _text.AsSpan(start, _at - start);
        return quoted.Contains("$(", StringComparison.Ordinal) || quoted.Contains("${", StringComparison.Ordinal)
            ? ("A text in double quotes holds a variable or an expression.", "Use single quotes, in which '$' is a plain character.")
            : null;
    }

    private (string Problem, string Hint)? Comment()
    {
        if (!AtTokenStart())
        {
            return ("A '#' stands inside a word.", "Put a space before a comment, and texts in quotes.");
        }

        int end = _text.IndexOf('\n', _at);
        _at = end < 0 ? _text.Length : end;
        return null;
    }

    private (string Problem, string Hint)? BlockComment()
    {
        if (!AtTokenStart())
        {
            return ("A '<#' stands inside a word.", "Put a space before a comment, and texts in quotes.");
        }

        int end = _text.IndexOf("#>", _at + 2, StringComparison.Ordinal);
        _at = end < 0 ? _text.Length : end + 2;
        return null;
    }

    private bool Next(char c) => _at + 1 < _text.Length && _text[_at + 1] == c;

    // Where PowerShell begins a new token for certain; elsewhere a '#' or '@' may be part of a word.
    private bool AtTokenStart()
        => _at == 0 || char.IsWhiteSpace(_text[_at - 1]) || "{}();,=".Contains(_text[_at - 1], StringComparison.Ordinal) || Quote(_text[_at - 1]);

    private static bool Quote(char c) => SingleQuotes.Contains(c, StringComparison.Ordinal) || DoubleQuotes.Contains(c, StringComparison.Ordinal);
}
