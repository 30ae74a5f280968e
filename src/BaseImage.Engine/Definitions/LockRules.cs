using System.Globalization;

namespace BaseImage.Engine.Definitions;

/// <summary>What the texts of a lock may be. They become paths and file names, so nothing loose is taken.</summary>
internal static class LockRules
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>True for a path that stays under an archive's root on every system.</summary>
    public static bool IsPath(string text)
        => text.Length is > 0 and <= 1024
            && text.Split('/').All(s => s.Length > 0 && s is not ("." or "..") && s.All(c => char.IsAsciiLetterOrDigit(c) || "._+-~@%=,".Contains(c, StringComparison.Ordinal)));

    /// <summary>True for a package's name. Source: Debian Policy 5.6.1.</summary>
    public static bool IsPackageName(string text)
        => text.Length is > 0 and <= 200 && IsLowerOrDigit(text[0]) && text.All(c => IsLowerOrDigit(c) || c is '+' or '-' or '.');

    /// <summary>True for an archive id or an architecture.</summary>
    public static bool IsPlainName(string text) => text.Length is > 0 and <= 100 && IsLowerOrDigit(text[0]) && text.All(c => IsLowerOrDigit(c) || c == '-');

    /// <summary>True for a key's fingerprint in upper-case hexadecimal.</summary>
    public static bool IsFingerprint(string text) => text.Length is 40 or 64 && text.All(c => char.IsAsciiHexDigitUpper(c));

    /// <summary>A time as a lock writes it, to the second, UTC.</summary>
    public static string Format(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <summary>Reads such a time.</summary>
    public static bool TryParseTime(string text, out DateTimeOffset time)
        => DateTimeOffset.TryParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out time);

    private static bool IsLowerOrDigit(char c) => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c);
}
