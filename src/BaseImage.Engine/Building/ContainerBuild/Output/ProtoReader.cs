namespace BaseImage.Engine.Building.ContainerBuild.Output;

/// <summary>
/// Reads the fields of a protobuf message one after the other, strictly: groups, numbers of more than 64 bits, fields that
/// reach over the end and more than a bounded number of them are refused. Source: Protocol Buffers, "Encoding".
/// </summary>
internal ref struct ProtoReader(ReadOnlySpan<byte> bytes)
{
    private const int MaxFields = 100_000;
    private ReadOnlySpan<byte> _rest = bytes;
    private int _fields;

    /// <summary>The field's number.</summary>
    public int Field { get; private set; }

    /// <summary>A number field's value; 0 for others.</summary>
    public ulong Number { get; private set; }

    /// <summary>The bytes of a text, a message or bytes; empty for others.</summary>
    public ReadOnlySpan<byte> Bytes { get; private set; }

    /// <summary>Goes to the next field.</summary>
    /// <returns>False at the end.</returns>
    /// <exception cref="InvalidDataException">The message is broken.</exception>
    public bool Next()
    {
        if (_rest.IsEmpty)
        {
            return false;
        }

        ulong tag = Varint();
        Number = 0;
        Bytes = default;
        if (tag >> 3 is 0 or > 536_870_911 || ++_fields > MaxFields)
        {
            throw new InvalidDataException("a field with a number that none can have, or too many fields");
        }

        Field = (int)(tag >> 3);
        switch (tag & 7)
        {
            case 0:
                Number = Varint();
                break;
            case 1:
                Take(8);
                break;
            case 2:
                ulong length = Varint();
                Bytes = Take(length > int.MaxValue ? -1 : (int)length);
                break;
            case 5:
                Take(4);
                break;
            default:
                throw new InvalidDataException("a field of a kind that is not used");
        }

        return true;
    }

    /// <summary>A text field's value; what is no UTF-8 is replaced.</summary>
    public readonly string Text => System.Text.Encoding.UTF8.GetString(Bytes);

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length < 0 || length > _rest.Length)
        {
            throw new InvalidDataException("a field that reaches over the end");
        }

        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }

    private ulong Varint()
    {
        ulong value = 0;
        for (int shift = 0; shift < 64; shift += 7)
        {
            byte next = Take(1)[0];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return shift < 63 || next <= 1 ? value : throw new InvalidDataException("a number of more than 64 bits");
            }
        }

        throw new InvalidDataException("a number of more than 64 bits");
    }
}
