using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// A clear-signed file taken apart, strictly: nothing stands before or after the signed block, every line of the text is
/// escaped as it must be, and what is signed is the very text that is handed on. Source: RFC 9580, section 7.
/// </summary>
/// <param name="Text">The text as it is to be parsed: without escapes and without white space at line ends, each line ended by "\n".</param>
/// <param name="Signed">The text as it is hashed: the same lines with CR LF between them, and none after the last.</param>
/// <param name="Armor">The armored signature, with its first and last line.</param>
internal sealed record ClearSignedText(byte[] Text, byte[] Signed, byte[] Armor)
{
    private const int MaxSignatureBytes = 64 << 10;

    /// <summary>Takes a file apart.</summary>
    /// <exception cref="ReleaseUnsignedException">It is no clear-signed file at all.</exception>
    /// <exception cref="ReleaseSignatureInvalidException">It is one, but malformed.</exception>
    public static ClearSignedText Split(ReadOnlySpan<byte> file, string name)
    {
        int at = 0;
        if (!Next(file, ref at, out ReadOnlySpan<byte> line) || !line.SequenceEqual("-----BEGIN PGP SIGNED MESSAGE-----"u8))
        {
            throw new ReleaseUnsignedException(name);
        }

        ReadHeaders(file, ref at, name);
        MemoryStream text = new(), signed = new();
        bool first = true;
        while (true)
        {
            int begin = at;
            if (!Next(file, ref at, out line))
            {
                throw new ReleaseSignatureInvalidException(name, "the file ends inside the signed text");
            }

            if (line.SequenceEqual("-----BEGIN PGP SIGNATURE-----"u8))
            {
                at = begin;
                break;
            }

            if (line.Length > 0 && line[0] == '-')
            {
                line = line.StartsWith("- "u8) ? line[2..] : throw new ReleaseSignatureInvalidException(name, "a line that begins with '-' is not escaped");
            }

            if (line.IndexOfAny((byte)0, (byte)'\r') >= 0)
            {
                throw new ReleaseSignatureInvalidException(name, "the signed text holds a NUL or a carriage return");
            }

            // White space at a line's end is not signed, so it must not be read either.
            line = line.TrimEnd(" \t"u8);
            if (!first)
            {
                signed.Write("\r\n"u8);
            }

            first = false;
            signed.Write(line);
            text.Write(line);
            text.WriteByte((byte)'\n');
        }

        ReadOnlySpan<byte> armor = file[at..];
        CheckArmor(armor, name);
        return new ClearSignedText(text.ToArray(), signed.ToArray(), armor.ToArray());
    }

    /// <summary>Checks that an armored signature is one block with nothing around it.</summary>
    internal static void CheckArmor(ReadOnlySpan<byte> armor, string name)
    {
        if (armor.Length > MaxSignatureBytes)
        {
            throw new ReleaseSignatureInvalidException(name, $"the signature is larger than {MaxSignatureBytes} bytes");
        }

        int at = 0;
        bool end = false;
        for (int number = 0; Next(armor, ref at, out ReadOnlySpan<byte> line); number++)
        {
            line = line.TrimEnd("\r"u8);
            if (number == 0 ? !line.SequenceEqual("-----BEGIN PGP SIGNATURE-----"u8) : end ? line.Length > 0 : line.IndexOfAnyExceptInRange((byte)' ', (byte)'~') >= 0)
            {
                throw new ReleaseSignatureInvalidException(name, end ? "something follows the signature" : "the armor of the signature is malformed");
            }

            end |= line.SequenceEqual("-----END PGP SIGNATURE-----"u8);
        }

        if (!end)
        {
            throw new ReleaseSignatureInvalidException(name, "the file ends inside the signature");
        }
    }

    private static void ReadHeaders(ReadOnlySpan<byte> file, ref int at, string name)
    {
        while (Next(file, ref at, out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty)
            {
                return;
            }

            // RFC 9580 7: "Hash" is the only header; it is a hint and decides nothing here.
            if (!line.StartsWith("Hash: "u8) || line[6..].IndexOfAnyExcept("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-, "u8) >= 0)
            {
                break;
            }
        }

        throw new ReleaseSignatureInvalidException(name, "before the signed text stands something other than 'Hash:' lines");
    }

    private static bool Next(ReadOnlySpan<byte> file, ref int at, out ReadOnlySpan<byte> line)
    {
        line = default;
        if (at >= file.Length)
        {
            return false;
        }

        int length = file[at..].IndexOf((byte)'\n');
        line = length < 0 ? file[at..] : file.Slice(at, length);
        at = length < 0 ? file.Length : at + length + 1;
        return true;
    }
}
