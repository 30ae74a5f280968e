using System.Text;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>
/// Takes quotes and escapes off words and puts in variables: <c>$x ${x} ${x:-y} ${x-y} ${x:+y} ${x+y} ${x:?y} ${x?y} ${x#p}
/// ${x##p} ${x%p} ${x%%p} ${x/p/r} ${x//p/r}</c>. Source: Dockerfile reference, "Environment replacement".
/// </summary>
/// <param name="escape">The file's escape character.</param>
/// <param name="lookup">A variable's value; null where it is not set.</param>
internal sealed class WordExpander(char escape, Func<string, string?> lookup)
{
    private const int MaximumDepth = 64;

    /// <summary>Longer results are refused: values that name each other twice grow without end.</summary>
    public const int MaximumLength = 1 << 20;

    private string _text = "";
    private int _at;
    private int _depth;

    /// <summary>Knows no variable.</summary>
    public static Func<string, string?> Nothing { get; } = _ => null;

    /// <summary>Keeps quotes.</summary>
    public bool RawQuotes { get; init; }

    /// <summary>Keeps escapes.</summary>
    public bool RawEscapes { get; init; }

    /// <summary>Keeps references to variables that are not set.</summary>
    public bool KeepUnset { get; init; }

    /// <summary>Variables that were asked for and not set.</summary>
    public HashSet<string> Unset { get; } = new(StringComparer.Ordinal);

    /// <summary>Variables that were asked for.</summary>
    public HashSet<string> Asked { get; } = new(StringComparer.Ordinal);

    /// <summary>What is wrong with the last word; empty for nothing.</summary>
    public string Error { get; private set; } = "";

    /// <summary>Expands a word; false where its syntax is wrong, which <see cref="Error"/> says.</summary>
    public bool TryExpand(string word, out string expanded)
    {
        bool good = TryRun(word, out string? result, out _);
        expanded = result ?? "";
        return good;
    }

    /// <summary>Expands a text and parts it into words at white space that no quotes hold.</summary>
    public bool TryWords(string text, out List<string> words) => TryRun(text, out _, out words);

    private bool TryRun(string text, out string? result, out List<string> words)
    {
        (_text, _at, _depth, Error) = (text, 0, 0, "");
        WordSplitter splitter = new();
        try
        {
            result = Until('\0', RawEscapes, splitter);
            words = splitter.Finish();
            return true;
        }
        catch (Exception e) when (e is FormatException or System.Text.RegularExpressions.RegexMatchTimeoutException)
        {
            Error = e.Message;
            (result, words) = (null, []);
            return false;
        }
    }

    private char Peek => _at < _text.Length ? _text[_at] : '\0';

    private bool AtEnd => _at >= _text.Length;

    private string Until(char stop, bool rawEscapes, WordSplitter? words)
    {
        if (++_depth > MaximumDepth)
        {
            throw new FormatException("Variables are nested too deeply.");
        }

        StringBuilder result = new();
        while (!AtEnd)
        {
            char c = _text[_at];
            if (stop != '\0' && c == stop)
            {
                _at++;
                _depth--;
                return result.ToString();
            }

            switch (c)
            {
                case '\'':
                    Append(result, Raw(words, SingleQuoted()));
                    break;
                case '"':
                    Append(result, Raw(words, DoubleQuoted(rawEscapes)));
                    break;
                case '$':
                    string value = Dollar();
                    words?.Add(value);
                    Append(result, value);
                    break;
                case '<' when _at + 1 < _text.Length && _text[_at + 1] == '<':
                    int from = _at;
                    _at += 2;
                    while (!AtEnd && Peek is ' ' or '\t' or '\r')
                    {
                        _at++;
                    }

                    Append(result, Raw(words, _text[from.._at]));
                    break;
                default:
                    _at++;
                    Plain(c, rawEscapes, result, words);
                    break;
            }
        }

        _depth--;
        return stop == '\0' ? result.ToString() : throw new FormatException($"A '{stop}' is missing.");
    }

    private void Plain(char c, bool rawEscapes, StringBuilder result, WordSplitter? words)
    {
        if (c != escape)
        {
            words?.Add(c);
            result.Append(c);
            return;
        }

        if (rawEscapes)
        {
            words?.AddRaw(c);
            result.Append(c);
        }

        if (!AtEnd)
        {
            words?.AddRaw(_text[_at]);
            result.Append(_text[_at++]);
        }
    }

    private static string Raw(WordSplitter? words, string text)
    {
        words?.AddRaw(text);
        return text;
    }

