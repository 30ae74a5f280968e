using BaseImage.Engine.Inspection.Elf;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Has texts that many files repeat (names of libraries, versions of symbols, compilers) in memory once.</summary>
internal sealed class SharedTexts
{
    // Beyond this nothing is looked for any more: an image may be made of texts that are all different.
    private const int Maximum = 100_000;

    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>The text, from an earlier file where one had it.</summary>
    public string Of(string text)
    {
        if (_texts.TryGetValue(text, out string? known))
        {
            return known;
        }

        if (_texts.Count < Maximum)
        {
            _texts.Add(text);
        }

        return text;
    }

    /// <summary>The same facts of a file, with texts that others have too.</summary>
    public ElfFacts Of(ElfFacts elf) => elf with
    {
        Interpreter = Of(elf.Interpreter),
        Needed = All(elf.Needed),
        NeededVersions = All(elf.NeededVersions),
        DefinedVersions = All(elf.DefinedVersions),
        UncheckedCalls = All(elf.UncheckedCalls),
        Compilers = All(elf.Compilers),
        AbiNote = Of(elf.AbiNote),
        GoVersion = Of(elf.GoVersion),
    };

    private IReadOnlyList<string> All(IReadOnlyList<string> texts) => texts.Count == 0 ? [] : Array.ConvertAll([.. texts], Of);
}
