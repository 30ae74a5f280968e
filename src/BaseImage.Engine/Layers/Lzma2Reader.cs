using System.Buffers;
using System.Buffers.Binary;

namespace BaseImage.Engine.Layers;

/// <summary>
/// Reads LZMA2 data: chunks, each stored or LZMA, over one dictionary. A chunk's compressed bytes are gathered before it is
/// decoded, so that the decoder need not ask for every byte. The window grows with what comes out, up to the dictionary's
/// size: small data never costs a large dictionary. Sources: The .xz File Format 1.2.1, section 5.3.1; the LZMA
/// specification of the LZMA SDK; "xz-embedded" for the chunks' control bytes.
/// </summary>
internal sealed class Lzma2Reader : IDisposable
{
    private const int FirstWindow = 1 << 20;
    private readonly CompressedSource _source;
    private readonly int _dictionary;
    private readonly byte[] _chunk = ArrayPool<byte>.Shared.Rent((1 << 16) + LzmaDecoder.Slack);
    private readonly LzmaDecoder _decoder = new();
    private byte[] _window;
    private int _capacity;
    private int _at;
    private int _filled;
    private int _left;
    private bool _stored;
    private bool _needsDictionary = true;
    private bool _needsProperties = true;
    private bool _ended;

    /// <summary>Makes a reader.</summary>
    /// <param name="source">The data; read exactly to its end.</param>
    /// <param name="dictionary">The dictionary's size in bytes, 4096 or more.</param>
    public Lzma2Reader(CompressedSource source, int dictionary)
    {
        (_source, _dictionary) = (source, dictionary);
        _capacity = Math.Min(FirstWindow, dictionary);
        _window = ArrayPool<byte>.Shared.Rent(_capacity);
    }

    /// <summary>Reads some bytes; 0 at the end.</summary>
    public int Read(Span<byte> buffer)
    {
        while (_left == 0)
        {
            if (_ended || !NextChunk())
            {
                _ended = true;
                return 0;
            }
        }

        if (_at == _capacity)
        {
            GrowOrWrap();
        }

        int count = Math.Min(Math.Min(buffer.Length, _left), _capacity - _at), start = _at;
        if (_stored)
        {
            _source.ReadExactly(_window, _at, count);
        }
        else
        {
            _decoder.Decode(_window.AsSpan(0, _capacity), _at, count, _filled);
        }

        _at += count;
        _left -= count;
        _filled = Math.Max(_filled, Math.Min(_at, _capacity));
        if (_left == 0 && !_stored)
        {
            _decoder.End();
        }

        _window.AsSpan(start, count).CopyTo(buffer);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_chunk);
        ArrayPool<byte>.Shared.Return(_window);
        _decoder.Dispose();
    }

    private bool NextChunk()
    {
        int control = Byte();
        if (control == 0)
        {
            return false;
        }

        if (control == 1 || control >= 0xE0)
        {
            (_needsDictionary, _needsProperties, _at, _filled) = (false, true, 0, 0);
        }
        else if (_needsDictionary)
        {
            throw new InvalidDataException("its first chunk does not reset the dictionary");
        }

        if (control < 0x80)
        {
            if (control > 2)
            {
                throw new InvalidDataException("a chunk is of a kind that is not defined");
            }

            (_stored, _left) = (true, Short() + 1);
            return true;
        }

        _stored = false;
        _left = ((control & 0x1F) << 16) + Short() + 1;
        int compressed = Short() + 1;
        if (control >= 0xC0)
        {
            _decoder.SetProperties(Byte());
            _needsProperties = false;
        }
        else if (_needsProperties)
        {
            throw new InvalidDataException("a chunk needs properties that no chunk before it has set");
        }
        else if (control >= 0xA0)
        {
            _decoder.ResetState();
        }

        _source.ReadExactly(_chunk, 0, compressed);
        _chunk.AsSpan(compressed, LzmaDecoder.Slack).Clear();
        _decoder.Begin(_chunk, compressed);
        return true;
    }

    private void GrowOrWrap()
    {
        if (_capacity == _dictionary)
        {
            _at = 0;
            return;
        }

        int capacity = (int)Math.Min(_capacity * 4L, _dictionary);
        byte[] larger = ArrayPool<byte>.Shared.Rent(capacity);
        _window.AsSpan(0, _at).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_window);
        (_window, _capacity) = (larger, capacity);
    }

    private int Byte()
    {
        int value = _source.ReadByte();
        return value >= 0 ? value : throw new EndOfStreamException();
    }

    private int Short()
    {
        Span<byte> bytes = stackalloc byte[2];
        _source.ReadExactly(bytes);
        return BinaryPrimitives.ReadUInt16BigEndian(bytes);
    }
}
