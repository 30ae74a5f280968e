using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace BaseImage.Engine.Trust.Certificates;

/// <summary>
/// Distinguished names, as a trust policy writes them and as certificates have them, each attribute at most once.
/// Source: Notary Project trust store and trust policy specification, "Trusted Identities Constraints"; RFC 4514.
/// </summary>
internal static class SubjectName
{
    private static readonly Dictionary<string, string> Names = new(StringComparer.Ordinal)
    {
        ["2.5.4.3"] = "CN", ["2.5.4.5"] = "SERIALNUMBER", ["2.5.4.6"] = "C", ["2.5.4.7"] = "L", ["2.5.4.8"] = "ST", ["2.5.4.9"] = "STREET",
        ["2.5.4.10"] = "O", ["2.5.4.11"] = "OU", ["2.5.4.17"] = "POSTALCODE", ["0.9.2342.19200300.100.1.1"] = "UID", ["0.9.2342.19200300.100.1.25"] = "DC",
    };

    /// <summary>Reads a name of a trust policy.</summary>
    /// <exception cref="FormatException">It breaks a rule, which the message names.</exception>
    internal static IReadOnlyDictionary<string, string> Parse(string text)
    {
        SortedDictionary<string, string> found = new(StringComparer.Ordinal);
        foreach (string part in Split(text))
        {
            int equals = part.IndexOf('=', StringComparison.Ordinal);
            string type = equals < 0 ? "" : part[..equals].Trim();
            if (type.Length == 0)
            {
                throw new FormatException($"'{part.Trim()}' is not an attribute and its value, as O=Example");
            }

            Add(found, type == "S" ? "ST" : type, Unescape(part[(equals + 1)..]));
        }

        string? missing = Array.Find(["C", "ST", "O"], type => found.GetValueOrDefault(type, "").Length == 0);
        return missing is null ? found : throw new FormatException($"it has no {missing}; C, ST and O are required");
    }

    /// <summary>A certificate's subject; null where it has an attribute twice or several in one place, which no identity can match.</summary>
    internal static IReadOnlyDictionary<string, string>? Of(X509Certificate2 certificate)
    {
        try
        {
            SortedDictionary<string, string> found = new(StringComparer.Ordinal);
            AsnReader names = new AsnReader(certificate.SubjectName.RawData, AsnEncodingRules.DER).ReadSequence();
            while (names.HasData)
            {
                AsnReader set = names.ReadSetOf();
                AsnReader pair = set.ReadSequence();
                string oid = pair.ReadObjectIdentifier();
                string value = pair.PeekTag() is { TagClass: TagClass.Universal, TagValue: (int)UniversalTagNumber.UTF8String or (int)UniversalTagNumber.PrintableString or (int)UniversalTagNumber.IA5String or (int)UniversalTagNumber.T61String or (int)UniversalTagNumber.BMPString } tag
                    ? pair.ReadCharacterString((UniversalTagNumber)tag.TagValue)
                    : "#" + Convert.ToHexString(pair.ReadEncodedValue().Span);
                set.ThrowIfNotEmpty();
                Add(found, Names.GetValueOrDefault(oid, oid), value);
            }

            return found;
        }
        catch (Exception e) when (e is AsnContentException or FormatException)
        {
            return null;
        }
    }

    /// <summary>True where every attribute of one name has the same value in another.</summary>
    internal static bool IsPartOf(IReadOnlyDictionary<string, string> part, IReadOnlyDictionary<string, string> whole)
        => part.All(pair => whole.TryGetValue(pair.Key, out string? value) && string.Equals(value, pair.Value, StringComparison.Ordinal));

    private static void Add(SortedDictionary<string, string> found, string type, string value)
    {
        if (!found.TryAdd(type, value))
        {
            throw new FormatException($"it has {type} twice");
        }
    }

    private static IEnumerable<string> Split(string text)
    {
        int start = 0;
        for (int i = 0; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '\\':
                    i++;
                    break;
                case ',':
                    yield return text[start..i];
                    start = i + 1;
                    break;
                case ';' or '"' or '<' or '>':
                    throw new FormatException($"'{text[i]}' has to be escaped with a backslash");
                case '+':
                    throw new FormatException("'+' (several attributes in one place) is not supported; escape one that is meant as itself");
            }
        }

        yield return text[start..];
    }

    // White space around a value is not part of it unless it is escaped; two hexadecimal digits after a backslash are a byte of UTF-8.
    private static string Unescape(string text)
    {
        string trimmed = text.TrimStart(' ');
        int end = trimmed.Length;
        while (end > 0 && trimmed[end - 1] == ' ' && !IsEscaped(trimmed, end - 1))
        {
            end--;
        }

        trimmed = trimmed[..end];
        if (trimmed.StartsWith('#'))
        {
            throw new FormatException("values in hexadecimal ('=#') are not supported");
        }

        List<byte> bytes = [];
        for (int i = 0; i < trimmed.Length; i++)
        {
            if (trimmed[i] != '\\')
            {
                int length = char.IsHighSurrogate(trimmed[i]) && i + 1 < trimmed.Length ? 2 : 1;
                bytes.AddRange(Encoding.UTF8.GetBytes(trimmed.Substring(i, length)));
                i += length - 1;
            }
            else if (i + 2 < trimmed.Length && byte.TryParse(trimmed.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte one))
            {
                bytes.Add(one);
                i += 2;
            }
            else if (i + 1 < trimmed.Length)
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(trimmed[++i..(i + 1)]));
            }
            else
            {
                throw new FormatException("it ends with a backslash that escapes nothing");
            }
        }

        return Encoding.UTF8.GetString([.. bytes]);
    }

    private static bool IsEscaped(string text, int at)
    {
        int slashes = 0;
        while (at - slashes > 0 && text[at - slashes - 1] == '\\')
        {
            slashes++;
        }

        return slashes % 2 == 1;
    }
}
