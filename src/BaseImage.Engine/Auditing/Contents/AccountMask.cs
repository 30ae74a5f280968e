using System.Text;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// Strikes the passwords out of tables of accounts (passwd(5), shadow(5), group(5), gshadow(5)): the second field keeps
/// what says that there is none (empty, <c>x</c>, <c>*</c>, <c>!</c>), a hash keeps its method (crypt(5): <c>$6$</c>), and
/// everything else becomes <see cref="Struck"/>.
/// </summary>
internal static class AccountMask
{
    /// <summary>What stands for what was struck out.</summary>
    public const string Struck = "(struck-out)";

    /// <summary>The table with passwords struck out.</summary>
    public static byte[] Apply(ReadOnlySpan<byte> content)
        => Encoding.Latin1.GetBytes(string.Join('\n', Encoding.Latin1.GetString(content).Split('\n').Select(Line)));

    private static string Line(string line)
    {
        int first = line.IndexOf(':', StringComparison.Ordinal);
        if (first < 0)
        {
            return line;
        }

        int second = line.IndexOf(':', first + 1);
        string password = second < 0 ? line[(first + 1)..] : line[(first + 1)..second];
        return string.Concat(line.AsSpan(0, first + 1), Password(password), second < 0 ? "" : line.AsSpan(second));
    }

    private static string Password(string text)
    {
        string carriage = text.EndsWith('\r') ? "\r" : "";
        string field = text.TrimEnd('\r');

        // passwd(1) -l puts '!' before the hash; what is locked may be unlocked.
        string rest = field.TrimStart('!', '*');
        string locked = field[..^rest.Length];
        if (rest.Length == 0 || rest is "x" or "NP" or "LK")
        {
            return text;
        }

        int end = rest[0] == '$' ? rest.IndexOf('$', 1) : -1;
        string method = end is > 1 and <= 16 && rest[1..end].All(c => char.IsAsciiLetterOrDigit(c) || c is '-') ? rest[..(end + 1)] : "";
        return locked + method + Struck + carriage;
    }
}
