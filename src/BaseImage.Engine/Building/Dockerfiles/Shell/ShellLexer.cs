using System.Text;

namespace BaseImage.Engine.Building.Dockerfiles.Shell;

/// <summary>A token of a shell script: a word or an operator.</summary>
/// <param name="Text">A word without quotes, or the operator.</param>
/// <param name="IsOperator">True for an operator, a line's end among them.</param>
/// <param name="IsQuoted">True where any of a word stood in quotes.</param>
/// <param name="Offset">Where it begins.</param>
/// <param name="Inner">Scripts whose output stands in the word.</param>
internal sealed record ShellToken(string Text, bool IsOperator, bool IsQuoted, int Offset, IReadOnlyList<(string Script, int Offset)> Inner);

/// <summary>Parts a script into words and operators by the rules of POSIX (XCU 2.2, 2.3), never failing: what does not close ends with the text.</summary>
internal sealed class ShellLexer(string text)
{
    // Longest first.
    private static readonly string[] Operators = ["&>>", "<<<", "<<-", "&&", "||", ";;", "<<", ">>", "<&", ">&", "<>", ">|", "|&", "&>", "\n", ";", "&", "|", "(", ")", "<", ">"];
    private readonly List<string> _pendingHeredocs = [];
    private int _at;

    /// <summary>The tokens.</summary>
    public IEnumerable<ShellToken> Read()
    {
        bool expectsTerminator = false;
        while (Next() is { } token)
        {
            if (expectsTerminator && !token.IsOperator)
            {
                _pendingHeredocs.Add(token.Text);
            }

            expectsTerminator = token is { IsOperator: true, Text: "<<" or "<<-" };
            yield return token;
            if (token is { IsOperator: true, Text: "\n" })
            {
                SkipHeredocs();
            }
        }
    }

    private ShellToken? Next()
    {
        while (_at < text.Length)
        {
            char c = text[_at];
            if (c is ' ' or '\t' or '\r' or '\v' or '\f')
            {
                _at++;
            }
            else if (c == '\\' && _at + 1 < text.Length && text[_at + 1] == '\n')
            {
                _at += 2;
            }
            else if (c == '#')
            {
                int end = text.IndexOf('\n', _at);
                _at = end < 0 ? text.Length : end;
            }
            else
            {
                break;
            }
        }

        if (_at >= text.Length)
        {
            return null;
        }

        int start = _at;
        if (text[_at] is '<' or '>' && _at + 1 < text.Length && text[_at + 1] == '(')
        {
            return Word(start);
        }

        string? found = Array.Find(Operators, candidate => string.CompareOrdinal(text, _at, candidate, 0, candidate.Length) == 0);
        if (found is not null)
        {
            _at += found.Length;
            return new ShellToken(found, true, false, start, []);
        }

        return Word(start);
    }

    private ShellToken Word(int start)
    {
        StringBuilder word = new();
        List<(string, int)> inner = [];
        bool quoted = false;
        if (text[_at] is '<' or '>')
        {
            _at++;
            word.Append("<(").Append(Parenthesised(inner)).Append(')');
        }

        while (_at < text.Length)
        {
            char c = text[_at];
            if (c is ' ' or '\t' or '\r' or '\n' or '\v' or '\f' or ';' or '&' or '|' or '(' or ')' or '<' or '>')
            {
                break;
            }

            switch (c)
            {
                case '\\':
                    _at++;
                    if (_at < text.Length)
                    {
                        word.Append(text[_at] == '\n' ? "" : text[_at].ToString());
                        _at++;
                    }

                    break;
                case '\'':
                    quoted = true;
                    int close = text.IndexOf('\'', _at + 1);
                    close = close < 0 ? text.Length : close;
                    word.Append(text, _at + 1, close - _at - 1);
                    _at = Math.Min(close + 1, text.Length);
                    break;
                case '"':
                    quoted = true;
                    DoubleQuoted(word, inner);
                    break;
                case '$' or '`':
                    Dollar(word, inner);
                    break;
                default:
                    word.Append(c);
                    _at++;
                    break;
            }
        }

        return new ShellToken(word.ToString(), false, quoted, start, inner);
    }

    private void DoubleQuoted(StringBuilder word, List<(string, int)> inner)
    {
        _at++;
        while (_at < text.Length && text[_at] != '"')
        {
            char c = text[_at];
            if (c == '\\' && _at + 1 < text.Length)
            {
                char next = text[_at + 1];
                word.Append(next is '"' or '\\' or '$' or '`' ? next.ToString() : next == '\n' ? "" : "\\" + next);
                _at += 2;
            }
            else if (c is '$' or '`')
            {
                Dollar(word, inner);
            }
            else
            {
                word.Append(c);
                _at++;
            }
        }

        _at = Math.Min(_at + 1, text.Length);
    }

    private void Dollar(StringBuilder word, List<(string, int)> inner)
    {
        if (text[_at] == '`')
        {
            int close = text.IndexOf('`', _at + 1);
            close = close < 0 ? text.Length : close;
            inner.Add((text[(_at + 1)..close], _at + 1));
            word.Append("$(…)");
            _at = Math.Min(close + 1, text.Length);
            return;
        }

        word.Append('$');
        _at++;
        if (_at < text.Length && text[_at] == '(')
        {
            word.Append('(').Append(Parenthesised(inner)).Append(')');
        }
        else if (_at < text.Length && text[_at] == '{')
        {
            int start = _at, depth = 0;
            do
            {
                depth += text[_at] == '{' ? 1 : text[_at] == '}' ? -1 : 0;
                _at++;
            }
            while (_at < text.Length && depth > 0);
            word.Append(text, start, _at - start);
        }
    }

    // At '(': what stands inside, quotes respected.
    private string Parenthesised(List<(string, int)> inner)
    {
        int start = ++_at, depth = 1;
        char quote = '\0';
        for (; _at < text.Length; _at++)
        {
            char c = text[_at];
            if (c == '\\' && quote != '\'')
            {
                _at++;
            }
            else if (quote != '\0')
            {
                quote = c == quote ? '\0' : quote;
            }
            else if (c is '"' or '\'')
            {
                quote = c;
            }
            else if ((depth += c == '(' ? 1 : c == ')' ? -1 : 0) == 0)
            {
                break;
            }
        }

        _at = Math.Min(_at, text.Length);
        string script = text[start.._at];
        _at = Math.Min(_at + 1, text.Length);
        inner.Add((script, start));
        return script;
    }

    private void SkipHeredocs()
    {
        foreach (string terminator in _pendingHeredocs)
        {
            while (_at < text.Length)
            {
                int end = text.IndexOf('\n', _at);
                end = end < 0 ? text.Length : end;
                bool isEnd = text.AsSpan(_at, end - _at).Trim("\t\r").SequenceEqual(terminator);
                _at = Math.Min(end + 1, text.Length);
                if (isEnd)
                {
                    break;
                }
            }
        }

        _pendingHeredocs.Clear();
    }
}
