using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>How facts of an ELF file are written in the cache.</summary>
internal static class ElfFactsFormat
{
    private const int MaxTexts = 4_096, MaxText = 16 << 10;

    /// <summary>Writes facts.</summary>
    public static void Write(FactsWriter writer, ElfFacts facts)
    {
        writer.Number(facts.Bits);
        writer.Number(facts.Machine);
        writer.Number((int)facts.Kind);
        writer.Number((int)facts.Relro);
        writer.Number((int)facts.Stack);
        writer.Number(facts.CheckedCalls);
        writer.Number(facts.DebugBytes);
        writer.Number(facts.SymbolBytes);
        writer.Number(facts.HasStackProtector is { } guard ? guard ? 2 : 1 : 0);
        bool[] flags = [facts.IsBigEndian, facts.IsDynamic, facts.IsPieFlagged, facts.HasWritableCode, facts.HasTextRelocations, facts.CallsDlopen, facts.HasSections,
            facts.HasSymbolTable, facts.HasBranchTargets, facts.HasProtectedReturns, facts.IsDotnetBundle];
        Array.ForEach(flags, writer.Flag);
        string[] texts = [facts.Interpreter, facts.Soname, facts.BuildId, facts.AbiNote, facts.GoVersion, facts.Damage];
        Array.ForEach(texts, writer.Text);
        Optional(writer, facts.Rpath);
        Optional(writer, facts.Runpath);
        foreach (IReadOnlyList<string> list in (IReadOnlyList<string>[])[facts.Needed, facts.NeededVersions, facts.DefinedVersions, facts.UncheckedCalls, facts.Compilers, facts.GoModules])
        {
            writer.List(list, (w, text) => w.Text(text));
        }
    }

    /// <summary>Reads facts.</summary>
    /// <exception cref="InvalidDataException">They are damaged.</exception>
    public static ElfFacts Read(FactsReader reader) => new()
    {
        Bits = (int)reader.Number(64),
        Machine = (int)reader.Number(ushort.MaxValue),
        Kind = reader.Choice<ElfKind>(),
        Relro = reader.Choice<ElfRelro>(),
        Stack = reader.Choice<ElfStack>(),
        CheckedCalls = (int)reader.Number(int.MaxValue),
        DebugBytes = reader.Number(),
        SymbolBytes = reader.Number(),
        HasStackProtector = reader.Number(2) switch { 0 => null, 1 => false, _ => true },
        IsBigEndian = reader.Flag(),
        IsDynamic = reader.Flag(),
        IsPieFlagged = reader.Flag(),
        HasWritableCode = reader.Flag(),
        HasTextRelocations = reader.Flag(),
        CallsDlopen = reader.Flag(),
        HasSections = reader.Flag(),
        HasSymbolTable = reader.Flag(),
        HasBranchTargets = reader.Flag(),
        HasProtectedReturns = reader.Flag(),
        IsDotnetBundle = reader.Flag(),
        Interpreter = reader.Text(MaxText),
        Soname = reader.Text(MaxText),
        BuildId = reader.Text(MaxText),
        AbiNote = reader.Text(MaxText),
        GoVersion = reader.Text(MaxText),
        Damage = reader.Text(MaxText),
        Rpath = reader.Flag() ? reader.Text(MaxText) : null,
        Runpath = reader.Flag() ? reader.Text(MaxText) : null,
        Needed = Texts(reader),
        NeededVersions = Texts(reader),
        DefinedVersions = Texts(reader),
        UncheckedCalls = Texts(reader),
        Compilers = Texts(reader),
        GoModules = Texts(reader),
    };

    private static IReadOnlyList<string> Texts(FactsReader reader) => reader.List(MaxTexts, r => r.Text(2 * MaxText));

    private static void Optional(FactsWriter writer, string? text)
    {
        writer.Flag(text is not null);
        if (text is not null)
        {
            writer.Text(text);
        }
    }
}
