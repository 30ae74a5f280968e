using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Auditing;

/// <summary>One line of passwd(5), read as container runtimes read it.</summary>
/// <param name="Name">The login name; may be anything.</param>
/// <param name="Uid">The user id; 0 where the field is missing or not a number, for so runtimes read it.</param>
/// <param name="Gid">The group id; 0 as above.</param>
internal sealed record PasswdEntry(string Name, long Uid, long Gid);

/// <summary>One line of group(5), read as container runtimes read it.</summary>
/// <param name="Name">The group's name.</param>
/// <param name="Gid">The group id; 0 where the field is missing or not a number.</param>
/// <param name="Members">Its members.</param>
internal sealed record GroupEntry(string Name, long Gid, IReadOnlyList<string> Members);

/// <summary>
/// passwd and group as runc, Docker and containerd read them: short lines and broken numbers are no error but zeros.
/// Source: github.com/moby/sys/user, functions ParsePasswdFilter, ParseGroupFilter and parseParts.
/// </summary>
internal static class AccountFiles
{
    private const int MaximumLines = 100_000;

    /// <summary>The lines of /etc/passwd.</summary>
    public static IReadOnlyList<PasswdEntry> Passwd(ReadOnlyMemory<byte> content)
        => [.. Lines(content).Select(fields => new PasswdEntry(Field(fields, 0), Number(fields, 2), Number(fields, 3)))];

    /// <summary>The lines of /etc/group.</summary>
    public static IReadOnlyList<GroupEntry> Group(ReadOnlyMemory<byte> content)
        => [.. Lines(content).Select(fields => new GroupEntry(Field(fields, 0), Number(fields, 2), Field(fields, 3).Split(',')))];

    /// <summary>Reads a number as Go's strconv.Atoi does: an optional sign and decimal digits, no spaces, 64 bits.</summary>
    public static bool TryNumber(string text, out long number)
        => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number) && text.All(c => char.IsAsciiDigit(c) || c is '+' or '-');

    private static IEnumerable<string[]> Lines(ReadOnlyMemory<byte> content)
        => Encoding.UTF8.GetString(content.Span).Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Take(MaximumLines).Select(line => line.Split(':'));

    private static string Field(string[] fields, int index) => index < fields.Length ? fields[index] : "";

    private static long Number(string[] fields, int index)
    {
        string text = Field(fields, index);
        return TryNumber(text, out long number) ? number
            : text.TrimStart('+', '-') is { Length: > 0 } digits && digits.All(char.IsAsciiDigit) ? long.MaxValue
            : 0;
    }
}
