using System.Globalization;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Elf;

/// <summary>
/// Reads what an ELF file says of itself. Never throws for any bytes: what cannot be read stays unsaid, and headers that
/// contradict the file are <see cref="ElfFacts.Damage"/>. Time and memory grow with the bytes at hand alone.
/// </summary>
internal static class ElfReader
{
    private const int Object = 1, Executable = 2, Shared = 3, Core = 4;
    private const int MaxCompilers = 10;
    private const long MaxComment = 256 << 10;

    private static readonly string[] Systems = ["Linux", "GNU", "Solaris", "FreeBSD", "NetBSD", "Syllable", "NaCl"];

    // SHA-256 of ".net core bundle\n", which the hosts of .NET programs carry behind the place of the bundle's header.
    private static ReadOnlySpan<byte> BundleMark =>
    [
        0x8b, 0x12, 0x02, 0xb9, 0x6a, 0x61, 0x20, 0x38, 0x72, 0x7b, 0x93, 0x02, 0x14, 0xd7, 0xa0, 0x32,
        0x13, 0xf5, 0xb9, 0xe6, 0xef, 0xae, 0x33, 0x18, 0xee, 0x3b, 0x2d, 0xce, 0x24, 0xb3, 0x6a, 0xae,
    ];

    /// <summary>The facts; null for what does not begin as an ELF file.</summary>
    public static ElfFacts? Read(ElfBytes bytes)
    {
        if (ElfHeaders.Read(bytes) is not { } headers)
        {
            return null;
        }

        ElfFacts facts = new()
        {
            Bits = headers.Bits,
            IsBigEndian = bytes.IsBigEndian,
            Machine = headers.Machine,
            Kind = headers.Type switch { Object => ElfKind.Object, Executable => ElfKind.Executable, Shared => ElfKind.Shared, Core => ElfKind.Core, _ => ElfKind.Other },
            Damage = headers.Damage,
        };
        facts = Segments(bytes, headers, facts);
        facts = Sections(bytes, headers, facts);
        facts = ElfDynamic.Read(bytes, headers, facts);
        facts = ElfSymbols.Read(bytes, headers, facts);
        return GoProgram.Read(bytes, headers, facts);
    }

    private static ElfFacts Segments(ElfBytes bytes, ElfHeaders headers, ElfFacts facts)
    {
        foreach (ElfSegment segment in headers.Segments)
        {
            facts = segment.Type switch
            {
                ElfSegment.Interpreter => facts with { Interpreter = Interpreter(bytes, segment) },
                ElfSegment.Stack => facts with { Stack = segment.IsExecutable ? ElfStack.Executable : ElfStack.Protected },
                ElfSegment.Relro => facts with { Relro = ElfRelro.Partial },
                ElfSegment.Load when segment is { IsExecutable: true, IsWritable: true } => facts with { HasWritableCode = true },
                ElfSegment.Load when segment.IsWritable => facts with { IsDotnetBundle = facts.IsDotnetBundle || IsBundle(bytes, segment) },
                ElfSegment.Note => Notes(bytes, segment, headers, facts),
                _ => facts,
            };
        }

        return facts;
    }

    private static string Interpreter(ElfBytes bytes, ElfSegment segment)
        => bytes.TryRead(segment.Offset, Math.Min(segment.FileSize, 4096), out ReadOnlySpan<byte> text) ? LayerText.Escape(text.TrimEnd((byte)0)) : "";

    // The mark is in every host; where a bundle follows, the eight bytes before it say where.
    private static bool IsBundle(ElfBytes bytes, ElfSegment segment)
    {
        ReadOnlySpan<byte> data = bytes.ReadUpTo(segment.Offset, segment.FileSize);
        int at = data.IndexOf(BundleMark);
        return at >= 8 && data.Slice(at - 8, 8).ContainsAnyExcept((byte)0);
    }

