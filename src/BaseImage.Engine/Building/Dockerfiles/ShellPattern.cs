using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>
/// Patterns of <c>${x#p}</c>, <c>${x%p}</c> and <c>${x/p/r}</c>: <c>*</c> and <c>?</c>, no brackets. Matched by an engine
/// that is linear in the text, since both come from the file.
/// </summary>
internal static class ShellPattern
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(1);
    private const int MaximumPattern = 1_000;
    private const int MaximumText = 64 * 1024;

    /// <summary>A value without the start (or end) that a pattern matches.</summary>
    public static string Trim(string value, string pattern, bool longest, bool fromEnd)
    {
        if (fromEnd)
        {
            (value, pattern) = (Reverse(value), ReversePattern(pattern));
        }

        Match match = Compile(pattern, longest, anchored: true, value).Match(value);
        string rest = match.Success ? value[match.Length..] : value;
        return fromEnd ? Reverse(rest) : rest;
    }

    /// <summary>A value in which the first match, or every one, is replaced.</summary>
    public static string Replace(string value, string pattern, string replacement, bool all)
    {
        Regex regex = Compile(pattern, longest: true, anchored: false, value);
        string replaced = regex.Replace(value, _ => replacement, all ? WordExpander.MaximumLength : 1);
        return replaced.Length > WordExpander.MaximumLength ? throw new FormatException("The value grows beyond a megabyte.") : replaced;
    }

    private static Regex Compile(string pattern, bool longest, bool anchored, string value)
    {
        if (pattern.Length > MaximumPattern || value.Length > MaximumText)
        {
            throw new FormatException("The pattern or the value of a substitution is too long.");
        }

        StringBuilder expression = new(anchored ? @"\A" : "");
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length && pattern[i + 1] is '}' or '/')
            {
                continue;
            }

            if (c == '\\')
            {
                if (i + 1 >= pattern.Length || pattern[i + 1] is not ('*' or '?' or '\\'))
                {
                    throw new FormatException("The pattern of a substitution has an escape that means nothing.");
                }

                expression.Append(Regex.Escape(pattern[++i].ToString()));
            }
            else
            {
                expression.Append(c switch { '*' => longest ? ".*" : ".*?", '?' => ".", _ => Regex.Escape(c.ToString()) });
            }
        }

        return new Regex(expression.ToString(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);
    }

    private static string Reverse(string text)
    {
        char[] characters = text.ToCharArray();
        Array.Reverse(characters);
        return new string(characters);
    }

    // An escape stays before what it escapes.
    private static string ReversePattern(string pattern)
    {
        StringBuilder reversed = new(pattern.Length);
        for (int i = 0; i < pattern.Length; i++)
        {
            bool isPair = pattern[i] == '\\' && i + 1 < pattern.Length;
            reversed.Insert(0, isPair ? pattern.AsSpan(i, 2) : pattern.AsSpan(i, 1));
            i += isPair ? 1 : 0;
        }

        return reversed.ToString();
    }
}
