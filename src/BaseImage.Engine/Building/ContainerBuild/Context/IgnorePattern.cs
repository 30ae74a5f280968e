using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Building.ContainerBuild.Context;

/// <summary>
/// One pattern of an ignore file. Source: Dockerfile reference, ".dockerignore file", and where that is silent what the
/// matcher of Docker and BuildKit does: a pattern becomes a regular expression, but plain ones are compared as texts, and
/// <c>**</c> at the beginning takes any text before it and not folders alone.
/// </summary>
internal sealed class IgnorePattern
{
    private readonly Func<string, bool> _isMatch;

    private IgnorePattern(string text, bool isException, bool isPlain, Func<string, bool> isMatch) => (Text, IsException, IsPlain, _isMatch) = (text, isException, isPlain, isMatch);

    /// <summary>The pattern, cleaned, without the exclamation mark.</summary>
    public string Text { get; }

    /// <summary>True where it takes back what others ignore.</summary>
    public bool IsException { get; }

    /// <summary>True where it is compared as a text, so that it says which folder it is about.</summary>
    public bool IsPlain { get; }

    /// <summary>Makes a pattern of a cleaned text.</summary>
    /// <exception cref="FormatException">It is none; the message says why.</exception>
    public static IgnorePattern Parse(string text, bool isException)
    {
        CheckSyntax(text);
        return Compile(text, isException);
    }

    /// <summary>True where the pattern matches the whole path.</summary>
    /// <exception cref="FormatException">The pattern is none, which shows only now.</exception>
    public bool IsMatch(string path) => _isMatch(path);

    private static IgnorePattern Compile(string pattern, bool isException)
    {
        StringBuilder expression = new("^");
        string? mistake = null;
        bool isExpression = false, isSuffix = false, isPrefix = false;
        for (int at = 0, token = 0; at < pattern.Length; token++)
        {
            char c = pattern[at++];
            switch (c)
            {
                case '*' when at < pattern.Length && pattern[at] == '*':
                    at++;
                    at += at < pattern.Length && pattern[at] == '/' ? 1 : 0;
                    if (at < pattern.Length)
                    {
                        expression.Append("(?:.*/)?");
                        isExpression = true;
                    }
                    else if (!isExpression && !isSuffix)
                    {
                        isPrefix = true;
                    }
                    else
                    {
                        expression.Append(".*");
                        isExpression = true;
                    }

                    if (token == 0)
                    {
                        (isSuffix, isPrefix, isExpression) = (true, false, false);
                    }

                    break;
                case '*':
                    expression.Append("[^/]*");
                    isExpression = true;
                    break;
                case '?':
                    // One character, and one beyond the basic plane has two units.
                    expression.Append(@"(?:[\uD800-\uDBFF][\uDC00-\uDFFF]|[^/])");
                    isExpression = true;
                    break;
                case '.' or '+' or '(' or ')' or '|' or '{' or '}' or '$':
                    expression.Append('\\').Append(c);
                    break;
                case '\\':
                    if (at < pattern.Length)
                    {
                        string? escaped = Escape(pattern[at++]);
                        mistake ??= escaped is null ? $"'\\{pattern[at - 1]}' in it means nothing" : null;
                        expression.Append(escaped);
                        isExpression = true;
                    }
                    else
                    {
                        expression.Append(@"\\");
                    }

                    break;
                case '[' or ']':
                    expression.Append(c);
                    isExpression = true;
                    break;
                default:
                    // White space means something to .NET alone where the option for it is set, which it is not.
                    expression.Append(c == '#' ? "\\#" : c.ToString());
                    break;
            }
        }

        if (isExpression)
        {
            // A mistake counts where the pattern is asked, as it does to builders: often the ones before it have decided.
            Lazy<Regex> regex = new(() => mistake is null ? Regular(expression.Append(@"\z").ToString()) : throw new FormatException(mistake));
            return new IgnorePattern(pattern, isException, isPlain: false, path => regex.Value.IsMatch(path));
        }

        if (isSuffix)
        {
            string suffix = pattern[2..];
            return new IgnorePattern(pattern, isException, isPlain: false, path => path.EndsWith(suffix, StringComparison.Ordinal) || (suffix.StartsWith('/') && path.AsSpan().SequenceEqual(suffix.AsSpan(1))));
        }

        string start = isPrefix ? pattern[..^2] : pattern;
        return isPrefix
            ? new IgnorePattern(pattern, isException, isPlain: true, path => path.StartsWith(start, StringComparison.Ordinal))
            : new IgnorePattern(pattern, isException, isPlain: true, path => path == pattern);
    }

    private static Regex Regular(string expression)
    {
        try
        {
            return new Regex(expression, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, TimeSpan.FromSeconds(5));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException("it cannot be compiled", e);
        }
    }

    // What an escape means to the expressions of Go, which the engines' matcher hands it to.
    private static string? Escape(char c) => c switch
    {
        'd' => "[0-9]",
        'D' => "[^0-9]",
        'w' => "[0-9A-Za-z_]",
        'W' => "[^0-9A-Za-z_]",
        's' => @"[\t\n\f\r ]",
        'S' => @"[^\t\n\f\r ]",
        'a' or 'f' or 't' or 'n' or 'r' or 'v' or 'b' or 'B' or 'A' or 'z' => "\\" + c,
        _ when char.IsAsciiLetterOrDigit(c) || c > 0x7E => null,
        _ => "\\x" + ((int)c).ToString("x2", System.Globalization.CultureInfo.InvariantCulture),
    };

    // The syntax that Go's filepath.Match asks for: classes are closed and not empty, ranges have two ends, nothing ends in
    // a backslash. It is asked about the name '.', and looks at what stands behind a star only where the rest has matched.
    private static void CheckSyntax(string pattern)
    {
        int from = 0;
        for (bool goesOn = true; goesOn && from < pattern.Length;)
        {
            while (from < pattern.Length && pattern[from] == '*')
            {
                from++;
            }

            int end = CheckChunk(pattern, from);
            goesOn = pattern[from..end] is "." or "?" or ['[', .., ']'];
            from = end;
        }
    }

    // To the next star outside of a class.
    private static int CheckChunk(string pattern, int at)
    {
        for (; at < pattern.Length && pattern[at] != '*'; at++)
        {
            if (pattern[at] == '\\')
            {
                _ = ++at < pattern.Length ? true : throw new FormatException("it ends in a backslash");
            }
            else if (pattern[at] == '[')
            {
                at = CheckClass(pattern, at + 1);
            }
        }

        return Math.Min(at, pattern.Length);
    }

    private static int CheckClass(string pattern, int at)
    {
        at += at < pattern.Length && pattern[at] == '^' ? 1 : 0;
        for (int ranges = 0; ; ranges++)
        {
            if (at < pattern.Length && pattern[at] == ']' && ranges > 0)
            {
                return at;
            }

            at = CheckClassCharacter(pattern, at);
            if (at < pattern.Length && pattern[at] == '-')
            {
                at = CheckClassCharacter(pattern, at + 1);
            }
        }
    }

    private static int CheckClassCharacter(string pattern, int at)
    {
        if (at >= pattern.Length || pattern[at] is '-' or ']')
        {
            throw new FormatException("it has a class of characters that is empty, does not end, or has half a range");
        }

        at += pattern[at] == '\\' ? 1 : 0;
        at++;
        return at < pattern.Length ? at : throw new FormatException("it has a class of characters that does not end");
    }
}
