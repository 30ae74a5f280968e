using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// The hash that OpenSSL looks a certificate up by in a directory: the first four bytes, little-endian, of the SHA-1 of
/// the subject's canonical encoding. Canonical is: each RDN as DER without the outer SEQUENCE, strings as UTF8String in
/// lower case (ASCII only), without white space at both ends, and each run of it inside as one space. Source: OpenSSL
/// 3.0, crypto/x509/x_name.c (x509_name_canon, asn1_string_canon), and the manual page of openssl-x509, "-subject_hash".
/// </summary>
internal static class SubjectHash
{
    private static readonly UnicodeEncoding BigEndian = new(bigEndian: true, byteOrderMark: false, throwOnInvalidBytes: true);
    private static readonly UTF32Encoding BigEndian32 = new(bigEndian: true, byteOrderMark: false, throwOnInvalidCharacters: true);

    /// <summary>The hash of a DER certificate's subject, as eight hexadecimal digits.</summary>
    /// <exception cref="AsnContentException">It is not a certificate.</exception>
    /// <exception cref="ArgumentException">A name has bytes that its string type does not allow.</exception>
    public static string Of(ReadOnlyMemory<byte> certificate)
    {
        // RFC 5280, section 4.1: version, serialNumber, signature, issuer, validity, subject.
        AsnReader body = new AsnReader(certificate, AsnEncodingRules.DER).ReadSequence().ReadSequence();
        if (body.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 0)))
        {
            body.ReadEncodedValue();
        }

        for (int i = 0; i < 4; i++)
        {
            body.ReadEncodedValue();
        }

        AsnReader subject = body.ReadSequence();
        using MemoryStream canonical = new();
        while (subject.HasData)
        {
            canonical.Write(CanonicalRdn(subject.ReadSetOf(skipSortOrderValidation: true)));
        }

#pragma warning disable CA5350 // SHA-1 is what the file names are made of; nothing is trusted because of it.
        byte[] hash = SHA1.HashData(canonical.ToArray());
#pragma warning restore CA5350
        return BinaryPrimitives.ReadUInt32LittleEndian(hash).ToString("x8", CultureInfo.InvariantCulture);
    }

    private static byte[] CanonicalRdn(AsnReader rdn)
    {
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSetOf())
        {
            while (rdn.HasData)
            {
                AsnReader attribute = rdn.ReadSequence();
                using (writer.PushSequence())
                {
                    writer.WriteObjectIdentifier(attribute.ReadObjectIdentifier());
                    WriteValue(writer, attribute);
                }
            }
        }

        return writer.Encode();
    }

    private static void WriteValue(AsnWriter writer, AsnReader attribute)
    {
        Asn1Tag tag = attribute.PeekTag();
        Encoding? encoding = tag.TagClass == TagClass.Universal ? (UniversalTagNumber)tag.TagValue switch
        {
            UniversalTagNumber.UTF8String => Encoding.UTF8,
            UniversalTagNumber.PrintableString or UniversalTagNumber.IA5String or UniversalTagNumber.VisibleString or UniversalTagNumber.T61String => Encoding.Latin1,
            UniversalTagNumber.BMPString => BigEndian,
            UniversalTagNumber.UniversalString => BigEndian32,
            _ => null,
        } : null;
        if (encoding is null)
        {
            writer.WriteEncodedValue(attribute.ReadEncodedValue().Span);
            return;
        }

        byte[] content = attribute.PeekContentBytes().ToArray();
        attribute.ReadEncodedValue();
        writer.WriteCharacterString(UniversalTagNumber.UTF8String, Canonical(encoding.GetString(content)));
    }

    private static string Canonical(string text)
    {
        StringBuilder result = new(text.Length);
        bool space = false;
        foreach (char value in text)
        {
            // OpenSSL's ossl_isspace: space, \t, \n, \v, \f, \r.
            if (value is ' ' or (>= '\t' and <= '\r'))
            {
                space = result.Length > 0;
                continue;
            }

            if (space)
            {
                result.Append(' ');
                space = false;
            }

            result.Append(value is >= 'A' and <= 'Z' ? (char)(value | 0x20) : value);
        }

        return result.ToString();
    }
}
