using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Elf;

/// <summary>
/// Reads what Go writes into its programs: version and modules. Source: Go's debug/buildinfo, "inline" form (Go 1.18 and
/// later); of the older form, with pointers, only the mark is recognised.
/// </summary>
internal static class GoProgram
{
    private const int HeaderLength = 32, MaxModules = 2_000, MaxText = 1 << 20;

    private static readonly byte[] Mark = [0xff, .. " Go buildinf:"u8];

    /// <summary>Adds version and modules.</summary>
    internal static ElfFacts Read(ElfBytes bytes, ElfHeaders headers, ElfFacts facts)
    {
        ElfSection section = headers.Sections.FirstOrDefault(section => section.Name == ".go.buildinfo");
        ReadOnlySpan<byte> data = section.Type != 0 ? Find(bytes.ReadUpTo(section.Offset, section.Size)) : default;
        if (section.Type == 0)
        {
            foreach (ElfSegment segment in headers.Segments)
            {
                data = data.IsEmpty && segment is { Type: ElfSegment.Load, IsWritable: true } ? Find(bytes.ReadUpTo(segment.Offset, Math.Min(segment.FileSize, MaxText))) : data;
            }
        }

        if (data.Length < HeaderLength)
        {
            return facts;
        }

        facts = facts with { GoVersion = "go" };
        if ((data[15] & 2) == 0)
        {
            return facts;
        }

        ReadOnlySpan<byte> rest = data[HeaderLength..], version = Take(ref rest), modules = Take(ref rest);

        // Sixteen bytes of a mark stand before and after the modules.
        return facts with
        {
            GoVersion = version.StartsWith("go"u8) && version.Length <= 100 ? LayerText.Escape(version) : "go",
            GoModules = modules.Length > 32 ? Modules(Encoding.UTF8.GetString(modules[16..^16])) : [],
        };
    }

    private static ReadOnlySpan<byte> Find(ReadOnlySpan<byte> data) => data.IndexOf(Mark) is var at and >= 0 ? data[at..] : default;

    // A length in base 128, lowest digits first, then that many bytes.
    private static ReadOnlySpan<byte> Take(ref ReadOnlySpan<byte> rest)
    {
        long length = 0;
        for (int i = 0; i < rest.Length && i < 5; i++)
        {
            length |= (long)(rest[i] & 0x7f) << (7 * i);
            if (rest[i] < 0x80)
            {
                ReadOnlySpan<byte> text = length <= Math.Min(MaxText, rest.Length - i - 1) ? rest.Slice(i + 1, (int)length) : default;
                rest = text.Length == length ? rest[(int)(i + 1 + length)..] : default;
                return text;
            }
        }

        rest = default;
        return default;
    }

    private static string[] Modules(string text)
        => [.. text.Split('\n').Select(line => line.Split('\t')).Where(fields => fields.Length >= 3 && fields[1].Length + fields[2].Length < 500 && fields[0] is "mod" or "dep" or "=>")
            .Select(fields => LayerText.Escape(Encoding.UTF8.GetBytes($"{fields[1]} {fields[2]}"))).Take(MaxModules)];
}
