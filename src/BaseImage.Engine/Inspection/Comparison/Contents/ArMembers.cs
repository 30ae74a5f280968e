using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>
/// Reads the members of an ar archive. Source: ar(5), and the GNU variant's table of long names (<c>//</c>). What the
/// table of symbols (<c>/</c>, <c>__.SYMDEF</c>) holds follows from the others and is not compared.
/// </summary>
internal static class ArMembers
{
    private const int Header = 60, MaxMembers = 100_000, MaxNames = 4 << 20;

    /// <summary>The members; null for what is no ar archive.</summary>
    internal static IReadOnlyList<ArchiveMember>? Read(ContentView view)
    {
        List<ArchiveMember> members = [];
        byte[] header = new byte[Header], names = [];
        for (long at = 8; at < view.Length;)
        {
            if (members.Count == MaxMembers || view.Read(at, header) != Header || header[58] != '`' || header[59] != '\n'
                || !long.TryParse(Field(header, 48, 10), NumberStyles.None, CultureInfo.InvariantCulture, out long size) || size > view.Length - at - Header)
            {
                return null;
            }

            string name = Field(header, 0, 16);
            ContentView content = view.Part(at + Header, size);
            if (name == "//")
            {
                names = content.Slice(0, MaxNames);
            }

            members.Add(new ArchiveMember(LongName(name, names), Field(header, 16, 12), $"{Field(header, 28, 6)}:{Field(header, 34, 6)} {Field(header, 40, 8)}", "", name is "/" or "/SYM64/" or "__.SYMDEF" ? "" : Sums.Of(content), () => content.Length <= ContentExplainer.MaxBytes ? content : null));
            at += Header + size + (size & 1);
        }

        return members;
    }

    private static string LongName(string name, byte[] names)
    {
        if (name.Length < 2 || name[0] != '/' || !int.TryParse(name.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out int at) || at >= names.Length)
        {
            return name.Length > 1 && name[^1] == '/' && name != "//" ? name[..^1] : name;
        }

        int end = names.AsSpan(at).IndexOfAny((byte)'\n', (byte)0);
        return Encoding.Latin1.GetString(names, at, end < 0 ? names.Length - at : end).TrimEnd('/');
    }

    private static string Field(byte[] header, int at, int length) => Encoding.Latin1.GetString(header, at, length).TrimEnd(' ');
}
