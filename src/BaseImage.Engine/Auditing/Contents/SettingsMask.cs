using System.Text;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// Keeps of a tool's settings the lines that say what it trusts, and nothing else: such files are where logins are, in
/// more forms than anybody knows. Other lines become empty, so that numbers of lines stay; logins in addresses are struck out.
/// </summary>
internal static class SettingsMask
{
    private static readonly string[] Telling = ["ssl", "verify", "trust", "insecure", "certificate", "gpgcheck", "unauthenticated", "weakrepositories", "downgradeto", "valid-until"];

    /// <summary>The settings without what no rule reads.</summary>
    public static byte[] Apply(ReadOnlySpan<byte> content)
        => Encoding.Latin1.GetBytes(string.Join('\n', Encoding.Latin1.GetString(content).Split('\n').Select(line => IsTelling(line) ? WithoutLogin(line) : "")));

    /// <summary>A text without logins in its addresses.</summary>
    public static byte[] WithoutLogins(ReadOnlySpan<byte> content) => Encoding.Latin1.GetBytes(string.Join('\n', Encoding.Latin1.GetString(content).Split('\n').Select(WithoutLogin)));

    private static bool IsTelling(string line) => line.Trim() is "-k" || Telling.Any(word => line.Contains(word, StringComparison.OrdinalIgnoreCase));

    // ://user:password@ -> ://***@
    private static string WithoutLogin(string line)
    {
        int scheme = line.IndexOf("://", StringComparison.Ordinal);
        while (scheme >= 0)
        {
            int start = scheme + 3, end = line.IndexOfAny(['/', ' ', '"', '\'', ',', '\t'], start), at = line.LastIndexOf('@', end < 0 ? line.Length - 1 : end - 1);
            line = at > start ? string.Concat(line.AsSpan(0, start), "***", line.AsSpan(at)) : line;
            scheme = line.IndexOf("://", start, StringComparison.Ordinal);
        }

        return line;
    }
}
