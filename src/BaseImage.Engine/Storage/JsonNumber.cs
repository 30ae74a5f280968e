using System.Globalization;
using System.Numerics;
using System.Text;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Storage;

/// <summary>
/// A JSON number's exact value, <c>Digits × 10^Exponent</c>, the exponent being 0 for whole numbers and otherwise
/// negative with no trailing zero in the digits: so <c>1.50</c>, <c>15e-1</c> and <c>1.5</c> are one value.
/// </summary>
/// <param name="Digits">The significant digits, signed.</param>
/// <param name="Exponent">The power of ten, at most 0.</param>
/// <param name="Text">What the document says.</param>
internal readonly record struct JsonNumber(BigInteger Digits, int Exponent, string Text)
{
    /// <summary>The most characters a number may have.</summary>
    public const int MaxLength = 512;

    /// <summary>The greatest exponent, either way: what a double can hold.</summary>
    public const int MaxExponent = 308;

    /// <summary>Reads a number that already has RFC 8259's shape; false when it exceeds a limit.</summary>
    public static bool TryRead(ReadOnlySpan<byte> utf8, out JsonNumber number)
    {
        number = default;
        if (utf8.Length > MaxLength)
        {
            return false;
        }

        string text = Encoding.ASCII.GetString(utf8);
        int mark = text.IndexOfAny(['e', 'E']);
        string mantissa = mark < 0 ? text : text[..mark];
        int exponent = 0;
        if (mark >= 0 && (!int.TryParse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out exponent) || Math.Abs((long)exponent) > MaxExponent))
        {
            return false;
        }

        int point = mantissa.IndexOf('.', StringComparison.Ordinal);
        if (point >= 0)
        {
            exponent -= mantissa.Length - point - 1;
            mantissa = mantissa.Remove(point, 1);
        }

        number = Normal(BigInteger.Parse(mantissa, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture), exponent, text);
        return number.Exponent >= -MaxExponent && number.Canonical().Length <= MaxLength;
    }

    /// <summary>As Newtonsoft's model holds it, always exact.</summary>
    public JToken ToToken()
    {
        if (Exponent == 0)
        {
            return Digits >= long.MinValue && Digits <= long.MaxValue ? new JValue((long)Digits) : new JValue((object)Digits);
        }

        bool fits = Exponent >= -28 && BigInteger.Abs(Digits) < BigInteger.Pow(2, 96);
        return fits ? new JValue(Exact()) : new JRaw(Canonical());
    }

    /// <summary>The nearest double.</summary>
    public double ToDouble() => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The one spelling of the value: plain digits where whole, a point where that is short, else digits and exponent.</summary>
    public string Canonical()
    {
        string digits = BigInteger.Abs(Digits).ToString(CultureInfo.InvariantCulture);
        string sign = Digits.Sign < 0 ? "-" : "";
        if (Exponent == 0)
        {
            return sign + digits;
        }

        if (Exponent < -40)
        {
            return string.Create(CultureInfo.InvariantCulture, $"{sign}{digits}e{Exponent}");
        }

        digits = digits.PadLeft(1 - Exponent, '0');
        return $"{sign}{digits[..^-Exponent]}.{digits[^-Exponent..]}";
    }

    private decimal Exact()
    {
        BigInteger size = BigInteger.Abs(Digits);
        return new decimal((int)(uint)(size & uint.MaxValue), (int)(uint)((size >> 32) & uint.MaxValue), (int)(uint)(size >> 64), Digits.Sign < 0, (byte)-Exponent);
    }

    private static JsonNumber Normal(BigInteger digits, int exponent, string text)
    {
        if (exponent > 0)
        {
            return new JsonNumber(digits * BigInteger.Pow(10, exponent), 0, text);
        }

        while (exponent < 0)
        {
            BigInteger quotient = BigInteger.DivRem(digits, 10, out BigInteger rest);
            if (!rest.IsZero)
            {
                break;
            }

            (digits, exponent) = (quotient, exponent + 1);
        }

        return new JsonNumber(digits, exponent, text);
    }
}
