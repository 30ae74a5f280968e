using System.Text;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Reads names and values: <c>NAME=value …</c>, the old <c>NAME value</c> of ENV and LABEL, and ARG's names alone.</summary>
internal sealed class PairReader(LogicalLine joined, char escape, Action<int, string, string> problem)
{
    private readonly string _text = joined.Text;

    /// <summary>Adds an instruction's pairs.</summary>
    public DockerfileInstruction Read(DockerfileInstruction instruction)
    {
        int start = instruction.ArgumentStart, end = instruction.ArgumentEnd;
        List<(string Text, int Start, int End)> words = Words(_text, start, end, escape);
        instruction = instruction with { Form = DockerfileForm.Pairs };
        if (words.Count == 0)
        {
            return instruction;
        }

        if (instruction.Name != "ARG" && !words[0].Text.Contains('=', StringComparison.Ordinal))
        {
            return instruction with { Pairs = OldForm(instruction.Name, start, end) };
        }

        List<DockerfilePair> pairs = [];
        foreach ((string text, int from, int to) in words)
        {
            int equals = _text.IndexOf('=', from, to - from), cut = text.IndexOf('=', StringComparison.Ordinal);
            if (cut < 0 && instruction.Name != "ARG")
            {
                problem(joined.OffsetOf(from), $"'{Shown(text)}' has no '='.", $"Write {instruction.Name} name=value, with quotes around a value that has blanks.");
                continue;
            }

            pairs.Add(cut < 0 || equals < 0
                ? new DockerfilePair(DockerfileSource.Decode(text), null, joined.SpanOf(from, to), joined.SpanOf(to, to), false)
                : new DockerfilePair(DockerfileSource.Decode(text[..cut]), DockerfileSource.Decode(text[(cut + 1)..]), joined.SpanOf(from, equals), joined.SpanOf(equals + 1, to), false));
        }

        return instruction with { Pairs = pairs };
    }

    private static string Shown(string text) => DockerfileSource.Decode(text.Length > 80 ? text[..80] + "…" : text);

    private List<DockerfilePair> OldForm(string keyword, int start, int end)
    {
        int nameEnd = start;
        while (nameEnd < end && !DockerfileText.IsGap(_text[nameEnd]))
        {
            nameEnd++;
        }

        int value = nameEnd;
        while (value < end && DockerfileText.IsGap(_text[value]))
        {
            value++;
        }

        if (value >= end)
        {
            problem(joined.OffsetOf(start), $"{keyword} has a name and no value.", $"Write {keyword} name=value.");
            return [];
        }

        return [new DockerfilePair(DockerfileSource.Decode(_text[start..nameEnd]), DockerfileSource.Decode(_text[value..end]), joined.SpanOf(start, nameEnd), joined.SpanOf(value, end), true)];
    }

    /// <summary>Words between white space; quotes keep it together and stay; an escape at the end goes.</summary>
    internal static List<(string Text, int Start, int End)> Words(string text, int start, int end, char escape)
    {
        List<(string, int, int)> words = [];
        StringBuilder word = new();
        int at = start;
        while (true)
        {
            at = DockerfileText.SkipSpace(text, at, end);
            if (at >= end)
            {
                return words;
            }

            int from = at;
            bool quoted = false;
            char quote = '\0';
            word.Clear();
            for (; at < end && (quote != '\0' || !DockerfileText.IsSpace(text[at])); at++)
            {
                char c = text[at];
                if (c == escape && quote != '\'')
                {
                    if (at + 1 >= end)
                    {
                        continue;
                    }

                    word.Append(c);
                    c = text[++at];
                }
                else if (quote == '\0' && c is '"' or '\'')
                {
                    quote = c;
                    quoted = true;
                }
                else if (c == quote)
                {
                    quote = '\0';
                }

                word.Append(c);
            }

            if (quoted || word.Length > 0)
            {
                words.Add((word.ToString(), from, at));
            }
        }
    }
}
