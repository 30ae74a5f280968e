using System.Globalization;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>
/// Says why two lines that ought to be the same are not: what a cause may change is taken out of both, and where the rest is
/// the same the cause explains them. Several causes may act on one line.
/// </summary>
internal static partial class LineCauses
{
    /// <summary>The longest line that is looked at.</summary>
    internal const int MaxLine = 2048;

    // In the order in which one is preferred as the one that is told.
    private static readonly (DifferenceCause Cause, Func<string, string, (string, string)> Take)[] Takers =
    [
        (DifferenceCause.BuildPath, BuildPaths.Take),
        (DifferenceCause.HostName, (a, b) => (HostNames().Replace(a, "\u0002"), HostNames().Replace(b, "\u0002"))),
        (DifferenceCause.BuildHost, (a, b) => (Users().Replace(a, "\u0003"), Users().Replace(b, "\u0003"))),
        (DifferenceCause.Locale, TakeLocales),
        (DifferenceCause.Timestamp, (a, b) => (Times.Take(a), Times.Take(b))),
        (DifferenceCause.RandomId, TakeIds),
    ];

    /// <summary>The causes that together explain a pair of lines, the one to tell first; empty for none.</summary>
    internal static IReadOnlyList<DifferenceCause> Explain(string left, string right)
    {
        if (left.Length > MaxLine || right.Length > MaxLine || left.Length == 0 || right.Length == 0)
        {
            return [];
        }

        // A temporary folder's name is drawn, a report's is dated; that they are also paths says less.
        (string drawn, string alsoDrawn) = TakeIds(left, right);
        if (drawn == alsoDrawn)
        {
            return [DifferenceCause.RandomId];
        }

        if (Times.Take(left) == Times.Take(right))
        {
            return [Times.AreSameInstant(left, right) ? DifferenceCause.TimeZone : DifferenceCause.Timestamp];
        }

        foreach ((DifferenceCause cause, Func<string, string, (string, string)> take) in Takers)
        {
            (string a, string b) = take(left, right);
            if (a == b)
            {
                return [cause];
            }
        }

        // One after the other: each takes out its own, from what those before it left. Times before ids, which have digits too.
        List<DifferenceCause> causes = [];
        (string x, string y) = (left, right);
        foreach ((DifferenceCause cause, Func<string, string, (string, string)> take) in Takers)
        {
            (string a, string b) = take(x, y);
            if (Differs(a, b) < Differs(x, y))
            {
                causes.Add(cause);
                (x, y) = (a, b);
            }
        }

        return x == y ? causes : [];
    }

    // How much of two lines lies between what they have in common at both ends.
    private static int Differs(string left, string right)
    {
        int front = left.AsSpan().CommonPrefixLength(right), most = Math.Min(left.Length, right.Length) - front, back = 0;
        while (back < most && left[^(back + 1)] == right[^(back + 1)])
        {
            back++;
        }

        return left.Length + right.Length - (2 * (front + back));
    }

    // Of the same shape, and different nearly everywhere: what differs in one place was counted or chosen. Digests of other
    // contents have shapes too, and are no random ids; their lengths are known.
    private static (string, string) TakeIds(string left, string right)
    {
        MatchCollection a = Ids().Matches(left), b = Ids().Matches(right);
        if (a.Count != b.Count || a.Count == 0)
        {
            return (left, right);
        }

        bool[] drawn = [.. a.Zip(b).Select(pair => IsDrawn(left, pair.First, pair.Second))];
        return (Replace(left), Replace(right));

        string Replace(string text)
        {
            int next = 0;
            return Ids().Replace(text, match => drawn[next++] ? new string('\u0004', match.Length) : match.Value);
        }
    }

    private static bool IsDrawn(string text, Match left, Match right)
        => left.Length == right.Length && left.Value.Zip(right.Value).Count(pair => pair.First != pair.Second) * 10 >= left.Length * 6
            && (!IsDigest(left.Value) || SpeaksOfIds().IsMatch(text[..left.Index]));

    private static bool IsDigest(string text) => text.Length is 32 or 40 or 56 or 64 or 96 or 128 && text.All(char.IsAsciiHexDigit);

    private static (string, string) TakeLocales(string left, string right)
    {
        if (LocaleSetting().IsMatch(left) && LocaleSetting().IsMatch(right))
        {
            return (LocaleSetting().Replace(left, "\u0005"), LocaleSetting().Replace(right, "\u0005"));
        }

        // 1,5 and 1.5
        string a = DecimalPoint().Replace(left, "\u0006"), b = DecimalPoint().Replace(right, "\u0006");
        return a == b ? (a, b) : (left, right);
    }

    // UUIDs; numbers in hexadecimal digits; what mktemp(3) and compilers put at the end of temporary names; Base64.
    [GeneratedRegex(
        "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}"
        + "|(?<![0-9A-Za-z])(?=[0-9a-fA-F]*[a-fA-F])(?=[0-9a-fA-F]*[0-9])[0-9a-fA-F]{8,128}(?![0-9A-Za-z])"
        + "|(?<=(?:tmp|temp|build|cache)[._/-](?:[A-Za-z0-9_]{1,20}[._-]){0,3})(?=[0-9A-Za-z]*[0-9A-Z])[0-9A-Za-z]{6,12}(?![0-9A-Za-z])"
        + "|(?<![0-9A-Za-z])(?:cc|tmp)[0-9A-Za-z_]{6,10}(?![0-9A-Za-z_])"
        + "|(?<![0-9A-Za-z+=])(?=[A-Za-z+]*[0-9])(?=[a-z0-9+]*[A-Z])(?=[A-Z0-9+]*[a-z])[0-9A-Za-z+]{22,88}={0,2}(?![0-9A-Za-z+=])",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Ids();

    [GeneratedRegex(@"(?i)(?:uuid|guid|nonce|seed|salt|token|session|instance|random|machine|cookie|\bid)\W{0,6}$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex SpeaksOfIds();

    [GeneratedRegex(@"(?i)(?<=\b(?:host(?:[ _-]?name)?|node(?:name)?|machine|built[ _-]on|build[ _-]?host)\b[\s:=""']{1,4})[A-Za-z0-9][A-Za-z0-9.-]*|(?<=\b[a-z_][a-z0-9_-]*@)[A-Za-z0-9][A-Za-z0-9.-]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HostNames();

    [GeneratedRegex(@"(?i)(?<=\b(?:built[ _-]by|compiled[ _-]by|packager|builder|build[ _-]?user)\b[\s:=""']{1,4})[A-Za-z0-9_][A-Za-z0-9_.-]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Users();

    [GeneratedRegex(@"\b(?:LANG|LANGUAGE|LC_[A-Z]+)[""']?\s{0,2}[:=]\s{0,2}[""']?[A-Za-z0-9_.@:-]*", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex LocaleSetting();

    [GeneratedRegex(@"(?<=[0-9])[.,](?=[0-9])", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex DecimalPoint();
}
