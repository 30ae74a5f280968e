using System.Text;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>A file's mode as Go's io/fs.FileMode writes it: letters for kind and special bits, or '-', and three times rwx.</summary>
internal static class GoMode
{
    /// <summary>The text.</summary>
    public static string Format(ImageFileKind kind, int mode)
    {
        StringBuilder text = new();
        text.Append(kind switch
        {
            ImageFileKind.Directory => "d",
            ImageFileKind.SymbolicLink => "L",
            ImageFileKind.CharacterDevice or ImageFileKind.BlockDevice => "D",
            ImageFileKind.Fifo => "p",
            _ => "",
        });
        text.Append((mode & 0x800) != 0 ? "u" : "").Append((mode & 0x400) != 0 ? "g" : "").Append(kind is ImageFileKind.CharacterDevice ? "c" : "").Append((mode & 0x200) != 0 ? "t" : "");
        if (text.Length == 0)
        {
            text.Append('-');
        }

        for (int bit = 8; bit >= 0; bit--)
        {
            text.Append((mode & (1 << bit)) != 0 ? "rwx"[(8 - bit) % 3] : '-');
        }

        return text.ToString();
    }
}

/// <summary>Puts variables into a text as Go's os.Expand does: <c>$name</c>, <c>${name}</c>; what is not set becomes nothing.</summary>
internal static class GoExpansion
{
    /// <summary>The text with its variables.</summary>
    public static string Expand(string text, IReadOnlyDictionary<string, string> values)
    {
        StringBuilder to = new();
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] != '$' || i + 1 == text.Length)
            {
                to.Append(text[i]);
                continue;
            }

            int start = i + 1, end = start;
            if (text[start] == '{')
            {
                end = text.IndexOf('}', start);
                if (end < 0)
                {
                    i = start;
                    continue;
                }

                to.Append(values.GetValueOrDefault(text[(start + 1)..end], ""));
                i = end;
                continue;
            }

            while (end < text.Length && (char.IsAsciiLetterOrDigit(text[end]) || text[end] == '_'))
            {
                end++;
            }

            if (end == start)
            {
                // Go takes $* and its like for variables, which nothing sets, and keeps any other sign.
                bool isSpecial = "*#$@!?-".Contains(text[start], StringComparison.Ordinal);
                to.Append(isSpecial ? "" : "$");
                i = isSpecial ? start : i;
                continue;
            }

            to.Append(values.GetValueOrDefault(text[start..end], ""));
            i = end - 1;
        }

        return to.ToString();
    }
}
