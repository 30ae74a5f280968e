using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Layers;

/// <summary>Writes bytes that ought to be text so that a terminal, a log and a CSV can take them.</summary>
internal static class LayerText
{
    /// <summary>UTF-8 text, with <c>\xNN</c> for every byte of a control character and of what is not UTF-8.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        // Nearly everything is plain ASCII, and every path of an image comes by.
        if (bytes.IndexOfAnyExceptInRange((byte)' ', (byte)'~') < 0)
        {
            return Encoding.ASCII.GetString(bytes);
        }

        StringBuilder text = new(bytes.Length);
        while (!bytes.IsEmpty)
        {
            System.Buffers.OperationStatus status = Rune.DecodeFromUtf8(bytes, out Rune rune, out int used);
            bool plain = status == System.Buffers.OperationStatus.Done && !IsControl(rune);
            if (plain)
            {
                text.Append(rune.ToString());
            }
            else
            {
                foreach (byte value in bytes[..used])
                {
                    text.Append(CultureInfo.InvariantCulture, $"\\x{value:x2}");
                }
            }
            bytes = bytes[used..];
        }
        return text.ToString();
    }

    // Format characters (bidirectional overrides, zero-width joiners) can make one name look like another.
    private static bool IsControl(Rune rune) => Rune.GetUnicodeCategory(rune)
        is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
}
