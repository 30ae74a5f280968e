using System.Globalization;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>Dates and times in the forms in which programs write them.</summary>
internal static partial class Times
{
    /// <summary>The text with a mark for each date and time.</summary>
    internal static string Take(string text) => Dates().Replace(text, "\u0001");

    /// <summary>The dates and times of a text.</summary>
    internal static IReadOnlyList<string> Of(string text) => [.. Dates().Matches(text).Select(match => match.Value)];

    /// <summary>True where the times of two texts are the same instants, written in two time zones.</summary>
    internal static bool AreSameInstant(string left, string right)
    {
        IReadOnlyList<string> a = Of(left), b = Of(right);
        return a.Count > 0 && a.Count == b.Count && a.Zip(b).All(pair => pair.First == pair.Second || (HasZone().IsMatch(pair.First) && HasZone().IsMatch(pair.Second)
            && DateTimeOffset.TryParse(pair.First, CultureInfo.InvariantCulture, out DateTimeOffset x) && DateTimeOffset.TryParse(pair.Second, CultureInfo.InvariantCulture, out DateTimeOffset y) && x == y));
    }

    private const string Month = "(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sep(?:tember)?|Oct(?:ober)?|Nov(?:ember)?|Dec(?:ember)?)";
    private const string Day = "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?";
    private const string Zone = "(?:\\s?(?:Z|UTC|GMT|[A-Z]{3,4}T|[+-][0-9]{2}:?[0-9]{2}))?";
    private const string Clock = "[0-2]?[0-9]:[0-5][0-9](?::[0-6][0-9](?:[.,][0-9]{1,9})?)?(?:\\s?[AaPp][Mm])?";

    // ISO 8601, RFC 5322, ctime, C's __DATE__, man pages, packed digits, seconds since 1970, and times of day alone. The
    // longest form stands first. Packed digits and seconds count only where a version does not go on beside them.
    [GeneratedRegex(
        "(?<![0-9])(?:19|20)[0-9]{2}[-/.](?:0[1-9]|1[0-2])[-/.](?:0[1-9]|[12][0-9]|3[01])(?:(?:[T ]|, )" + Clock + Zone + ")?(?![0-9])"
        + "|" + "(?:" + Day + "\\s+)?[0-3]?[0-9][ -]" + Month + "[ -](?:19|20)[0-9]{2}(?:\\s+" + Clock + Zone + ")?"
        + "|" + "(?:" + Day + "\\s+)?" + Month + "\\s+[0-3]?[0-9](?:,?\\s+(?:19|20)[0-9]{2})?(?:\\s+" + Clock + "(?:" + Zone + "\\s+(?:19|20)[0-9]{2})?" + Zone + ")?(?![0-9])"
        + "|" + Month + ",?\\s+(?:19|20)[0-9]{2}(?![0-9])"
        + "|" + "(?<![0-9])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12][0-9]|3[01])/(?:19|20)?[0-9]{2}(?:\\s+" + Clock + Zone + ")?(?![0-9])"
        + "|" + "(?<![0-9:.])" + Clock + Zone + "(?![0-9:])"
        + "|" + "(?<![0-9A-Za-z.~+:-])20[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[T-]?[0-2][0-9][0-5][0-9](?:[0-5][0-9])?Z?)?(?![0-9A-Za-z.~+-])"
        + "|" + "(?<![0-9A-Za-z.])1[0-9]{9}(?:[0-9]{3}|\\.[0-9]{1,9})?(?![0-9A-Za-z.])",
        RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Dates();

    [GeneratedRegex("(?:Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})$", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex HasZone();
}
