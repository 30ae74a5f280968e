namespace BaseImage.Engine.Inspection.Elf;

/// <summary>A program header: a part of the file and where it is mapped.</summary>
internal readonly record struct ElfSegment(uint Type, uint Flags, long Offset, long Address, long FileSize, long MemorySize)
{
    internal const uint Load = 1, Dynamic = 2, Interpreter = 3, Note = 4, Stack = 0x6474e551, Relro = 0x6474e552, Property = 0x6474e553;

    /// <summary>True where code may run.</summary>
    internal bool IsExecutable => (Flags & 1) != 0;

    /// <summary>True where it may be written.</summary>
    internal bool IsWritable => (Flags & 2) != 0;
}

/// <summary>A section header.</summary>
internal readonly record struct ElfSection(string Name, uint Type, long Offset, long Size, uint Link)
{
    internal const uint SymbolTable = 2, NoBits = 8, DynamicSymbols = 11;
}

/// <summary>
/// The file header and the two tables that it leads to. The numbers are a stranger's: a table that does not lie in the
/// file, or has more than 65,535 rows, is damage and is not read.
/// </summary>
internal sealed class ElfHeaders
{
    private const int MaxRows = 65_535;

    private ElfHeaders()
    {
    }

    /// <summary>32 or 64.</summary>
    internal int Bits { get; private init; }

    /// <summary>e_type.</summary>
    internal int Type { get; private init; }

    /// <summary>e_machine.</summary>
    internal int Machine { get; private init; }

    /// <summary>Where the section headers lie.</summary>
    internal long SectionOffset { get; private init; }

    /// <summary>How many bytes the section headers have, as the header says it.</summary>
    internal long SectionBytes { get; private init; }

    /// <summary>The program headers.</summary>
    internal IReadOnlyList<ElfSegment> Segments { get; private set; } = [];

    /// <summary>The section headers; none where they were not kept or are damaged.</summary>
    internal IReadOnlyList<ElfSection> Sections { get; private set; } = [];

    /// <summary>What is wrong, in words; empty where nothing is.</summary>
    internal string Damage { get; private set; } = "";

    /// <summary>True for the four bytes that every ELF file begins with.</summary>
    internal static bool IsElf(ReadOnlySpan<byte> head) => head.Length >= 4 && head[0] == 0x7f && head[1..].StartsWith("ELF"u8);

    /// <summary>Reads the headers; null for what is no ELF file. Sets the byte order of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">The file.</param>
    /// <param name="withSections">False to leave the section headers alone, which lie at the end.</param>
    internal static ElfHeaders? Read(ElfBytes bytes, bool withSections = true)
    {
        if (!IsElf(bytes.ReadUpTo(0, 4)))
        {
            return null;
        }

        if (!bytes.TryRead(0, 16, out ReadOnlySpan<byte> identity))
        {
            return new ElfHeaders { Damage = "its header is cut off" };
        }

        bool wide = identity[4] == 2;
        bytes.IsBigEndian = identity[5] == 2;
        if (identity[4] is not (1 or 2) || identity[5] is not (1 or 2) || !bytes.TryRead(0, wide ? 64 : 52, out ReadOnlySpan<byte> header))
        {
            return new ElfHeaders { Bits = wide ? 64 : 32, Damage = "its header is cut off or of no known class" };
        }

        ElfHeaders headers = new()
        {
            Bits = wide ? 64 : 32,
            Type = bytes.U16(header, 16),
            Machine = bytes.U16(header, 18),
            SectionOffset = wide ? bytes.U64(header, 40) : bytes.U32(header, 32),
            SectionBytes = bytes.U16(header, wide ? 58 : 46) * (long)bytes.U16(header, wide ? 60 : 48),
        };
        headers.ReadSegments(bytes, wide ? bytes.U64(header, 32) : bytes.U32(header, 28), bytes.U16(header, wide ? 54 : 42), bytes.U16(header, wide ? 56 : 44));
        if (withSections)
        {
            headers.ReadSections(bytes, bytes.U16(header, wide ? 58 : 46), bytes.U16(header, wide ? 60 : 48), bytes.U16(header, wide ? 62 : 50));
        }

        return headers;
    }

