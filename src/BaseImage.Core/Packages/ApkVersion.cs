namespace BaseImage;

/// <summary>
/// Alpine's package versions, <c>digits{.digits}{letter}{_suffix{number}}{~hash}{-rnumber}</c>, and their order.
/// Source: apk-tools 2.14, src/version.c.
/// </summary>
internal static class ApkVersion
{
    // Before, and from None on after, the version without a suffix.
    private static readonly string[] Suffixes = ["alpha", "beta", "pre", "rc", "", "cvs", "svn", "git", "hg", "p"];
    private static readonly int None = Array.IndexOf(Suffixes, "");

    // In this order apk compares parts of different kinds: the earlier kind is the newer version.
    private enum Part
    {
        First,
        Digits,
        Letter,
        Suffix,
        SuffixNumber,
        Hash,
        Revision,
        End,
    }

    /// <summary>The parts of a version; null for what is none.</summary>
    internal static bool IsValid(string text) => Split(text) is not null;

    /// <summary>Compares two valid versions.</summary>
    internal static int Compare(string left, string right)
    {
        List<(Part Kind, string Text)> a = Split(left)!, b = Split(right)!;
        int i = 0;
        for (; a[i].Kind == b[i].Kind && a[i].Kind != Part.End; i++)
        {
            int order = Compare(a[i].Kind, a[i].Text, b[i].Text);
            if (order != 0)
            {
                return Math.Sign(order);
            }
        }

        return a[i].Kind == b[i].Kind ? 0
            : IsPreRelease(a[i]) ? -1
            : IsPreRelease(b[i]) ? 1
            : Math.Sign(b[i].Kind - a[i].Kind);
    }

    /// <summary>Equal for versions that compare as equal.</summary>
    internal static int Hash(string text)
    {
        HashCode hash = default;
        foreach ((Part kind, string part) in Split(text)!)
        {
            hash.Add(kind);
            hash.Add(kind is Part.First or Part.SuffixNumber or Part.Revision ? part.TrimStart('0') : part, StringComparer.Ordinal);
        }

        return hash.ToHashCode();
    }

    /// <summary>Where the revision (<c>-r</c> and digits) starts; -1 for none.</summary>
    internal static int RevisionAt(string text)
        => text.LastIndexOf("-r", StringComparison.Ordinal) is var at and > 0 && at + 2 < text.Length && text.AsSpan(at + 2).IndexOfAnyExceptInRange('0', '9') < 0 ? at : -1;

    private static bool IsPreRelease((Part Kind, string Text) part) => part.Kind == Part.Suffix && Array.IndexOf(Suffixes, part.Text) < None;

    private static int Compare(Part kind, string a, string b) => kind switch
    {
        // A leading zero makes it a fraction, as in Gentoo's rules.
        Part.Digits when a[0] == '0' || b[0] == '0' => string.CompareOrdinal(a, b),
        Part.First or Part.Digits or Part.SuffixNumber or Part.Revision => ByNumber(a.TrimStart('0'), b.TrimStart('0')),
        Part.Suffix => Array.IndexOf(Suffixes, a) - Array.IndexOf(Suffixes, b),
        _ => string.CompareOrdinal(a, b),
    };

    private static int ByNumber(string a, string b) => a.Length != b.Length ? a.Length - b.Length : string.CompareOrdinal(a, b);

    private static List<(Part Kind, string Text)>? Split(string text)
    {
        int at = 0;
        string Take(Func<char, bool> accept)
        {
            int start = at;
            while (at < text.Length && accept(text[at]))
            {
                at++;
            }

            return text[start..at];
        }

        List<(Part Kind, string Text)> parts = [(Part.First, Take(char.IsAsciiDigit))];
        if (parts[0].Text.Length == 0)
        {
            return null;
        }

        while (at < text.Length)
        {
            Part last = parts[^1].Kind;
            char c = text[at];
            (Part Kind, string Text) next = default;
            if (c == '.' && last <= Part.Digits)
            {
                at++;
                next = (Part.Digits, Take(char.IsAsciiDigit));
            }
            else if (char.IsAsciiLetterLower(c) && last <= Part.Digits)
            {
                at++;
                next = (Part.Letter, c.ToString());
            }
            else if (c == '_' && last <= Part.SuffixNumber)
            {
                at++;
                next = (Part.Suffix, Take(char.IsAsciiLetterLower));
                next.Text = next.Text.Length > 0 && Array.IndexOf(Suffixes, next.Text) >= 0 ? next.Text : "";
            }
            else if (char.IsAsciiDigit(c) && last == Part.Suffix)
            {
                next = (Part.SuffixNumber, Take(char.IsAsciiDigit));
            }
            else if (c == '~' && last < Part.Hash)
            {
                at++;
                next = (Part.Hash, Take(char.IsAsciiHexDigitLower));
            }
            else if (c == '-' && last < Part.Revision && at + 1 < text.Length && text[at + 1] == 'r')
            {
                at += 2;
                next = (Part.Revision, Take(char.IsAsciiDigit));
            }

            if (string.IsNullOrEmpty(next.Text))
            {
                return null;
            }

            parts.Add(next);
        }

        parts.Add((Part.End, ""));
        return parts;
    }
}
