using System.Buffers.Binary;
using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Optimising;

/// <summary>
/// Takes debugging information and the symbol table out of a program or library, as strip(1) does. Nothing moves that a
/// segment maps: up to the last segment's end every byte stays, but for the three numbers of the file header that say where
/// the section headers are. What is unusual is left alone, with the reason. Source: System V ABI, chapter 4 (gabi 4.1).
/// </summary>
internal sealed class ElfStrip
{
    private const uint SymbolTable = 2, Strings = 3, Rela = 4, NoBits = 8, Rel = 9, Group = 17, SymbolIndexes = 18;
    private const ulong Allocated = 2, InfoLink = 0x40;
    private const int MaxAlign = 1 << 16;

    private readonly byte[] _file;
    private readonly bool _wide;
    private readonly bool _isBigEndian;

    private ElfStrip(byte[] file) => (_file, _wide, _isBigEndian) = (file, file[4] == 2, file[5] == 2);

    /// <summary>Strips a file.</summary>
    /// <param name="file">Its bytes; not changed.</param>
    /// <param name="problem">Why it is left alone; empty where it was stripped or there was nothing to take out.</param>
    /// <returns>The new bytes, fewer than before; null where nothing was taken out.</returns>
    public static byte[]? TryStrip(byte[] file, out string problem)
    {
        problem = "";
        if (ElfHeaders.Read(new ElfBytes(file.Length, (0, file))) is not { } headers)
        {
            return null;
        }

        if (headers.Damage.Length > 0 || headers.Type is not (2 or 3) || headers.Sections.Count == 0)
        {
            problem = headers.Damage.Length > 0 ? headers.Damage : headers.Sections.Count == 0 ? "it has no section headers" : "it is neither a program nor a library";
            return null;
        }

        try
        {
            return new ElfStrip(file).Run(headers, out problem);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or OverflowException or IndexOutOfRangeException)
        {
            problem = "its headers lead outside of it";
            return null;
        }
    }

    private byte[]? Run(ElfHeaders headers, out string problem)
    {
        int entry = U16(_wide ? 58 : 46), count = U16(_wide ? 60 : 48), names = U16(_wide ? 62 : 50);
        long table = (long)Word(0, _wide ? 40 : 32);
        if (count != headers.Sections.Count || names >= count || entry != (_wide ? 64 : 40) || Word(0, _wide ? 32 : 28) < (_wide ? 64UL : 52UL))
        {
            problem = "its headers are of an unusual kind";
            return null;
        }

        Section[] sections = new Section[count];
        for (int i = 0; i < count; i++)
        {
            sections[i] = Read(checked((int)table + (i * entry)), headers.Sections[i].Name);
        }

        bool[] goes = Removable(sections, names);
        if (!Array.Exists(goes, one => one))
        {
            problem = "";
            return null;
        }

        long end = LoadedEnd(headers, entry);
        problem = Unusual(sections, goes, end, table + ((long)count * entry));
        return problem.Length > 0 ? null : Write(sections, goes, (int)end, names, out problem);
    }

    private static bool[] Removable(Section[] sections, int names)
    {
        bool[] goes = [.. sections.Select((section, i) => i != 0 && i != names && (section.Flags & Allocated) == 0 && IsForDebuggers(section))];

        // Names that somebody else still uses stay.
        for (int i = 0; i < sections.Length; i++)
        {
            if (goes[i] && sections[i].Type == Strings && sections.Where((other, j) => !goes[j] && other.Type is not 0 && other.Link == i).Any())
            {
                goes[i] = false;
            }
        }

        return goes;
    }

    private static bool IsForDebuggers(Section section) => section.Type switch
    {
        SymbolTable => section.Name == ".symtab",
        SymbolIndexes => true,
        Strings when section.Name == ".strtab" => true,
        _ => Array.Exists((string[])[".debug_", ".zdebug_", ".rela.debug_", ".rel.debug_", ".stab", ".gnu.debuglto_", ".gdb_index", ".gnu_debugdata"], start => section.Name.StartsWith(start, StringComparison.Ordinal)),
    };

    // Where the last byte ends that something beside the section headers leads to.
    private long LoadedEnd(ElfHeaders headers, int entry)
    {
        long programs = (long)Word(0, _wide ? 32 : 28) + (U16(_wide ? 54 : 42) * (long)U16(_wide ? 56 : 44));
        return headers.Segments.Where(segment => segment.Type != 0).Select(segment => checked(segment.Offset + segment.FileSize)).Append(programs).Append(entry).Max();
    }

    private string Unusual(Section[] sections, bool[] goes, long end, long tableEnd)
    {
        int first = Array.IndexOf(goes, true);
        long last = tableEnd;
        if (end > _file.Length)
        {
            return "a segment ends behind the file's end";
        }

        for (int i = 1; i < sections.Length; i++)
        {
            Section section = sections[i];
            if (section.Type is 0 or NoBits)
            {
                continue;
            }

            if (section.Offset < 0 || section.Size < 0 || section.Offset > _file.Length - section.Size)
            {
                return "a section lies outside of it";
            }

            last = Math.Max(last, section.Offset + section.Size);
            bool isBehind = section.Offset >= end, isLoaded = (section.Flags & Allocated) != 0;
            if (isLoaded && (isBehind || i > first) && section.Size > 0)
            {
                return "what is loaded lies behind what is for debuggers";
            }

            if (goes[i] && !isBehind && section.Size > 0)
            {
                return "what is for debuggers lies in a segment";
            }

            if (!goes[i] && (section.Type is Group || Leads(section, sections.Length, goes)))
            {
                return $"{section.Name} refers to what is for debuggers";
            }

            if (section.Align > MaxAlign || (section.Align & (section.Align - 1)) != 0 || (!isBehind && section.Offset + section.Size > end))
            {
                return "a section is placed in an unusual way";
            }
        }

        // A program may read what somebody has put behind it: archives, assemblies, payloads.
        return _file.Length > last ? "it carries data behind its last section" : "";
    }

