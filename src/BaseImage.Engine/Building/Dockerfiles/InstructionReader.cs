namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Reads one instruction from its joined lines: the keyword, the flags, and arguments as the keyword wants them.</summary>
internal sealed class InstructionReader(DockerfileSource source, LogicalLine joined, char escape, Action<int, string, string> problem)
{
    private readonly string _text = joined.Text;

    /// <summary>Reads the instruction in a stretch of the joined text.</summary>
    /// <param name="start">Where it begins.</param>
    /// <param name="end">Where it ends.</param>
    /// <param name="line">Its first line.</param>
    public DockerfileInstruction Read(int start, int end, int line) => Read(start, end, line, depth: 0);

    private DockerfileInstruction Read(int start, int end, int line, int depth)
    {
        start = DockerfileText.SkipSpace(_text, start, end);
        end = DockerfileText.TrimEnd(_text, start, end);
        int keywordEnd = start;
        while (keywordEnd < end && !DockerfileText.IsGap(_text[keywordEnd]))
        {
            keywordEnd++;
        }

        int rest = DockerfileText.SkipSpace(_text, keywordEnd, end);
        (List<DockerfileFlag> flags, int argumentStart) = Flags(rest, end);
        argumentStart = Math.Min(DockerfileText.SkipSpace(_text, argumentStart, end), end);
        string keyword = Show(start, keywordEnd);
        DockerfileInstruction instruction = new(joined.SpanOf(start, end), line)
        {
            Keyword = keyword,
            Name = keyword.ToUpperInvariant(),
            KeywordSpan = joined.SpanOf(start, keywordEnd),
            EndLine = line,
            Joined = joined,
            ArgumentStart = argumentStart,
            ArgumentEnd = end,
            Flags = flags,
        };
        return instruction.Name switch
        {
            "FROM" or "EXPOSE" => instruction with { Arguments = Words(argumentStart, end) },
            "ADD" or "COPY" or "VOLUME" => Json(instruction, argumentStart) ?? instruction with { Arguments = Words(argumentStart, end) },
            "RUN" or "CMD" or "ENTRYPOINT" or "SHELL" => Json(instruction, argumentStart) ?? Whole(instruction, argumentStart),
            "HEALTHCHECK" => Health(instruction),
            "ARG" or "ENV" or "LABEL" => new PairReader(joined, escape, problem).Read(instruction),
            "ONBUILD" when depth == 0 && argumentStart < end => instruction with { Trigger = Read(argumentStart, end, source.LineOf(joined.OffsetOf(argumentStart)), depth + 1) },
            _ => Whole(instruction, argumentStart),
        };
    }

    private string Show(int start, int end) => DockerfileSource.Decode(_text[start..end]);

    private DockerfileInstruction Whole(DockerfileInstruction instruction, int start) => instruction with
    {
        Form = DockerfileForm.Text,
        Arguments = start < instruction.ArgumentEnd ? [new DockerfileWord(Show(start, instruction.ArgumentEnd), joined.SpanOf(start, instruction.ArgumentEnd))] : [],
    };

    private DockerfileInstruction? Json(DockerfileInstruction instruction, int start)
    {
        JsonArray? array = JsonArray.TryRead(_text, start, instruction.ArgumentEnd);
        if (array is { HasOnlyStrings: false })
        {
            problem(joined.OffsetOf(start), "The JSON array holds something that is no string.", "Put every element into double quotes.");
        }

        return array is null ? null : instruction with
        {
            Form = DockerfileForm.Json,
            Arguments = [.. array.Items.Select(item => new DockerfileWord(item.Value, joined.SpanOf(item.Start, item.End)))],
        };
    }

    private DockerfileInstruction Health(DockerfileInstruction instruction)
    {
        int start = instruction.ArgumentStart, typeEnd = start;
        while (typeEnd < instruction.ArgumentEnd && !DockerfileText.IsSpace(_text[typeEnd]))
        {
            typeEnd++;
        }

        if (typeEnd == start)
        {
            return instruction;
        }

        int command = DockerfileText.SkipSpace(_text, typeEnd, instruction.ArgumentEnd);
        instruction = instruction with { HealthType = new DockerfileWord(Show(start, typeEnd), joined.SpanOf(start, typeEnd)), ArgumentStart = command };
        return Json(instruction, command) ?? Whole(instruction, command);
    }

    private List<DockerfileWord> Words(int at, int end)
    {
        List<DockerfileWord> words = [];
        while (at < end)
        {
            int start = at;
            while (at < end && !DockerfileText.IsGap(_text[at]))
            {
                at++;
            }

            words.Add(new DockerfileWord(Show(start, at), joined.SpanOf(start, at)));
            while (at < end && DockerfileText.IsGap(_text[at]))
            {
                at++;
            }
        }

        return words;
    }

    // Words that begin with "--"; "--" alone ends them. Quotes and escapes go, as a builder takes them off.
    private (List<DockerfileFlag> Found, int Behind) Flags(int at, int end)
    {
        List<DockerfileFlag> flags = [];
        while (true)
        {
            at = DockerfileText.SkipSpace(_text, at, end);
            if (at + 1 >= end || _text[at] != '-' || _text[at + 1] != '-')
            {
                return (flags, at);
            }

            int start = at, equals = -1;
            System.Text.StringBuilder word = new();
            char quote = '\0';
            for (; at < end && (quote != '\0' || !DockerfileText.IsSpace(_text[at])); at++)
            {
                char c = _text[at];
                if (quote == '\0' ? c is '"' or '\'' : c == quote)
                {
                    quote = quote == '\0' ? c : '\0';
                    continue;
                }

                if (c == escape)
                {
                    if (at + 1 >= end)
                    {
                        continue;
                    }

                    c = _text[++at];
                }

                if (c == '=' && equals < 0)
                {
                    equals = at;
                }

                word.Append(c);
            }

            string text = word.ToString();
            if (text == "--")
            {
                return (flags, at);
            }

            int cut = text.IndexOf('=', StringComparison.Ordinal);
            flags.Add(new DockerfileFlag(
                DockerfileSource.Decode(cut < 0 ? text[2..] : text[2..cut]),
                cut < 0 ? null : DockerfileSource.Decode(text[(cut + 1)..]),
                joined.SpanOf(start, at),
                cut < 0 ? joined.SpanOf(at, at) : joined.SpanOf(equals + 1, at)));
        }
    }
}
