using System.Text;

namespace BaseImage.Engine.Inspection.Elf;

/// <summary>
/// Looks for the names of functions that say how a file was compiled. Of a file with a dynamic section those that it
/// takes from libraries; of a static one those of its symbol table, where it still has one.
/// </summary>
internal static class ElfSymbols
{
    private const int MaxSymbols = 4_000_000, LongestName = 32;

    // Those of FORTIFY_SOURCE whose unchecked forms have no bound at all.
    private static readonly string[] Unchecked = ["gets", "sprintf", "stpcpy", "strcat", "strcpy", "vsprintf", "wcscat", "wcscpy"];

    /// <summary>Adds what the symbols say.</summary>
    internal static ElfFacts Read(ElfBytes bytes, ElfHeaders headers, ElfFacts facts)
    {
        bool isImporting = facts.Needed.Count > 0 || facts.Interpreter.Length > 0 || facts.Kind == ElfKind.Shared;
        ElfSection table = headers.Sections.FirstOrDefault(section => section.Type == (isImporting ? ElfSection.DynamicSymbols : ElfSection.SymbolTable));
        if (table.Type == 0 && isImporting)
        {
            table = headers.Sections.FirstOrDefault(section => section.Type == ElfSection.SymbolTable);
        }

        if (table.Type == 0 || table.Link >= (uint)headers.Sections.Count)
        {
            return facts;
        }

        int entry = headers.Bits == 64 ? 24 : 16;
        ReadOnlySpan<byte> rows = bytes.ReadUpTo(table.Offset, Math.Min(table.Size, (long)MaxSymbols * entry));
        ElfSection names = headers.Sections[(int)table.Link];
        ReadOnlySpan<byte> text = bytes.ReadUpTo(names.Offset, names.Size);
        if (rows.Length < Math.Min(table.Size, (long)MaxSymbols * entry) || text.Length < names.Size)
        {
            return facts; // not kept: nothing is known, which is not the same as nothing there
        }

        bool isImport = table.Type == ElfSection.DynamicSymbols, guard = false, dlopen = false;
        int fortified = 0;
        SortedSet<string> bare = new(StringComparer.Ordinal);
        for (; rows.Length >= entry; rows = rows[entry..])
        {
            bool isUndefined = bytes.U16(rows, headers.Bits == 64 ? 6 : 14) == 0;
            uint at = bytes.U32(rows, 0);
            if (at == 0 || at >= text.Length || (isImport && !isUndefined))
            {
                continue;
            }

            ReadOnlySpan<byte> rest = text[(int)at..];
            int length = rest[..Math.Min(rest.Length, LongestName + 1)].IndexOf((byte)0);
            if (length < 4)
            {
                continue;
            }

            ReadOnlySpan<byte> symbol = rest[..length];
            guard |= symbol.SequenceEqual("__stack_chk_fail"u8) || symbol.SequenceEqual("__stack_chk_fail_local"u8);
            dlopen |= symbol.SequenceEqual("dlopen"u8) || symbol.SequenceEqual("dlmopen"u8) || symbol.SequenceEqual("__libc_dlopen_mode"u8);
            fortified += symbol.StartsWith("__"u8) && symbol.EndsWith("_chk"u8) ? 1 : 0;
            if (isUndefined && length <= 8 && symbol[0] is (byte)'g' or (byte)'s' or (byte)'v' or (byte)'w' && Encoding.Latin1.GetString(symbol) is var name && Unchecked.Contains(name))
            {
                bare.Add(name);
            }
        }

        return facts with { HasStackProtector = guard, CallsDlopen = dlopen, CheckedCalls = fortified, UncheckedCalls = [.. bare] };
    }
}