    // Relocations of static programs name the symbol table and use nothing of it; strip(1) lets them name none.
    private static bool Leads(Section section, int count, bool[] goes)
        => section.Link >= count || (goes[section.Link] && (section.Flags & Allocated) == 0) || (HasInfoIndex(section) && (section.Info >= count || goes[section.Info]));

    private static bool HasInfoIndex(Section section) => section.Type is Rel or Rela || (section.Flags & InfoLink) != 0;

    private byte[]? Write(Section[] sections, bool[] goes, int end, int names, out string problem)
    {
        byte[] made = new byte[_file.Length];
        _file.AsSpan(0, end).CopyTo(made);
        int at = end;
        int[] numbers = new int[sections.Length];
        int[] places = new int[sections.Length];
        int[] kept = [.. Enumerable.Range(0, sections.Length).Where(i => !goes[i])];
        for (int i = 0; i < kept.Length; i++)
        {
            numbers[kept[i]] = i;
        }

        foreach (int i in kept.Where(i => sections[i].Type is not (0 or NoBits) && sections[i].Offset >= end).OrderBy(i => sections[i].Offset).ThenBy(i => i))
        {
            Section section = sections[i];
            at = Align(at, (int)Math.Max(section.Align, 1));
            places[i] = at;
            if (section.Size > made.Length - at)
            {
                problem = "its sections overlap";
                return null;
            }

            _file.AsSpan((int)section.Offset, (int)section.Size).CopyTo(made.AsSpan(at));
            at += (int)section.Size;
        }

        int table = Align(at, 8), row = _wide ? 64 : 40, length = table + (kept.Length * row);
        if (length >= _file.Length)
        {
            problem = "";
            return null;
        }

        foreach (int i in kept)
        {
            Span<byte> to = made.AsSpan(table + (numbers[i] * row), row);
            sections[i].Row.Span.CopyTo(to);
            if (places[i] > 0)
            {
                PutWord(to, _wide ? 24 : 16, places[i]);
            }

            if (i > 0)
            {
                Put32(to, _wide ? 40 : 24, numbers[sections[i].Link]);
                if (HasInfoIndex(sections[i]))
                {
                    Put32(to, _wide ? 44 : 28, numbers[sections[i].Info]);
                }
            }
        }

        PutWord(made, _wide ? 40 : 32, table);
        Put16(made, _wide ? 60 : 48, kept.Length);
        Put16(made, _wide ? 62 : 50, numbers[names]);
        problem = "";
        return made[..length];
    }

    private static int Align(int at, int to) => checked(at + to - 1) / to * to;

    private Section Read(int at, string name) => _wide
        ? new Section(name, U32(at + 4), Word(at, 8), checked((long)Word(at, 24)), checked((long)Word(at, 32)), checked((int)U32(at + 40)), checked((int)U32(at + 44)), checked((long)Word(at, 48)), _file.AsMemory(at, 64))
        : new Section(name, U32(at + 4), U32(at + 8), U32(at + 16), U32(at + 20), checked((int)U32(at + 24)), checked((int)U32(at + 28)), U32(at + 32), _file.AsMemory(at, 40));

    private int U16(int at) => _isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(at)) : BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(at));

    private uint U32(int at) => _isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(_file.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(at));

    private ulong Word(int at, int more) => !_wide ? U32(at + more) : _isBigEndian ? BinaryPrimitives.ReadUInt64BigEndian(_file.AsSpan(at + more)) : BinaryPrimitives.ReadUInt64LittleEndian(_file.AsSpan(at + more));

    private void Put16(Span<byte> to, int at, int value)
    {
        if (_isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(to[at..], (ushort)value);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(to[at..], (ushort)value);
        }
    }

    private void Put32(Span<byte> to, int at, int value)
    {
        if (_isBigEndian)
        {
            BinaryPrimitives.WriteInt32BigEndian(to[at..], value);
        }
        else
        {
            BinaryPrimitives.WriteInt32LittleEndian(to[at..], value);
        }
    }

    private void PutWord(Span<byte> to, int at, long value)
    {
        if (!_wide)
        {
            Put32(to, at, (int)value);
        }
        else if (_isBigEndian)
        {
            BinaryPrimitives.WriteInt64BigEndian(to[at..], value);
        }
        else
        {
            BinaryPrimitives.WriteInt64LittleEndian(to[at..], value);
        }
    }

    private sealed record Section(string Name, uint Type, ulong Flags, long Offset, long Size, int Link, int Info, long Align, ReadOnlyMemory<byte> Row);
}
