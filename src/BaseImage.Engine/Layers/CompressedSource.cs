namespace BaseImage.Engine.Layers;

/// <summary>
/// Compressed data on its way into a decoder: buffered (decoders ask byte by byte), counted, and able to say what comes
/// next. What the stream below throws is kept, so that a broken disk or connection is not taken for damaged data.
/// </summary>
internal sealed class CompressedSource(Stream stream) : ReadOnlyForwardStream
{
    private readonly byte[] _buffer = new byte[64 * 1024];
    private byte[] _appendix = [];
    private int _start;
    private int _end;
    private long _position;
    private bool _atEnd;
    private int _vain;

    /// <summary>What the stream below threw, if it did.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Bytes handed out so far.</summary>
    public override long Position { get => _position; set => throw new NotSupportedException(); }

    /// <summary>True when every byte was handed out.</summary>
    public bool IsAtEnd => Peek(1).IsEmpty;

    /// <summary>True when a decoder asked for more than there was; LZMA's range decoder and bzip2's reader of bits make up what is missing.</summary>
    public bool WasReadPastEnd { get; private set; }

    /// <summary>The next bytes without taking them; fewer only at the end. At most 64 KiB.</summary>
    public ReadOnlySpan<byte> Peek(int count)
    {
        while (_end - _start < count && Fill())
        {
        }
        return _buffer.AsSpan(_start, Math.Min(count, _end - _start));
    }

    /// <summary>Takes bytes that were peeked at.</summary>
    public void Skip(int count)
    {
        _start += count;
        _position += count;
    }

    /// <summary>Lets some more bytes follow the end.</summary>
    public void Append(byte[] bytes) => _appendix = bytes;

    /// <inheritdoc/>
    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_start == _end && !Fill()))
        {
            WasReadPastEnd |= !buffer.IsEmpty;
            return 0;
        }
        int count = Math.Min(buffer.Length, _end - _start);
        _buffer.AsSpan(_start, count).CopyTo(buffer);
        Skip(count);
        return count;
    }

    /// <inheritdoc/>
    public override int ReadByte()
    {
        if (_start == _end && !Fill())
        {
            WasReadPastEnd = true;
            return -1;
        }
        _position++;
        return _buffer[_start++];
    }

    private bool Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            (_start, _end) = (0, _end - _start);
        }
        int read = _atEnd ? 0 : Below();
        if (read == 0)
        {
            _atEnd = true;
            read = Math.Min(_appendix.Length, _buffer.Length - _end);
            _appendix.AsSpan(0, read).CopyTo(_buffer.AsSpan(_end));
            _appendix = _appendix[read..];
        }
        _end += read;
        // A decoder that goes on asking for what is not there would never end.
        if (read == 0 && ++_vain > 1000)
        {
            throw new EndOfStreamException();
        }
        return read > 0;
    }

    private int Below()
    {
        try
        {
            return stream.Read(_buffer, _end, _buffer.Length - _end);
        }
        catch (Exception e)
        {
            Fault = e;
            throw;
        }
    }
}
