using System.Formats.Cbor;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BaseImage.Engine.Trust;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Notation;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>A COSE envelope that our own signer would not write: each part as a test wants it, signed or changed after signing.</summary>
internal sealed class ForgedCose
{
    /// <summary>2026-06-01T12:00:00Z.</summary>
    public const long Noon = 1_780_315_200;

    private ForgedCose(SignatureRoom room, TestAuthority signer)
    {
        using VerificationKey key = VerificationKey.Of(signer.Certificate);
        Signed =
        [
            (1, Int(key.Algorithm.Cose)), (2, Labels(NotationNames.Scheme)), (3, Text(SignedPayload.MediaType)),
            (NotationNames.SigningTime, Time(Noon)), (NotationNames.Scheme, Text(NotationNames.X509)),
        ];
        Open = [(33, Chain(signer.Chain))];
        Payload = SignedPayload.Of(room.Store.Subject, new Dictionary<string, string>());
    }

    /// <summary>The signed header.</summary>
    public List<(object Label, byte[] Value)> Signed { get; set; }

    /// <summary>The header that is not signed.</summary>
    public List<(object Label, byte[] Value)> Open { get; set; }

    public byte[] Payload { get; set; }

    public byte[] Header { get; private set; } = [];

    public byte[] Signature { get; set; } = [];

    /// <summary>Keeps an envelope beside the image.</summary>
    /// <param name="room">The image.</param>
    /// <param name="signer">Who signs.</param>
    /// <param name="before">Changes what is signed.</param>
    /// <param name="after">Changes what was signed.</param>
    /// <param name="header">Changes the signed header's bytes before it is signed.</param>
    /// <param name="sign">Signs otherwise.</param>
    /// <param name="whole">Changes the envelope's bytes.</param>
    public static Task Put(SignatureRoom room, TestAuthority signer, Action<ForgedCose>? before = null, Action<ForgedCose>? after = null, Func<byte[], byte[]>? header = null, Func<byte[], byte[]>? sign = null, Func<byte[], byte[]>? whole = null)
    {
        ForgedCose forged = new(room, signer);
        before?.Invoke(forged);
        byte[] plain = Map(forged.Signed);
        forged.Header = header?.Invoke(plain) ?? plain;
        byte[] input = Write(writer =>
        {
            writer.WriteStartArray(4);
            writer.WriteTextString("Signature1");
            writer.WriteByteString(forged.Header);
            writer.WriteByteString([]);
            writer.WriteByteString(forged.Payload);
            writer.WriteEndArray();
        });
        forged.Signature = sign?.Invoke(input) ?? ForgedSignatures.Sign(signer, input);
        after?.Invoke(forged);
        byte[] envelope = Write(writer =>
        {
            writer.WriteTag((CborTag)18);
            writer.WriteStartArray(4);
            writer.WriteByteString(forged.Header);
            writer.WriteEncodedValue(Map(forged.Open));
            writer.WriteByteString(forged.Payload);
            writer.WriteByteString(forged.Signature);
            writer.WriteEndArray();
        });
        return ForgedSignatures.Put(room, NotationNames.ArtifactType, (NotationNames.Cose, whole?.Invoke(envelope) ?? envelope));
    }

    /// <summary>Gives a label of the signed header another value, or one where there is none; null takes it away.</summary>
    public ForgedCose Set(object label, byte[]? value)
    {
        int at = Signed.FindIndex(pair => pair.Label.Equals(label));
        if (at >= 0)
        {
            Signed.RemoveAt(at);
        }

        if (value is not null)
        {
            Signed.Insert(at >= 0 ? at : Signed.Count, (label, value));
        }

        return this;
    }

    /// <summary>Writes the signed header again, after it was signed.</summary>
    public void Rewrite(object label, byte[]? value) => Header = Map(Set(label, value).Signed);

    /// <summary>Another target in the payload.</summary>
    public void Target(Action<JObject> change)
    {
        JObject root = JObject.Parse(Encoding.UTF8.GetString(Payload));
        change((JObject)root["targetArtifact"]!);
        Payload = Encoding.UTF8.GetBytes(root.ToString(Newtonsoft.Json.Formatting.None));
    }

    public static byte[] Text(string text) => Write(writer => writer.WriteTextString(text));

    public static byte[] Int(long number) => Write(writer => writer.WriteInt64(number));

    public static byte[] Bytes(byte[] bytes) => Write(writer => writer.WriteByteString(bytes));

    public static byte[] Time(long seconds) => Write(writer =>
    {
        writer.WriteTag(CborTag.UnixTimeSeconds);
        writer.WriteInt64(seconds);
    });

    public static byte[] Labels(params object[] labels) => Write(writer =>
    {
        writer.WriteStartArray(labels.Length);
        foreach (object label in labels)
        {
            Label(writer, label);
        }

        writer.WriteEndArray();
    });

    public static byte[] Chain(IEnumerable<X509Certificate2> chain) => Write(writer =>
    {
        X509Certificate2[] all = [.. chain];
        writer.WriteStartArray(all.Length);
        foreach (X509Certificate2 certificate in all)
        {
            writer.WriteByteString(certificate.RawData);
        }

        writer.WriteEndArray();
    });

    public static byte[] Write(Action<CborWriter> write)
    {
        CborWriter writer = new(CborConformanceMode.Lax);
        write(writer);
        return writer.Encode();
    }

    // Labels in the order in which they are, also twice.
    private static byte[] Map(List<(object Label, byte[] Value)> pairs) => Write(writer =>
    {
        writer.WriteStartMap(pairs.Count);
        foreach ((object label, byte[] value) in pairs)
        {
            Label(writer, label);
            writer.WriteEncodedValue(value);
        }

        writer.WriteEndMap();
    });

    private static void Label(CborWriter writer, object label)
    {
        switch (label)
        {
            case int number:
                writer.WriteInt32(number);
                break;
            case byte[] encoded:
                writer.WriteEncodedValue(encoded);
                break;
            default:
                writer.WriteTextString((string)label);
                break;
        }
    }
}
