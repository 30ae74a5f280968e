using Microsoft.Win32.SafeHandles;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>A file's bytes, read where they are asked for.</summary>
internal abstract class ContentView
{
    private const int Buffer = 128 * 1024;

    /// <summary>How many bytes there are.</summary>
    internal abstract long Length { get; }

    /// <summary>Reads bytes; fewer than asked for only at the end.</summary>
    internal abstract int Read(long offset, Span<byte> buffer);

    /// <summary>Bytes from an offset, at most so many.</summary>
    internal byte[] Slice(long offset, long most)
    {
        byte[] bytes = new byte[(int)Math.Clamp(Math.Min(most, Length - offset), 0, int.MaxValue)];
        int read = Read(offset, bytes);
        return read == bytes.Length ? bytes : bytes[..read];
    }

    /// <summary>A part of it.</summary>
    internal ContentView Part(long offset, long length) => new PartView(this, Math.Clamp(offset, 0, Length), Math.Clamp(length, 0, Math.Max(Length - offset, 0)));

    /// <summary>It as a stream.</summary>
    internal Stream Open() => new ViewStream(this);

    /// <summary>Where two differ first; -1 for nowhere. Where one is the other's beginning, behind the shorter one's end.</summary>
    internal static long FirstDifference(ContentView left, ContentView right, CancellationToken cancellation)
    {
        byte[] a = new byte[Buffer], b = new byte[Buffer];
        for (long at = 0; ;)
        {
            cancellation.ThrowIfCancellationRequested();
            int x = left.Read(at, a), y = right.Read(at, b);
            int same = a.AsSpan(0, x).CommonPrefixLength(b.AsSpan(0, y));
            if (same < x || same < y)
            {
                return at + same;
            }

            if (x == 0)
            {
                return -1;
            }

            at += x;
        }
    }

    private sealed class PartView(ContentView inner, long start, long length) : ContentView
    {
        internal override long Length => length;

        internal override int Read(long offset, Span<byte> buffer)
            => offset >= length ? 0 : inner.Read(start + offset, buffer[..(int)Math.Min(buffer.Length, length - offset)]);
    }

    private sealed class ViewStream(ContentView view) : Layers.ReadOnlyForwardStream
    {
        private long _at;

        public override int Read(Span<byte> buffer)
        {
            int read = view.Read(_at, buffer);
            _at += read;
            return read;
        }
    }
}

/// <summary>Bytes in memory.</summary>
internal sealed class MemoryView(ReadOnlyMemory<byte> bytes) : ContentView
{
    /// <inheritdoc/>
    internal override long Length => bytes.Length;

    /// <inheritdoc/>
    internal override int Read(long offset, Span<byte> buffer)
    {
        if (offset >= bytes.Length)
        {
            return 0;
        }

        int count = Math.Min(buffer.Length, bytes.Length - (int)offset);
        bytes.Span.Slice((int)offset, count).CopyTo(buffer);
        return count;
    }
}

/// <summary>Bytes that lie in a file.</summary>
internal sealed class FileView(SafeFileHandle file, long start, long length) : ContentView
{
    /// <inheritdoc/>
    internal override long Length => length;

    /// <inheritdoc/>
    internal override int Read(long offset, Span<byte> buffer)
    {
        int done = 0;
        int wanted = offset >= length ? 0 : (int)Math.Min(buffer.Length, length - offset);
        for (int read; done < wanted && (read = RandomAccess.Read(file, buffer[done..wanted], start + offset + done)) > 0;)
        {
            done += read;
        }

        return done;
    }
}
