using BaseImage.Documents;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>
/// Parses Dockerfiles as BuildKit does. Everything that can be parsed is; what a builder would refuse is a problem with its
/// place. Nothing makes it throw. Source: Dockerfile reference; where that is silent, what BuildKit's parser does.
/// </summary>
internal sealed class DockerfileParser
{
    /// <summary>The longest line that builders read.</summary>
    public const int MaximumLine = 65_535;

    /// <summary>Problems beyond this many say nothing new.</summary>
    public const int MaximumProblems = 100;

    private readonly DockerfileSource _source;
    private readonly string _text;
    private readonly DirectiveReader _directives = new();
    private readonly List<DockerfileNode> _nodes = [];
    private readonly List<DockerfileProblem> _problems = [];
    private int _at;
    private char _escape = '\\';

    private DockerfileParser(DockerfileSource source) => (_source, _text) = (source, source.Text);

    /// <summary>Parses a file.</summary>
    public static Dockerfile Parse(byte[] bytes)
    {
        DockerfileParser parser = new(new DockerfileSource(bytes));
        return parser.Parse();
    }

    /// <summary>Parses a text.</summary>
    public static Dockerfile Parse(string text) => Parse(System.Text.Encoding.UTF8.GetBytes(text));

    private Dockerfile Parse()
    {
        int start = 0;
        while (_at < _text.Length)
        {
            start = _at;
            ReadNode(start, start == 0 && _text.StartsWith("\u00EF\u00BB\u00BF", StringComparison.Ordinal) ? 3 : 0);
        }

        DockerfileInstruction[] instructions = [.. _nodes.OfType<DockerfileInstruction>()];
        IReadOnlyList<DockerfileStage> stages = StageBuilder.Build(instructions);
        if (instructions.Length == 0)
        {
            Problem(Math.Max(_text.Length - 1, 0), "The file has no instructions.", "Begin with FROM and an image.");
        }

        InstructionChecks.Check(instructions, stages, _escape, Problem);
        return new Dockerfile
        {
            Source = _source,
            Nodes = _nodes,
            Escape = _escape,
            Problems = [.. _problems.OrderBy(problem => problem.Line).ThenBy(problem => problem.Column)],
            Instructions = instructions,
            Stages = stages,
        };
    }

    private void Problem(int offset, string message, string hint)
    {
        if (_problems.Count < MaximumProblems)
        {
            _problems.Add(new DockerfileProblem(_source.LineOf(offset), _source.ColumnOf(offset), message, hint));
        }
    }

    // One line: its end without the line ending, and its end with it.
    private (int End, int Next) Line(int start)
    {
        int newline = _text.IndexOf('\n', start);
        int next = newline < 0 ? _text.Length : newline + 1;
        int end = next;
        while (end > start && _text[end - 1] is '\n' or '\r')
        {
            end--;
        }

        if (next - start > MaximumLine)
        {
            Problem(start, $"The line is longer than the {MaximumLine} bytes that builders read.", "Break it with continuations, or move the content to a file and COPY it.");
        }

        return (end, next);
    }

    private void ReadNode(int start, int mark)
    {
        (int end, int next) = Line(start);
        int first = DockerfileText.SkipSpace(_text, start + mark, end);
        int line = _source.LineOf(start);
        if (_directives.Read(_text, first, end, out bool duplicate) is { } directive)
        {
            SourceSpan value = SourceSpan.Between(directive.ValueStart, directive.ValueEnd);
            _nodes.Add(new DockerfileDirective(SourceSpan.Between(start, next), line, directive.Name, _source.Show(value), value));
            _at = next;
            ApplyDirective(first, directive.Name, value, duplicate);
            return;
        }

        if (first >= end || _text[first] == '#')
        {
            SourceSpan span = SourceSpan.Between(start, next);
            _nodes.Add(first >= end ? new DockerfileBlank(span, line) : Comment(span, line, first, end));
            _at = next;
            return;
        }

        ReadInstruction(start, first, end, next, line);
    }

