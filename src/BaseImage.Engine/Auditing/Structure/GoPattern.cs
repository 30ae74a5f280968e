using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>
/// A regular expression in RE2's syntax (Go's package regexp), as near as .NET's engine without backtracking comes: linear
/// time, neither look-around nor references in either. Translated: named groups <c>(?P&lt;n&gt;…)</c>, <c>\z</c> and <c>$</c> at the
/// end of the text alone, <c>\d \w \s</c> as ASCII, <c>[[:alpha:]]</c>, <c>\pL</c>. Refused with a problem: <c>(?U)</c>, <c>\C</c>, <c>\Q…\E</c>, and repetitions
/// over 1000. Word boundaries and letter case are Unicode's here and ASCII's there.
/// </summary>
internal sealed class GoPattern
{
    private const int MaximumLength = 4096;
    private static readonly Dictionary<string, string> Posix = new(StringComparer.Ordinal)
    {
        ["alnum"] = "0-9A-Za-z", ["alpha"] = "A-Za-z", ["ascii"] = @"\x00-\x7F", ["blank"] = @"\t ", ["cntrl"] = @"\x00-\x1F\x7F", ["digit"] = "0-9", ["graph"] = "!-~",
        ["lower"] = "a-z", ["print"] = " -~", ["punct"] = @"!-/:-@\[-`{-~", ["space"] = @"\t\n\v\f\r ", ["upper"] = "A-Z", ["word"] = "0-9A-Za-z_", ["xdigit"] = "0-9A-Fa-f",
    };

    private readonly Regex _regex;

    private GoPattern(string text, Regex regex) => (Text, _regex) = (text, regex);

    /// <summary>As the file has it.</summary>
    public string Text { get; }

    /// <summary>True where some part of a text matches.</summary>
    public bool IsMatch(string text) => _regex.IsMatch(text);

    /// <summary>Reads a pattern; says why it is none.</summary>
    public static GoPattern? TryParse(string text, out string problem)
    {
        problem = "";
        if (text.Length > MaximumLength)
        {
            problem = $"it has more than {MaximumLength} characters";
            return null;
        }

        try
        {
            return new GoPattern(text, new Regex(Translate(text), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static string Translate(string text)
    {
        StringBuilder to = new();
        bool isMultiline = Regex.IsMatch(text, @"\(\?[a-zA-Z]*m", RegexOptions.NonBacktracking), inClass = false;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && i + 1 < text.Length)
            {
                to.Append(Escape(text, ref i, inClass));
            }
            else if (inClass)
            {
                int end = c == '[' && i + 1 < text.Length && text[i + 1] == ':' ? text.IndexOf(":]", i + 2, StringComparison.Ordinal) : -1;
                if (end > 0 && Posix.TryGetValue(text[(i + 2)..end], out string? set))
                {
                    to.Append(set);
                    i = end + 1;
                    continue;
                }

                inClass = c != ']';
                to.Append(c == '[' ? @"\[" : c);
            }
            else if (c == '[')
            {
                inClass = true;
                to.Append(c);
                if (i + 1 < text.Length && text[i + 1] == '^')
                {
                    to.Append(text[++i]);
                }

                if (i + 1 < text.Length && text[i + 1] == ']')
                {
                    to.Append(@"\]");
                    i++;
                }
            }
            else if (c == '(' && text.AsSpan(i).StartsWith("(?P<"))
            {
                to.Append("(?<");
                i += 3;
            }
            else if (c == '(' && i + 2 < text.Length && text[i + 1] == '?' && char.IsAsciiLetter(text[i + 2]) && Flags(text, i + 2).Contains('U', StringComparison.Ordinal))
            {
                throw new NotSupportedException("the flag U is not supported here");
            }
            else
            {
                to.Append(c == '$' && !isMultiline ? @"\z" : c);
            }
        }

        return to.ToString();
    }

    private static string Flags(string text, int start)
    {
        int end = start;
        while (end < text.Length && (char.IsAsciiLetter(text[end]) || text[end] == '-'))
        {
            end++;
        }

        return text[start..end];
    }

    private static string Escape(string text, ref int i, bool inClass)
    {
        char letter = text[++i];
        switch (letter)
        {
            case 'd':
                return inClass ? "0-9" : "[0-9]";
            case 'w':
                return inClass ? "0-9A-Za-z_" : "[0-9A-Za-z_]";
            case 's':
                return inClass ? @"\t\n\f\r " : @"[\t\n\f\r ]";
            case 'D' when !inClass:
                return "[^0-9]";
            case 'W' when !inClass:
                return "[^0-9A-Za-z_]";
            case 'S' when !inClass:
                return @"[^\t\n\f\r ]";
            case 'Q' or 'E' or 'C':
                throw new NotSupportedException($"\\{letter} is not supported here");
            case 'p' or 'P' when i + 1 < text.Length && text[i + 1] != '{':
                return $"\\{letter}{{{text[++i]}}}";
            default:
                return $"\\{letter}";
        }
    }
}
