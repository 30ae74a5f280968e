using System.Globalization;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Finds the here-documents that a RUN, COPY or ADD opens. Source: Dockerfile reference, "Here-documents".</summary>
internal static class HeredocReader
{
    /// <summary>An opened here-document, its name one character a byte.</summary>
    internal sealed record Opening(string Name, int FileDescriptor, bool Expand, bool Chomp);

    /// <summary>True where the instruction (or what ONBUILD keeps) may open one.</summary>
    public static bool CanContain(DockerfileInstruction instruction)
    {
        DockerfileInstruction actual = instruction.Trigger ?? instruction;
        return actual.Name is "RUN" or "COPY" or "ADD" && actual.Form != DockerfileForm.Json;
    }

    /// <summary>What a joined line opens, in order; nothing where its quotes do not close.</summary>
    public static IReadOnlyList<Opening> Openings(string line)
    {
        WordExpander lexer = new('\\', WordExpander.Nothing) { RawQuotes = true, RawEscapes = true, KeepUnset = true };
        return lexer.TryWords(line, out List<string> words) ? [.. words.Select(Parse).OfType<Opening>()] : [];
    }

    /// <summary>What a word opens; null for nothing.</summary>
    public static Opening? Parse(string word)
    {
        int at = 0;
        while (at < word.Length && char.IsAsciiDigit(word[at]))
        {
            at++;
        }

        if (at + 2 > word.Length || word[at] != '<' || word[at + 1] != '<')
        {
            return null;
        }

        _ = int.TryParse(word.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out int descriptor);
        at += 2;
        bool chomp = at < word.Length && word[at] == '-';
        at = DockerfileText.SkipSpace(word, chomp ? at + 1 : at, word.Length);
        string rest = word[at..];
        if (rest.Length == 0 || rest.Contains('<', StringComparison.Ordinal)
            || !new WordExpander('\\', WordExpander.Nothing) { KeepUnset = true }.TryWords(rest, out List<string> plain) || plain.Count != 1
            || !new WordExpander('\\', WordExpander.Nothing) { KeepUnset = true, RawQuotes = true }.TryWords(rest, out List<string> raw) || raw.Count != 1)
        {
            return null;
        }

        return new Opening(plain[0], descriptor, Quotes(plain[0]) == Quotes(raw[0]), chomp);
    }

    private static int Quotes(string text) => text.Count(c => c is '"' or '\'');
}
