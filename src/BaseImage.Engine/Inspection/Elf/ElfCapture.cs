using System.Buffers;

namespace BaseImage.Engine.Inspection.Elf;

/// <summary>
/// Keeps of an ELF file, as it passes, what <see cref="ElfReader"/> looks at: the first 16 MiB, and behind them only the
/// parts that the headers at the file's start lead to (dynamic section, notes, beginnings of writable segments, what
/// follows the last segment, section headers with their names), 4 MiB at most. Most files are smaller than the first part.
/// </summary>
internal sealed class ElfCapture : IDisposable
{
    internal const int HeadLength = 16 << 20;
    private const int FirstBuffer = 64 << 10, MaxWindow = 1 << 20, MaxWindows = 4 << 20;

    private readonly long _size;
    private byte[] _head;
    private int _filled;
    private long _seen;
    private List<(long Start, byte[] Bytes)>? _windows;

    /// <summary>Begins.</summary>
    /// <param name="size">The file's bytes, as the archive says.</param>
    public ElfCapture(long size)
    {
        _size = size;
        _head = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(size, 64, FirstBuffer));
    }

    /// <summary>The next bytes, in order.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        int take = (int)Math.Min(bytes.Length, HeadLength - (long)_filled);
        if (take > 0 && _seen == _filled)
        {
            Grow(_filled + take);
            bytes[..take].CopyTo(_head.AsSpan(_filled));
            _filled += take;
        }

        if (_seen + bytes.Length > HeadLength)
        {
            _windows ??= Plan();
            foreach ((long start, byte[] window) in _windows)
            {
                long from = Math.Max(start, _seen), to = Math.Min(start + window.Length, _seen + bytes.Length);
                if (from < to)
                {
                    bytes[(int)(from - _seen)..(int)(to - _seen)].CopyTo(window.AsSpan((int)(from - start)));
                }
            }
        }

        _seen += bytes.Length;
    }

    /// <summary>The facts, once every byte has passed; null for what is no ELF file.</summary>
    public ElfFacts? Complete()
        => ElfReader.Read(new ElfBytes(_seen, (_windows ?? []).Select(window => (window.Start, (ReadOnlyMemory<byte>)window.Bytes)).Prepend((0, _head.AsMemory(0, _filled)))));

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_head.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_head);
            _head = [];
            _filled = 0;
        }
    }

    private void Grow(int wanted)
    {
        if (wanted <= _head.Length)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(wanted, (int)Math.Min(HeadLength, 2L * _head.Length)));
        _head.AsSpan(0, _filled).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_head);
        _head = larger;
    }

    private List<(long Start, byte[] Bytes)> Plan()
    {
        List<(long Start, long End)> wanted = [];
        if (ElfHeaders.Read(new ElfBytes(_size, [(0L, _head.AsMemory(0, _filled))]), withSections: false) is { } headers)
        {
            long end = 0;
            foreach (ElfSegment segment in headers.Segments)
            {
                long length = segment.Type switch
                {
                    ElfSegment.Dynamic or ElfSegment.Note or ElfSegment.Interpreter => segment.FileSize,
                    ElfSegment.Load when segment.IsWritable => Math.Min(segment.FileSize, FirstBuffer),
                    _ => 0,
                };
                wanted.Add((segment.Offset, Add(segment.Offset, length)));
                end = segment.Type == ElfSegment.Load ? Math.Max(end, Add(segment.Offset, segment.FileSize)) : end;
            }

            wanted.Add((end, Add(end, 4 * FirstBuffer)));
            wanted.Add((headers.SectionOffset - FirstBuffer, Add(headers.SectionOffset, headers.SectionBytes)));
        }

        long total = 0;
        List<(long Start, byte[] Bytes)> windows = [];
        foreach ((long start, long end) in wanted)
        {
            long from = Math.Max(start, HeadLength), to = Math.Min(end, _size), length = Math.Min(to - from, MaxWindow);
            if (length > 0 && total + length <= MaxWindows)
            {
                total += length;
                windows.Add((from, new byte[length]));
            }
        }

        return windows;
    }

    private static long Add(long offset, long length) => offset > long.MaxValue - length ? long.MaxValue : offset + length;
}