    /// <summary>Where in the file an address lies; -1 for nowhere.</summary>
    internal long OffsetOf(long address)
    {
        foreach (ElfSegment segment in Segments)
        {
            if (segment.Type == ElfSegment.Load && address >= segment.Address && address - segment.Address < segment.FileSize)
            {
                return address - segment.Address <= long.MaxValue - segment.Offset ? segment.Offset + (address - segment.Address) : -1;
            }
        }

        return -1;
    }

    private void ReadSegments(ElfBytes bytes, long offset, int entry, int count)
    {
        int least = Bits == 64 ? 56 : 32;
        if (count == 0)
        {
            return;
        }

        if (count == MaxRows || entry < least || !bytes.TryRead(offset, (long)entry * count, out ReadOnlySpan<byte> table))
        {
            Damage = "its program headers lie outside the file";
            return;
        }

        ElfSegment[] segments = new ElfSegment[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> row = table.Slice(i * entry, least);
            segments[i] = Bits == 64
                ? new ElfSegment(bytes.U32(row, 0), bytes.U32(row, 4), bytes.U64(row, 8), bytes.U64(row, 16), bytes.U64(row, 32), bytes.U64(row, 40))
                : new ElfSegment(bytes.U32(row, 0), bytes.U32(row, 24), bytes.U32(row, 4), bytes.U32(row, 8), bytes.U32(row, 16), bytes.U32(row, 20));
            if (segments[i].Type == ElfSegment.Load && segments[i].Offset > bytes.Length - Math.Min(segments[i].FileSize, bytes.Length))
            {
                Damage = "a segment that is loaded ends behind the file's end";
            }
        }

        Segments = segments;
    }

    private void ReadSections(ElfBytes bytes, int entry, int count, int names)
    {
        int least = Bits == 64 ? 64 : 40;
        if (SectionOffset == 0)
        {
            return;
        }

        // A file with very many sections keeps their number in the first one (gabi, "e_shnum").
        if (count == 0 && bytes.TryRead(SectionOffset, least, out ReadOnlySpan<byte> first))
        {
            long many = Bits == 64 ? bytes.U64(first, 32) : bytes.U32(first, 20);
            names = names == 0xffff ? (int)Math.Min(bytes.U32(first, Bits == 64 ? 40 : 24), int.MaxValue) : names;
            count = many <= MaxRows ? (int)many : 0;
        }

        if (entry < least || count == 0 || !bytes.TryRead(SectionOffset, (long)entry * count, out ReadOnlySpan<byte> table))
        {
            bool outside = count > 0 && SectionOffset > bytes.Length - Math.Min((long)entry * count, bytes.Length);
            Damage = outside && Damage.Length == 0 ? "its section headers lie outside the file" : Damage;
            return;
        }

        (long Offset, long Size) text = names < count ? Place(bytes, table.Slice(names * entry, least)) : default;
        ElfSection[] sections = new ElfSection[count];
        for (int i = 0; i < count; i++)
        {
            ReadOnlySpan<byte> row = table.Slice(i * entry, least);
            (long offset, long size) = Place(bytes, row);
            string name = text.Size > 0 && text.Offset <= long.MaxValue - text.Size ? bytes.Text(text.Offset + bytes.U32(row, 0), text.Offset + text.Size) : "";
            sections[i] = new ElfSection(name, bytes.U32(row, 4), offset, size, bytes.U32(row, Bits == 64 ? 40 : 24));
        }

        Sections = sections;
    }

    private (long Offset, long Size) Place(ElfBytes bytes, ReadOnlySpan<byte> row)
        => Bits == 64 ? (bytes.U64(row, 24), bytes.U64(row, 32)) : (bytes.U32(row, 16), bytes.U32(row, 20));
}
