using System.Buffers.Text;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Reads an ar archive member by member in the common format that dpkg writes: names of up to 16 bytes, ended by a '/'
/// or spaces; no symbol tables, no long names. Source: deb(5); dpkg's lib/dpkg/ar.c.
/// </summary>
internal sealed class ArReader(Stream stream, string sourceName)
{
    private readonly byte[] _header = new byte[60];
    private bool _started;
    private long _size;
    private long _remaining;

    /// <summary>The present member's name.</summary>
    public string Name { get; private set; } = "";

    /// <summary>The present member's size in bytes.</summary>
    public long Size => _size;

    /// <summary>Goes to the next member; false at the end.</summary>
    /// <exception cref="DebInvalidException">The format is broken or the file ends too early.</exception>
    public bool Next()
    {
        if (!_started)
        {
            Start();
        }
        PassOver();
        int read = stream.ReadAtLeast(_header, _header.Length, throwOnEndOfStream: false);
        if (read == 0)
        {
            return false;
        }
        if (read != _header.Length || _header[58] != 0x60 || _header[59] != '\n')
        {
            throw new DebInvalidException(sourceName, read != _header.Length ? "the file ends in the middle of a member's header" : "a member's header is wrong");
        }
        ReadOnlySpan<byte> digits = _header.AsSpan(48, 10).TrimEnd((byte)' ');
        if (digits.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0 || !Utf8Parser.TryParse(digits, out long size, out int used) || used != digits.Length)
        {
            throw new DebInvalidException(sourceName, "a member's size is not a number");
        }
        ReadOnlySpan<byte> name = _header.AsSpan(0, 16).TrimEnd((byte)' ');
        name = name.EndsWith("/"u8) ? name[..^1] : name;
        if (name.IsEmpty || name.IndexOfAnyExceptInRange((byte)0x21, (byte)0x7E) >= 0 || name.Contains((byte)'/'))
        {
            throw new DebInvalidException(sourceName, $"a member has the name '{LayerText.Escape(name)}'");
        }
        (Name, _size, _remaining) = (Encoding.ASCII.GetString(name), size, size);
        return true;
    }

    /// <summary>The present member's bytes; valid until the next call of <see cref="Next"/>.</summary>
    public Stream Open() => new Member(this);

    /// <summary>Reads a small member whole.</summary>
    public byte[] ReadAll(int limit)
    {
        if (_size > limit)
        {
            throw new DebInvalidException(sourceName, $"'{Name}' has {_size} bytes; {limit} are allowed");
        }
        byte[] bytes = new byte[_size];
        Open().ReadExactly(bytes);
        return bytes;
    }

    private void Start()
    {
        _started = true;
        Span<byte> magic = stackalloc byte[8];
        if (stream.ReadAtLeast(magic, magic.Length, throwOnEndOfStream: false) != magic.Length || !magic.SequenceEqual("!<arch>\n"u8))
        {
            throw new DebInvalidException(sourceName, "the file is not an ar archive");
        }
    }

    private void PassOver()
    {
        byte[] scratch = _remaining > 0 ? new byte[32 * 1024] : [];
        while (_remaining > 0)
        {
            Read(scratch);
        }
        if ((_size & 1) != 0)
        {
            // dpkg takes any padding byte; a missing one at the very end of the file is taken too, as ar(1) does.
            stream.ReadAtLeast(_header.AsSpan(0, 1), 1, throwOnEndOfStream: false);
        }
        _size = 0;
    }

    private int Read(Span<byte> buffer)
    {
        if (_remaining == 0 || buffer.IsEmpty)
        {
            return 0;
        }
        int read = stream.Read(buffer[..(int)Math.Min(buffer.Length, _remaining)]);
        if (read == 0)
        {
            throw new DebInvalidException(sourceName, $"the file ends in the middle of '{Name}'");
        }
        _remaining -= read;
        return read;
    }

    private sealed class Member(ArReader reader) : ReadOnlyForwardStream
    {
        public override int Read(Span<byte> buffer) => reader.Read(buffer);
    }
}
