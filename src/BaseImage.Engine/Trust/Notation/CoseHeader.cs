using System.Formats.Cbor;
using System.Globalization;
using BaseImage.Engine.Trust.Keys;

namespace BaseImage.Engine.Trust.Notation;

/// <summary>
/// The signed header of a Notary Project COSE envelope: a CBOR map of labels, which are numbers or text.
/// Source: COSE signature envelope, "Protected Header"; RFC 9052, sections 3 and 3.1.
/// </summary>
internal static class CoseHeader
{
    /// <summary>The label of the algorithm.</summary>
    internal const string Algorithm = "#1";

    /// <summary>The label of what has to be understood.</summary>
    internal const string Critical = "#2";

    /// <summary>The label of the payload's type.</summary>
    internal const string ContentType = "#3";

    private const int MaxLabels = 1000;
    private const CborTag EpochTime = CborTag.UnixTimeSeconds;

    /// <summary>A header's bytes: deterministic CBOR (RFC 8949, section 4.2.1), and critical labels in the order in which Notation lists them.</summary>
    internal static byte[] Write(ProtectedHeader header, KeyAlgorithm algorithm)
    {
        string timeKey = header.IsSigningAuthority ? NotationNames.AuthenticSigningTime : NotationNames.SigningTime;
        List<string> critical = [NotationNames.Scheme];
        critical.AddRange(header.IsSigningAuthority ? [timeKey] : []);
        critical.AddRange(header.Expiry is null ? [] : [NotationNames.Expiry]);

        // Sorts the map itself. Its order is that of RFC 7049, which for these labels is RFC 8949's too.
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartMap(header.Expiry is null ? 5 : 6);
        writer.WriteInt32(1);
        writer.WriteInt32(algorithm.Cose);
        writer.WriteInt32(2);
        writer.WriteStartArray(critical.Count);
        critical.ForEach(writer.WriteTextString);
        writer.WriteEndArray();
        writer.WriteInt32(3);
        writer.WriteTextString(SignedPayload.MediaType);
        writer.WriteTextString(NotationNames.Scheme);
        writer.WriteTextString(header.IsSigningAuthority ? NotationNames.SigningAuthority : NotationNames.X509);
        WriteTime(writer, timeKey, header.SigningTime);
        if (header.Expiry is { } expiry)
        {
            WriteTime(writer, NotationNames.Expiry, expiry);
        }

        writer.WriteEndMap();
        return writer.Encode();
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="TrustFailureException">It breaks a rule.</exception>
    /// <exception cref="CborContentException">It is no CBOR.</exception>
    /// <exception cref="InvalidOperationException">A value is of another kind.</exception>
    internal static ProtectedHeader Read(ReadOnlyMemory<byte> bytes)
    {
        Dictionary<string, ReadOnlyMemory<byte>> map = ReadMap(bytes);
        string Text(string label) => map.TryGetValue(label, out ReadOnlyMemory<byte> value) ? new CborReader(value, CborConformanceMode.Strict).ReadTextString() : throw HeaderRules.Wrong($"'{label}' is missing");

        return HeaderRules.Check(new HeaderParts
        {
            Algorithm = map.TryGetValue(Algorithm, out ReadOnlyMemory<byte> algorithm) ? AlgorithmName(algorithm) : throw HeaderRules.Wrong("the algorithm is missing"),
            ContentType = Text(ContentType),
            Scheme = Text(NotationNames.Scheme),
            Time = label => map.TryGetValue(label, out ReadOnlyMemory<byte> value) ? Time(value, label) : null,
            Names = map.Keys,
            Critical = map.TryGetValue(Critical, out ReadOnlyMemory<byte> critical) ? Labels(critical) : [],
            CanBeCritical = label => map.ContainsKey(label) && label is not ("#0" or "#1" or "#2" or "#3" or "#4" or "#5" or "#6" or "#7" or "#8"),
        });
    }

    /// <summary>A map's values, still encoded, by their labels: text as it is, numbers with # before them.</summary>
    /// <exception cref="CborContentException">It is no CBOR, has a label twice or has something after it.</exception>
    /// <exception cref="InvalidOperationException">It is no map of labels, or one whose length is not said.</exception>
    internal static Dictionary<string, ReadOnlyMemory<byte>> ReadMap(ReadOnlyMemory<byte> bytes)
    {
        CborReader reader = new(bytes, CborConformanceMode.Strict);
        Dictionary<string, ReadOnlyMemory<byte>> map = new(StringComparer.Ordinal);
        int count = reader.ReadStartMap() ?? throw new InvalidOperationException("the length of a map is not said");
        if (count > MaxLabels)
        {
            throw new InvalidOperationException("a map has far more labels than headers have");
        }

        for (int i = 0; i < count; i++)
        {
            // Numbers that are written in a longer way than they need are the same label to some readers and another to others.
            string label = Label(reader);
            if (!map.TryAdd(label, reader.ReadEncodedValue()))
            {
                throw new CborContentException($"the label '{label}' is there twice");
            }
        }

        reader.ReadEndMap();
        return reader.BytesRemaining == 0 ? map : throw new CborContentException("there are bytes after the map");
    }

    private static string Label(CborReader reader) => reader.PeekState() switch
    {
        CborReaderState.UnsignedInteger or CborReaderState.NegativeInteger => "#" + reader.ReadInt64().ToString(CultureInfo.InvariantCulture),
        CborReaderState.TextString when reader.ReadTextString() is { } text && !text.StartsWith('#') => text,
        _ => throw new InvalidOperationException("a label is neither a number nor a name"),
    };

    private static string AlgorithmName(ReadOnlyMemory<byte> value)
    {
        int number = new CborReader(value, CborConformanceMode.Strict).ReadInt32();
        return KeyAlgorithm.OfCose(number)?.Jose ?? number.ToString(CultureInfo.InvariantCulture);
    }

    private static List<string> Labels(ReadOnlyMemory<byte> value)
    {
        CborReader reader = new(value, CborConformanceMode.Strict);
        List<string> labels = [];
        for (int count = reader.ReadStartArray() ?? throw new InvalidOperationException("the length of a list is not said"); count > 0; count--)
        {
            labels.Add(Label(reader));
        }

        return labels;
    }

    private static DateTimeOffset Time(ReadOnlyMemory<byte> value, string label)
    {
        CborReader reader = new(value, CborConformanceMode.Strict);
        return reader.PeekState() == CborReaderState.Tag && reader.PeekTag() == EpochTime ? reader.ReadUnixTimeSeconds() : throw HeaderRules.Wrong($"'{label}' is not a time in seconds (tag 1)");
    }

    private static void WriteTime(CborWriter writer, string label, DateTimeOffset time)
    {
        writer.WriteTextString(label);
        writer.WriteTag(EpochTime);
        writer.WriteInt64(time.ToUnixTimeSeconds());
    }
}
