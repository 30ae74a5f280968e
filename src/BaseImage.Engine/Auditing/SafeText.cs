using System.Globalization;
using System.Text;
using BaseImage.Engine.Auditing.Secrets;

namespace BaseImage.Engine.Auditing;

/// <summary>Makes text from images fit to be put out: no secrets, no control characters, no endless lines.</summary>
internal static class SafeText
{
    private const int MaximumLength = 1_000;

    /// <summary>
    /// Masks every secret of a known form, and every value that its name says is one, writes control and format characters (bidirectional overrides among them)
    /// and lone surrogates as <c>\xNN</c> or <c>\uNNNN</c>, and cuts after 1,000 characters.
    /// </summary>
    public static string Of(string text)
    {
        text = NamedSecrets.Mask(SecretText.MaskAll(text.Length > 64 * 1024 ? text[..(64 * 1024)] : text));
        if (text.Length <= MaximumLength && text.All(c => c is >= ' ' and < '\x7f'))
        {
            return text;
        }

        StringBuilder safe = new(text.Length);
        foreach (Rune rune in Runes(text))
        {
            if (safe.Length >= MaximumLength)
            {
                safe.Append('…');
                break;
            }

            bool isLone = rune == Rune.ReplacementChar;
            if (!isLone && Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                safe.Append(rune.Value < 0x100 ? string.Create(CultureInfo.InvariantCulture, $"\\x{rune.Value:x2}") : string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"));
            }
            else
            {
                safe.Append(rune.ToString());
            }
        }

        return safe.ToString();
    }

    // A lone surrogate comes out as U+FFFD, which every encoding can hold.
    private static IEnumerable<Rune> Runes(string text)
    {
        foreach (Rune rune in text.EnumerateRunes())
        {
            yield return rune;
        }
    }
}
