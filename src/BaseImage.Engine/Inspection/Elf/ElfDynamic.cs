namespace BaseImage.Engine.Inspection.Elf;

/// <summary>Reads the dynamic section: what the dynamic linker is told (gabi, "Dynamic Section"; elf.h for GNU's own tags).</summary>
internal static class ElfDynamic
{
    private const int MaxRows = 16_384, MaxNames = 1_024, MaxVersions = 4_096;
    private const long Needed = 1, StringTable = 5, StringSize = 10, Soname = 14, Rpath = 15, TextRelocations = 22, BindNow = 24, Runpath = 29, Flags = 30,
        Flags1 = 0x6ffffffb, VersionDefinitions = 0x6ffffffc, VersionDefinitionCount = 0x6ffffffd, VersionNeeds = 0x6ffffffe, VersionNeedCount = 0x6fffffff;

    /// <summary>Adds what the dynamic section says; nothing where there is none.</summary>
    internal static ElfFacts Read(ElfBytes bytes, ElfHeaders headers, ElfFacts facts)
    {
        ElfSegment dynamic = headers.Segments.FirstOrDefault(segment => segment.Type == ElfSegment.Dynamic);
        if (dynamic.Type == 0)
        {
            return facts;
        }

        int word = headers.Bits / 8;
        ReadOnlySpan<byte> rows = bytes.ReadUpTo(dynamic.Offset, Math.Min(dynamic.FileSize, (long)MaxRows * 2 * word));
        List<long> needed = [];
        Dictionary<long, long> values = [];
        for (; rows.Length >= 2 * word; rows = rows[(2 * word)..])
        {
            long tag = word == 8 ? bytes.U64(rows, 0) : bytes.U32(rows, 0), value = word == 8 ? bytes.U64(rows, 8) : bytes.U32(rows, 4);
            if (tag == 0)
            {
                break;
            }

            if (tag == Needed && needed.Count < MaxNames)
            {
                needed.Add(value);
            }

            values[tag] = value;
        }

        long start = headers.OffsetOf(values.GetValueOrDefault(StringTable, -1)), size = values.GetValueOrDefault(StringSize);
        long end = start >= 0 && size <= long.MaxValue - start ? start + size : start;
        string? Name(long tag) => values.TryGetValue(tag, out long at) ? Text(bytes, start, end, at) : null;
        long flags = values.GetValueOrDefault(Flags), more = values.GetValueOrDefault(Flags1);
        bool now = values.ContainsKey(BindNow) || (flags & 8) != 0 || (more & 1) != 0;
        return facts with
        {
            IsDynamic = true,
            IsPieFlagged = (more & 0x08000000) != 0,
            Needed = [.. needed.Select(at => Text(bytes, start, end, at)).Where(name => name.Length > 0)],
            Soname = Name(Soname) ?? "",
            Rpath = Name(Rpath),
            Runpath = Name(Runpath),
            HasTextRelocations = values.ContainsKey(TextRelocations) || (flags & 4) != 0,
            Relro = facts.Relro != ElfRelro.None && now ? ElfRelro.Full : facts.Relro,
            NeededVersions = NeededVersions(bytes, headers.OffsetOf(values.GetValueOrDefault(VersionNeeds, -1)), values.GetValueOrDefault(VersionNeedCount), start, end),
            DefinedVersions = DefinedVersions(bytes, headers.OffsetOf(values.GetValueOrDefault(VersionDefinitions, -1)), values.GetValueOrDefault(VersionDefinitionCount), start, end),
        };
    }

    private static string Text(ElfBytes bytes, long start, long end, long at) => start >= 0 && at >= 0 && at < end - start ? bytes.Text(start + at, end) : "";

    // Elf_Verneed: version, count, file, first aux, next. Elf_Vernaux: hash, flags, other, name, next.
    private static List<string> NeededVersions(ElfBytes bytes, long offset, long count, long start, long end)
    {
        List<string> versions = [];
        for (long i = 0; i < Math.Min(count, MaxNames) && bytes.TryRead(offset, 16, out ReadOnlySpan<byte> need); i++)
        {
            string library = Text(bytes, start, end, bytes.U32(need, 4));
            long aux = offset + bytes.U32(need, 8);
            int names = bytes.U16(need, 2);
            uint next = bytes.U32(need, 12);
            for (int k = 0; k < names && versions.Count < MaxVersions && bytes.TryRead(aux, 16, out ReadOnlySpan<byte> row); k++)
            {
                uint step = bytes.U32(row, 12);
                if ((bytes.U16(row, 4) & 2) == 0 && Text(bytes, start, end, bytes.U32(row, 8)) is { Length: > 0 } version)
                {
                    versions.Add($"{library}:{version}");
                }

                if (step == 0)
                {
                    break;
                }

                aux += step;
            }

            if (next == 0)
            {
                break;
            }

            offset += next;
        }

        return versions;
    }

    // Elf_Verdef: version, flags, index, count, hash, first aux, next. The first name of each is the version's own.
    private static List<string> DefinedVersions(ElfBytes bytes, long offset, long count, long start, long end)
    {
        List<string> versions = [];
        for (long i = 0; i < Math.Min(count, MaxVersions) && bytes.TryRead(offset, 20, out ReadOnlySpan<byte> row); i++)
        {
            uint next = bytes.U32(row, 16);
            bool isFile = (bytes.U16(row, 2) & 1) != 0;
            if (!isFile && bytes.TryRead(offset + bytes.U32(row, 12), 8, out ReadOnlySpan<byte> aux) && Text(bytes, start, end, bytes.U32(aux, 0)) is { Length: > 0 } version)
            {
                versions.Add(version);
            }

            if (next == 0)
            {
                break;
            }

            offset += next;
        }

        return versions;
    }
}