    private DockerfileComment Comment(SourceSpan span, int line, int first, int end)
        => new(span, line, _source.Show(SourceSpan.Between(first + 1, end)).Trim());

    private void ApplyDirective(int offset, string name, SourceSpan value, bool duplicate)
    {
        if (duplicate)
        {
            Problem(offset, $"The parser directive {name} is given twice.", "Keep one of them.");
        }
        else if (name == "escape")
        {
            if (value.Length == 1 && _text[value.Start] is '\\' or '`')
            {
                _escape = _text[value.Start];
            }
            else
            {
                Problem(value.Start, "The escape character is neither a backslash nor a backtick.", "Write # escape=` or # escape=\\.");
            }
        }
    }

    // A line goes on where its last character but blanks is the escape character and the one before it is not.
    private bool Continues(int start, ref int end)
    {
        int last = end;
        while (last > start && _text[last - 1] is ' ' or '\t')
        {
            last--;
        }

        if (last <= start || _text[last - 1] != _escape || (last - 2 >= start && _text[last - 2] == _escape))
        {
            return false;
        }

        end = last - 1;
        return true;
    }

    private void ReadInstruction(int start, int first, int end, int next, int line)
    {
        LogicalLine joined = new();
        List<DockerfileComment> comments = [];
        bool hasEmpty = false;
        bool goesOn = Continues(first, ref end);
        joined.Add(_text.AsSpan(first, end - first), first);
        while (goesOn && next < _text.Length)
        {
            int from = next;
            (end, next) = Line(from);
            int visible = DockerfileText.SkipSpace(_text, from, end);
            if (visible < end && _text[visible] == '#')
            {
                comments.Add(Comment(SourceSpan.Between(from, next), _source.LineOf(from), visible, end));
            }
            else if (visible >= end)
            {
                hasEmpty = true;
            }
            else
            {
                goesOn = Continues(from, ref end);
                joined.Add(_text.AsSpan(from, end - from), from);
            }
        }

        InstructionReader reader = new(_source, joined, _escape, Problem);
        DockerfileInstruction instruction = reader.Read(0, joined.Text.Length, line) with { InnerComments = comments, HasEmptyContinuation = hasEmpty };
        IReadOnlyList<DockerfileHeredoc> heredocs = HeredocReader.CanContain(instruction) && joined.Text.Contains("<<", StringComparison.Ordinal)
            ? ReadHeredocs(first, joined.Text, ref next)
            : [];
        _nodes.Add(instruction with
        {
            Span = SourceSpan.Between(start, next),
            EndLine = _source.LineOf(Math.Max(next - 1, start)),
            Heredocs = heredocs,
            Trigger = instruction.Trigger is null ? null : instruction.Trigger with { Heredocs = heredocs },
        });
        _at = next;
    }

    private List<DockerfileHeredoc> ReadHeredocs(int offset, string joined, ref int next)
    {
        List<DockerfileHeredoc> heredocs = [];
        foreach (HeredocReader.Opening opening in HeredocReader.Openings(joined))
        {
            int content = next;
            int bodyEnd = next;
            bool isClosed = false;
            while (!isClosed && next < _text.Length)
            {
                bodyEnd = next;
                (int end, int after) = Line(next);
                int from = next;
                while (opening.Chomp && from < end && _text[from] == '\t')
                {
                    from++;
                }

                isClosed = _text.AsSpan(from, end - from).SequenceEqual(opening.Name);
                next = after;
            }

            if (!isClosed)
            {
                bodyEnd = next;
                Problem(offset, $"The here-document '{DockerfileSource.Decode(opening.Name)}' does not end.", $"Write {DockerfileSource.Decode(opening.Name)} alone on the line behind its content.");
            }

            SourceSpan span = SourceSpan.Between(content, bodyEnd);
            heredocs.Add(new DockerfileHeredoc(DockerfileSource.Decode(opening.Name), opening.FileDescriptor, opening.Expand, opening.Chomp, _source.Show(span), span, _source.LineOf(content)));
        }

        return heredocs;
    }
}
