using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>
/// Compares ELF files section by section. A build id is a digest of the rest, and places shift with the length of a path:
/// so what differs as text explains the file, and a build id does only where nothing else differs.
/// </summary>
internal static class ElfContents
{
    private const string BuildId = ".note.gnu.build-id";
    private const int MaxSections = 4096;

    // What a linker makes of the other sections.
    private static readonly HashSet<string> Following = new([".gnu_debuglink", ".gnu_debugdata", ".shstrtab", ".note.package"], StringComparer.Ordinal);

    // Code holds bytes that look like text, which come and go as places shift.
    private static readonly string[] Code = [".text", ".plt", ".init", ".fini", ".eh_frame", ".gcc_except_table", ".rel", ".hash", ".gnu.hash", ".gnu.version", ".dynsym", ".symtab", ".got", ".debug_loc", ".debug_ranges", ".debug_rnglists", ".debug_aranges", ".debug_abbrev", ".debug_frame"];

    internal static ContentFinding Explain(ContentView left, ContentView right, CancellationToken cancellation)
    {
        if (left.Length > ContentExplainer.MaxBytes * 2L || right.Length > ContentExplainer.MaxBytes * 2L)
        {
            return ContentFinding.None;
        }

        byte[] a = left.Slice(0, left.Length), b = right.Slice(0, right.Length);
        Dictionary<string, (int Start, int Length)> x = Sections(a), y = Sections(b);
        if (x.Count == 0 || y.Count == 0)
        {
            return DataContents.Strings(a, b, cancellation);
        }

        string[] changed = [.. x.Keys.Union(y.Keys, StringComparer.Ordinal).Where(name => !Part(a, x, name).SequenceEqual(Part(b, y, name))).Order(StringComparer.Ordinal)];
        string[] own = [.. changed.Where(name => name != BuildId && !Following.Contains(name))];
        if (own.Length == 0)
        {
            return changed.Contains(BuildId, StringComparer.Ordinal) ? new ContentFinding(DifferenceCause.BuildId, "Only the build id differs, and what follows from it.") : ContentFinding.None;
        }

        List<string> first = [], second = [];
        foreach (string name in own.Where(name => !Array.Exists(Code, code => name.StartsWith(code, StringComparison.Ordinal))))
        {
            cancellation.ThrowIfCancellationRequested();
            first.AddRange(DataContents.Texts(Part(a, x, name)));
            second.AddRange(DataContents.Texts(Part(b, y, name)));
        }

        (first, second) = PairedLines.Surplus(first, second);
        string where = $" It differs in {string.Join(", ", changed.Take(6))}{(changed.Length > 6 ? ", …" : "")}.";
        if (own.Contains(".comment", StringComparer.Ordinal) && !Part(a, x, ".comment").SequenceEqual(Part(b, y, ".comment")))
        {
            return new ContentFinding(DifferenceCause.Toolchain, "It was compiled by another compiler." + where);
        }

        ContentFinding found = PairedLines.Explain(first, second, cancellation);
        return found with { Message = found.Message.Length == 0 ? where.TrimStart() : found.Message + where };
    }

    private static Dictionary<string, (int Start, int Length)> Sections(byte[] bytes)
    {
        Dictionary<string, (int, int)> sections = new(StringComparer.Ordinal);
        foreach (ElfSection section in ElfHeaders.Read(new ElfBytes(bytes.Length, (0, bytes)))?.Sections.Take(MaxSections) ?? [])
        {
            bool fits = section.Type is not (0 or ElfSection.NoBits) && section.Offset >= 0 && section.Size >= 0 && section.Offset <= bytes.Length && section.Size <= bytes.Length - section.Offset;
            if (fits)
            {
                sections.TryAdd(section.Name, ((int)section.Offset, (int)section.Size));
            }
        }

        return sections;
    }

    private static ReadOnlySpan<byte> Part(byte[] bytes, Dictionary<string, (int Start, int Length)> sections, string name)
        => sections.TryGetValue(name, out (int Start, int Length) place) ? bytes.AsSpan(place.Start, place.Length) : default;
}
