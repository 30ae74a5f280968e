namespace BaseImage.Engine.Inspection.Elf;

/// <summary>
/// Keeps of an ELF file, as it passes, what <see cref="ElfReader"/> looks at: the first 16 MiB, and behind them only the
/// parts that the headers at the file's start lead to (dynamic section, notes, beginnings of writable segments, what
/// follows the last segment, section headers with their names), 4 MiB at most. Most files are smaller than the first part.
/// </summary>
internal sealed class ElfCapture
{
    internal const int HeadLength = 16 << 20;
    private const int FirstBuffer = 64 << 10, MaxWindow = 1 << 20, MaxWindows = 4 << 20;

    private readonly long _size;
    private readonly Head _head;
    private int _filled;
    private long _seen;
    private List<(long Start, byte[] Bytes)>? _windows;

    /// <summary>Begins.</summary>
    /// <param name="size">The file's bytes, as the archive says.</param>
    /// <param name="head">Memory that files use one after the other; its own where left out.</param>
    public ElfCapture(long size, Head? head = null) => (_size, _head) = (size, head ?? new Head());

    /// <summary>The next bytes, in order.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        int take = (int)Math.Min(bytes.Length, HeadLength - (long)_filled);
        if (take > 0 && _seen == _filled)
        {
            bytes[..take].CopyTo(_head.Room(_filled, take, _size));
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
        => ElfReader.Read(new ElfBytes(_seen, (_windows ?? []).Select(window => (window.Start, (ReadOnlyMemory<byte>)window.Bytes)).Prepend((0, _head.Filled(_filled)))));

    private List<(long Start, byte[] Bytes)> Plan()
    {
        List<(long Start, long End)> wanted = [];
        if (ElfHeaders.Read(new ElfBytes(_size, [(0L, _head.Filled(_filled))]), withSections: false) is { } headers)
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

    /// <summary>The first part of a file: grown as its bytes come, and kept for the next file.</summary>
    internal sealed class Head
    {
        private const int Believed = 1 << 20;

        private byte[] _bytes = [];

        /// <summary>Room for so many bytes behind those that are there, of a file that is said to have so many in all.</summary>
        public Span<byte> Room(int filled, int length, long size)
        {
            if (filled + length > _bytes.Length)
            {
                // What the archive says of a size is believed once there is a good part of it.
                long wanted = filled < Believed ? Believed : Math.Clamp(size, filled + length, HeadLength);
                byte[] larger = GC.AllocateUninitializedArray<byte>((int)Math.Max(filled + length, wanted));
                _bytes.AsSpan(0, filled).CopyTo(larger);
                _bytes = larger;
            }

            return _bytes.AsSpan(filled, length);
        }

        /// <summary>What is there.</summary>
        public ReadOnlyMemory<byte> Filled(int filled) => _bytes.AsMemory(0, filled);
    }
}
