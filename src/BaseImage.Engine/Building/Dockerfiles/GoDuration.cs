using System.Globalization;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Durations as HEALTHCHECK takes them: <c>1m30s</c>, <c>500ms</c>. Source: Go, time.ParseDuration.</summary>
internal static class GoDuration
{
    private static readonly (string Unit, double Milliseconds)[] Units = [("ns", 1e-6), ("us", 1e-3), ("µs", 1e-3), ("μs", 1e-3), ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000)];

    /// <summary>True for zero, and for a duration of a millisecond or more.</summary>
    public static bool IsValid(string text) => TryParse(text, out double milliseconds) && milliseconds is 0 or >= 1;

    private static bool TryParse(string text, out double milliseconds)
    {
        milliseconds = 0;
        int at = text.Length > 0 && text[0] is '+' or '-' ? 1 : 0;
        double sign = at == 1 && text[0] == '-' ? -1 : 1;
        if (text[at..] == "0")
        {
            return true;
        }

        if (at == text.Length)
        {
            return false;
        }

        while (at < text.Length)
        {
            int start = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            if (!double.TryParse(text.AsSpan(start, at - start), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double number))
            {
                return false;
            }

            int unitStart = at;
            while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
            {
                at++;
            }

            string unit = text[unitStart..at];
            (string Unit, double Milliseconds) known = Array.Find(Units, candidate => candidate.Unit == unit);
            if (known.Unit is null)
            {
                return false;
            }

            milliseconds += number * known.Milliseconds;
        }

        milliseconds *= sign;
        return true;
    }
}
