using System.Formats.Cbor;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;

namespace BaseImage.Engine.Trust.Notation;

/// <summary>
/// Notary Project signatures in COSE: a tagged COSE_Sign1 with its payload inside, written and read. The library reads CBOR; which
/// algorithm a signature is held against follows from the key alone, as everywhere here.
/// Source: Notary Project, COSE Sign1 signature envelope; RFC 9052, sections 2, 3 and 4.4.
/// </summary>
internal static class CoseEnvelope
{
    private const CborTag Sign1 = (CborTag)18;
    private const string Chain = "#33";
    private const int ChainLabel = 33;

    /// <summary>Signs a payload.</summary>
    /// <param name="payload">What is signed.</param>
    /// <param name="key">The key, with its whole chain.</param>
    /// <param name="header">When and under which scheme.</param>
    /// <param name="agent">The program that signs.</param>
    internal static byte[] Sign(byte[] payload, SigningKey key, ProtectedHeader header, string agent)
    {
        byte[] signedHeader = CoseHeader.Write(header, key.Public.Algorithm);
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteTag(Sign1);
        writer.WriteStartArray(4);
        writer.WriteByteString(signedHeader);
        writer.WriteStartMap(2);
        writer.WriteInt32(ChainLabel);
        writer.WriteStartArray(key.Chain.Count);
        foreach (X509Certificate2 certificate in key.Chain)
        {
            writer.WriteByteString(certificate.RawDataMemory.Span);
        }

        writer.WriteEndArray();
        writer.WriteTextString(NotationNames.Agent);
        writer.WriteTextString(agent);
        writer.WriteEndMap();
        writer.WriteByteString(payload);
        writer.WriteByteString(key.Sign(SigningInput(signedHeader, payload), SignatureForm.Jose));
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>An envelope of ours with a timestamp of its signature, which the signature does not cover.</summary>
    internal static byte[] WithTimestamp(byte[] envelope, byte[] token)
    {
        CborReader reader = new(envelope, CborConformanceMode.Strict);
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteTag(reader.ReadTag());
        writer.WriteStartArray(reader.ReadStartArray());
        writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
        int labels = reader.ReadStartMap()!.Value;
        writer.WriteStartMap(labels + 1);
        for (int i = 0; i < labels * 2; i++)
        {
            writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
        }

        reader.ReadEndMap();
        writer.WriteTextString(NotationNames.Timestamp);
        writer.WriteByteString(token);
        writer.WriteEndMap();
        writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
        writer.WriteEncodedValue(reader.ReadEncodedValue().Span);
        writer.WriteEndArray();
        return writer.Encode();
    }

    /// <summary>Reads an envelope. What it says is not yet believed, but its form is right.</summary>
    /// <exception cref="TrustFailureException">It is none.</exception>
    internal static SignatureDocument Read(ReadOnlyMemory<byte> bytes)
    {
        NotationEnvelope.CheckSize(bytes.Length);
        try
        {
            return ReadWhole(bytes);
        }
        catch (Exception e) when (e is CborContentException or InvalidOperationException or OverflowException or ArgumentException or FormatException or KeyInvalidException)
        {
            throw new TrustFailureException(SignatureStatus.Malformed, $"The envelope is not one: {e.Message.TrimEnd('.')}.", e);
        }
    }

    private static SignatureDocument ReadWhole(ReadOnlyMemory<byte> bytes)
    {
        CborReader reader = new(bytes, CborConformanceMode.Strict);
        if (reader.PeekState() != CborReaderState.Tag || reader.ReadTag() != Sign1)
        {
            throw Wrong("it is not tagged as COSE_Sign1 (18)");
        }

        if (reader.ReadStartArray() != 4)
        {
            throw Wrong("it does not have the four parts of COSE_Sign1");
        }

        byte[] signedHeader = reader.ReadDefiniteLengthByteString().ToArray();
        Dictionary<string, ReadOnlyMemory<byte>> open = CoseHeader.ReadMap(reader.ReadEncodedValue());
        if (reader.PeekState() == CborReaderState.Null)
        {
            throw Wrong("its payload is kept elsewhere");
        }

        byte[] payload = reader.ReadDefiniteLengthByteString().ToArray();
        byte[] signature = reader.ReadDefiniteLengthByteString().ToArray();
        reader.ReadEndArray();
        if (reader.BytesRemaining > 0)
        {
            throw Wrong("there are bytes after it");
        }

        if (signature.Length == 0)
        {
            throw Wrong("its signature is empty");
        }

        ProtectedHeader header = CoseHeader.Read(signedHeader);

        // A label in both headers would mean one thing to one reader and another to the next (RFC 9052, section 3).
        if (open.Keys.FirstOrDefault(label => header.Keys.Contains(label) || label is CoseHeader.Algorithm or CoseHeader.Critical or CoseHeader.ContentType) is { } twice)
        {
            throw Wrong($"'{twice}' has no place in the header that is not signed");
        }

        return new NotationEnvelope
        {
            Format = SignatureFormat.NotationCose,
            Header = header,
            Payload = payload,
            Chain = open.TryGetValue(Chain, out ReadOnlyMemory<byte> chain) ? Certificates(chain) : [],
            ChainName = "x5chain",
            Timestamp = open.TryGetValue(NotationNames.Timestamp, out ReadOnlyMemory<byte> stamp) ? new CborReader(stamp, CborConformanceMode.Strict).ReadDefiniteLengthByteString() : default,
            Agent = open.TryGetValue(NotationNames.Agent, out ReadOnlyMemory<byte> agent) ? new CborReader(agent, CborConformanceMode.Strict).ReadTextString() : "",
            Signature = signature,
            Signed = SigningInput(signedHeader, payload),
        }.ToDocument();
    }

    private static List<ReadOnlyMemory<byte>> Certificates(ReadOnlyMemory<byte> value)
    {
        CborReader reader = new(value, CborConformanceMode.Strict);
        int count = reader.ReadStartArray() ?? throw Wrong("the length of the list of certificates is not said");
        if (count > CertificateLinks.MaxLength)
        {
            throw new TrustFailureException(SignatureStatus.ChainBroken, $"There are more than {CertificateLinks.MaxLength} certificates.");
        }

        List<ReadOnlyMemory<byte>> found = [];
        while (found.Count < count)
        {
            found.Add(reader.ReadDefiniteLengthByteString());
        }

        return found;
    }

    // The Sig_structure (RFC 9052, section 4.4): the header in the very bytes that came, and nothing from outside.
    private static byte[] SigningInput(byte[] signedHeader, byte[] payload)
    {
        CborWriter writer = new(CborConformanceMode.Canonical);
        writer.WriteStartArray(4);
        writer.WriteTextString("Signature1");
        writer.WriteByteString(signedHeader);
        writer.WriteByteString([]);
        writer.WriteByteString(payload);
        writer.WriteEndArray();
        return writer.Encode();
    }

    private static TrustFailureException Wrong(string problem) => new(SignatureStatus.Malformed, $"The envelope is not one: {problem}.");
}