    // gabi, "Note Section": sizes of name and description, a type, then both, each filled up to four bytes.
    private static ElfFacts Notes(ElfBytes bytes, ElfSegment segment, ElfHeaders headers, ElfFacts facts)
    {
        ReadOnlySpan<byte> notes = bytes.ReadUpTo(segment.Offset, Math.Min(segment.FileSize, 64 << 10));
        while (notes.Length >= 12)
        {
            long name = bytes.U32(notes, 0), description = bytes.U32(notes, 4);
            uint type = bytes.U32(notes, 8);
            long start = 12 + Up(name, 4), end = start + Up(description, 4);
            if (start + description > notes.Length)
            {
                break;
            }

            ReadOnlySpan<byte> owner = notes.Slice(12, (int)name).TrimEnd((byte)0), body = notes.Slice((int)start, (int)description);
            facts = owner.SequenceEqual("GNU"u8) ? GnuNote(bytes, type, body, headers, facts)
                : owner.SequenceEqual("Go"u8) && type == 4 ? facts with { GoVersion = "go" }
                : facts;
            if (end >= notes.Length)
            {
                break;
            }

            notes = notes[(int)end..];
        }

        return facts;
    }

    private static ElfFacts GnuNote(ElfBytes bytes, uint type, ReadOnlySpan<byte> body, ElfHeaders headers, ElfFacts facts)
    {
        switch (type)
        {
            case 1 when body.Length >= 16:
                uint system = bytes.U32(body, 0);
                string name = system < Systems.Length ? Systems[system] : system.ToString(CultureInfo.InvariantCulture);
                return facts with { AbiNote = string.Create(CultureInfo.InvariantCulture, $"{name} {bytes.U32(body, 4)}.{bytes.U32(body, 8)}.{bytes.U32(body, 12)}") };
            case 3 when body.Length is > 0 and <= 64:
                return facts with { BuildId = Convert.ToHexString(body).ToLowerInvariant() };
            case 5:
                return Properties(bytes, body, headers, facts);
            default:
                return facts;
        }
    }

    // Linux Extensions to gABI, "Program Property": type, size and value, filled up to a word of the class.
    private static ElfFacts Properties(ElfBytes bytes, ReadOnlySpan<byte> body, ElfHeaders headers, ElfFacts facts)
    {
        const uint X86 = 0xc0000002, Arm = 0xc0000000;
        while (body.Length >= 8)
        {
            uint type = bytes.U32(body, 0);
            long size = bytes.U32(body, 4), next = 8 + Up(size, headers.Bits / 8);
            if ((type == X86 || (type == Arm && headers.Machine == 183)) && size >= 4 && body.Length >= 12)
            {
                uint bits = bytes.U32(body, 8);
                return facts with { HasBranchTargets = (bits & 1) != 0, HasProtectedReturns = (bits & 2) != 0 };
            }

            if (next >= body.Length)
            {
                break;
            }

            body = body[(int)next..];
        }

        return facts;
    }

    private static ElfFacts Sections(ElfBytes bytes, ElfHeaders headers, ElfFacts facts)
    {
        long debug = 0, symbols = 0;
        bool table = false;
        SortedSet<string> compilers = new(StringComparer.Ordinal);
        foreach (ElfSection section in headers.Sections)
        {
            long size = Math.Clamp(section.Size, 0, bytes.Length);
            if (section.Type == ElfSection.NoBits)
            {
                continue;
            }

            if (section.Name.StartsWith(".debug_", StringComparison.Ordinal) || section.Name.StartsWith(".zdebug_", StringComparison.Ordinal))
            {
                debug += size;
            }
            else if (section.Type == ElfSection.SymbolTable || section.Name == ".strtab")
            {
                symbols += size;
                table |= section.Type == ElfSection.SymbolTable;
            }
            else if (section.Name == ".comment")
            {
                Compilers(bytes.ReadUpTo(section.Offset, Math.Min(size, MaxComment)), compilers);
            }
        }

        return facts with
        {
            HasSections = headers.Sections.Count > 0,
            HasSymbolTable = table,
            DebugBytes = Math.Min(debug, bytes.Length),
            SymbolBytes = Math.Min(symbols, bytes.Length),
            Compilers = [.. compilers],
        };
    }

    private static void Compilers(ReadOnlySpan<byte> comment, SortedSet<string> compilers)
    {
        while (!comment.IsEmpty && compilers.Count < MaxCompilers)
        {
            int zero = comment.IndexOf((byte)0);
            ReadOnlySpan<byte> text = zero < 0 ? comment : comment[..zero];
            if (!text.IsEmpty)
            {
                compilers.Add(LayerText.Escape(text[..Math.Min(text.Length, 200)]));
            }

            comment = zero < 0 ? default : comment[(zero + 1)..];
        }
    }

    private static long Up(long length, int to) => (length + to - 1) / to * to;
}