    private static void Append(StringBuilder result, string text)
    {
        if (result.Length + text.Length > MaximumLength)
        {
            throw new FormatException("The value grows beyond a megabyte.");
        }

        result.Append(text);
    }

    private string SingleQuoted()
    {
        int end = _text.IndexOf('\'', _at + 1);
        if (end < 0)
        {
            throw new FormatException("A single quote is not closed.");
        }

        string inside = _text[(_at + 1)..end];
        _at = end + 1;
        return RawQuotes ? $"'{inside}'" : inside;
    }

    private string DoubleQuoted(bool rawEscapes)
    {
        StringBuilder result = new();
        _at++;
        if (RawQuotes)
        {
            result.Append('"');
        }

        while (!AtEnd)
        {
            char c = Peek;
            if (c == '$')
            {
                Append(result, Dollar());
                continue;
            }

            _at++;
            if (c == '"')
            {
                return (RawQuotes ? result.Append('"') : result).ToString();
            }

            if (c == escape)
            {
                if (rawEscapes)
                {
                    result.Append(c);
                }

                if (AtEnd)
                {
                    break;
                }

                if (Peek is '"' or '$' || Peek == escape)
                {
                    c = _text[_at++];
                }
            }

            result.Append(c);
        }

        throw new FormatException("A double quote is not closed.");
    }

    private string Dollar()
    {
        _at++;
        if (Peek != '{' || AtEnd)
        {
            string plain = Name();
            return plain.Length == 0 ? "$" : Get(plain) ?? (KeepUnset ? "$" + plain : "");
        }

        _at++;
        if (AtEnd)
        {
            throw new FormatException("A '}' is missing.");
        }

        if (Peek is '{' or '}' or ':')
        {
            throw new FormatException("The substitution names no variable.");
        }

        string name = Name();
        if (AtEnd)
        {
            throw new FormatException("A '}' is missing.");
        }

        char modifier = _text[_at++];
        bool colon = modifier == ':';
        if (colon)
        {
            modifier = AtEnd ? throw new FormatException("A '}' is missing.") : _text[_at++];
        }

        return modifier switch
        {
            '}' when !colon => Get(name) ?? (KeepUnset ? $"${{{name}}}" : ""),
            '-' or '+' or '?' => Default(name, colon, modifier),
            '#' or '%' when !colon => Trim(name, modifier),
            '/' when !colon => Replace(name),
            _ => throw new FormatException($"'{(colon ? ":" : "")}{modifier}' in a substitution is not supported."),
        };
    }

    private string Default(string name, bool colon, char modifier)
    {
        string word = Until('}', false, null);
        string? value = Get(name);
        if (value is null && KeepUnset)
        {
            return $"${{{name}{(colon ? ":" : "")}{modifier}{word}}}";
        }

        bool isUnset = value is null || (colon && value.Length == 0);
        return modifier switch
        {
            '-' => isUnset ? word : value!,
            '+' => isUnset ? "" : word,
            _ => isUnset ? throw new FormatException($"{name} is needed and not set.") : value!,
        };
    }

    private string Trim(string name, char modifier)
    {
        string word = Until('}', true, null);
        string? value = Get(name);
        if (value is null && KeepUnset)
        {
            return $"${{{name}{modifier}{word}}}";
        }

        bool longest = word.Length > 0 && word[0] == modifier;
        return ShellPattern.Trim(value ?? "", longest ? word[1..] : word, longest, fromEnd: modifier == '%');
    }

    private string Replace(string name)
    {
        bool all = Peek == '/' && !AtEnd;
        if (all)
        {
            _at++;
        }

        string pattern = Until('/', true, null), replacement = Until('}', true, null);
        string? value = Get(name);
        return value is null && KeepUnset ? $"${{{name}/{pattern}/{replacement}}}" : ShellPattern.Replace(value ?? "", pattern, replacement, all);
    }

    private string? Get(string name)
    {
        Asked.Add(name);
        string? value = lookup(name);
        if (value is null)
        {
            Unset.Add(name);
        }

        return value;
    }

    private string Name()
    {
        int start = _at;
        if (!AtEnd && char.IsAsciiDigit(Peek))
        {
            while (!AtEnd && char.IsAsciiDigit(Peek))
            {
                _at++;
            }

            return _text[start.._at];
        }

        if (!AtEnd && Peek is '@' or '*' or '#' or '?' or '-' or '$' or '!')
        {
            return _text[_at++].ToString();
        }

        while (!AtEnd && (char.IsAsciiLetterOrDigit(Peek) || Peek == '_'))
        {
            _at++;
        }

        return _text[start.._at];
    }
}
