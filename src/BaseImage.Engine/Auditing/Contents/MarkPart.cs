using System.Buffers.Binary;
using System.Text;
using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>What a file's first bytes say of it, beside programs.</summary>
internal enum ContentMark
{
    /// <summary>Nothing that a rule wants to know.</summary>
    None,

    /// <summary>Python's byte code with the time of its source (PEP 3147).</summary>
    TimedByteCode,

    /// <summary>Python's byte code with a hash of its source (PEP 552).</summary>
    HashedByteCode,

    /// <summary>An ELF core file.</summary>
    CoreDump,

    /// <summary>A key store in PKCS #12, DER.</summary>
    Pkcs12,

    /// <summary>A Java key store.</summary>
    JavaKeyStore,

    /// <summary>A KeePass data base.</summary>
    KeePass,
}

/// <summary>Looks at a file's first bytes: scripts' interpreters, byte code, core files, key stores.</summary>
internal sealed class MarkPart : IContentPart
{
    private const int MaximumLine = 256, CoreType = 4;

    private string _interpreter = "";
    private ContentMark _mark;

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        _interpreter = head.StartsWith("#!"u8) ? Line(head[2..]) : "";
        _mark = Of(entry, head);
        return _interpreter.Length > 0 || _mark != ContentMark.None;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
    }

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts) => facts with { Interpreter = _interpreter, Mark = _mark };

    private static string Line(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> line = head[..Math.Min(head.Length, MaximumLine)];
        int end = line.IndexOf((byte)'\n');
        return SecretText.MaskAll(Encoding.Latin1.GetString(end < 0 ? line : line[..end]).Trim());
    }

    private static ContentMark Of(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        if (head.Length < 16)
        {
            return ContentMark.None;
        }

        // Four bytes of version and interpreter, the last two CR LF; then flags, of which the lowest says "hash".
        if (head[2] == 0x0D && head[3] == 0x0A && entry.Path.Span.EndsWith(".pyc"u8))
        {
            return (BinaryPrimitives.ReadUInt32LittleEndian(head[4..]) & 1) != 0 ? ContentMark.HashedByteCode : ContentMark.TimedByteCode;
        }

        if (head.StartsWith("\x7f"u8) && head[1..].StartsWith("ELF"u8))
        {
            if (head.Length < 18)
            {
                return ContentMark.None;
            }

            int type = head[5] == 2 ? BinaryPrimitives.ReadUInt16BigEndian(head[16..]) : BinaryPrimitives.ReadUInt16LittleEndian(head[16..]);
            return type == CoreType ? ContentMark.CoreDump : ContentMark.None;
        }

        return head.StartsWith<byte>([0xFE, 0xED, 0xFE, 0xED]) || head.StartsWith<byte>([0xCE, 0xCE, 0xCE, 0xCE]) ? ContentMark.JavaKeyStore
            : head.StartsWith<byte>([0x03, 0xD9, 0xA2, 0x9A]) ? ContentMark.KeePass
            : IsPkcs12(head) ? ContentMark.Pkcs12
            : ContentMark.None;
    }

    // RFC 7292: SEQUENCE { INTEGER 3, SEQUENCE … }, the outer length in one to four further bytes or indefinite.
    private static bool IsPkcs12(ReadOnlySpan<byte> head)
    {
        if (head[0] != 0x30)
        {
            return false;
        }

        int content = head[1] < 0x80 ? 2 : head[1] == 0x80 ? 2 : 2 + (head[1] & 0x7F);
        return content <= 6 && head.Length > content + 4 && head[content..].StartsWith<byte>([0x02, 0x01, 0x03, 0x30]);
    }
}
