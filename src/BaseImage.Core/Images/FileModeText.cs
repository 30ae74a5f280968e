namespace BaseImage;

/// <summary>Writes modes as <c>ls -l</c> does.</summary>
public static class FileModeText
{
    /// <summary>Ten characters, for instance <c>-rwsr-xr-x</c>.</summary>
    public static string Format(ImageFileKind kind, int mode)
    {
        char type = kind switch
        {
            ImageFileKind.Directory => 'd',
            ImageFileKind.SymbolicLink => 'l',
            ImageFileKind.CharacterDevice => 'c',
            ImageFileKind.BlockDevice => 'b',
            ImageFileKind.Fifo => 'p',
            _ => '-',
        };
        Span<char> text = [type, .. Triple(mode >> 6, (mode & 0x800) != 0, 's'), .. Triple(mode >> 3, (mode & 0x400) != 0, 's'), .. Triple(mode, (mode & 0x200) != 0, 't')];
        return new string(text);
    }

    private static char[] Triple(int bits, bool special, char letter)
    {
        bool execute = (bits & 1) != 0;
        char last = special ? (execute ? letter : char.ToUpperInvariant(letter)) : execute ? 'x' : '-';
        return [(bits & 4) != 0 ? 'r' : '-', (bits & 2) != 0 ? 'w' : '-', last];
    }
}
