using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>How far an inline ignore reaches.</summary>
internal enum IgnoreReach
{
    /// <summary>The next instruction.</summary>
    Instruction,

    /// <summary>The stage that begins behind it.</summary>
    Stage,

    /// <summary>The file.</summary>
    File,
}

/// <summary>
/// A comment that accepts findings: hadolint's <c># hadolint ignore=DL3008,SC2046</c>, <c># hadolint stage ignore=</c>,
/// <c># hadolint global ignore=</c>, and <c># baseimage ignore=BI6008 reason</c> with the same words before ignore; and BuildKit's
/// directive <c># check=skip=</c>, which reaches the file.
/// </summary>
/// <param name="Ids">What it names, as it is written.</param>
/// <param name="Line">Its line.</param>
/// <param name="From">The first line that it reaches.</param>
/// <param name="To">The last.</param>
/// <param name="Reason">Why; empty where it does not say, as hadolint's cannot.</param>
/// <param name="IsOwn">True for the form of this module.</param>
internal sealed record InlineIgnore(IReadOnlyList<string> Ids, int Line, int From, int To, string Reason, bool IsOwn)
{
    /// <summary>True where it is BuildKit's directive, whose names are those of BuildKit's checks.</summary>
    public bool IsCheck { get; private init; }

    /// <summary>What a row says of it.</summary>
    public string Says => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{(IsCheck ? "check=skip" : "inline ignore")} at line {Line}{(Reason.Length == 0 ? "" : $": {Reason}")}");

    /// <summary>True where it accepts what a rule finds at a line.</summary>
    public bool Covers(AuditRule rule, int line) => line >= From && line <= To && Ids.Any(id => IsCheck ? BuildChecks.Names(rule, id) : Names(rule, id));

    /// <summary>True where an id is the rule's or that of its equivalent in hadolint.</summary>
    public static bool Names(AuditRule rule, string id)
        => rule.Id.Equals(id, StringComparison.OrdinalIgnoreCase) || rule.Equivalent.Contains("hadolint:" + id, StringComparer.OrdinalIgnoreCase);

    /// <summary>Every inline ignore of a file.</summary>
    public static IReadOnlyList<InlineIgnore> Of(Dockerfile file)
    {
        List<InlineIgnore> ignores =
        [
            .. file.Nodes.OfType<DockerfileDirective>().Where(directive => directive.Name == "check")
                .Select(directive => new InlineIgnore(BuildChecks.Parse(directive.Value).Skipped, directive.Line, 0, int.MaxValue, "", IsOwn: false) { IsCheck = true })
                .Where(ignore => ignore.Ids.Count > 0),
        ];
        foreach (DockerfileComment comment in file.Comments)
        {
            if (Parse(comment.Text) is not { } parsed)
            {
                continue;
            }

            (int from, int to) = parsed.Reach switch
            {
                IgnoreReach.File => (0, int.MaxValue),
                IgnoreReach.Stage => StageFrom(file, comment.Line),
                _ => InstructionAt(file, comment.Line),
            };
            ignores.Add(new InlineIgnore(parsed.Ids, comment.Line, from, to, parsed.Reason, parsed.IsOwn));
        }

        return ignores;
    }

    // The instruction that the comment stands in, else the one behind it with nothing but comments between.
    private static (int From, int To) InstructionAt(Dockerfile file, int line)
    {
        foreach (DockerfileNode node in file.Nodes.SkipWhile(node => node is DockerfileInstruction instruction ? instruction.EndLine < line : node.Line <= line))
        {
            if (node is DockerfileInstruction instruction)
            {
                return (instruction.Line, instruction.EndLine);
            }

            if (node is not DockerfileComment)
            {
                break;
            }
        }

        return (1, 0);
    }

    private static (int From, int To) StageFrom(Dockerfile file, int line)
    {
        DockerfileStage? stage = file.Stages.FirstOrDefault(one => one.From.Line > line);
        return stage is null ? (1, 0) : (stage.From.Line, stage.Index + 1 < file.Stages.Count ? file.Stages[stage.Index + 1].From.Line - 1 : int.MaxValue);
    }

    private static (IReadOnlyList<string> Ids, IgnoreReach Reach, string Reason, bool IsOwn)? Parse(string comment)
    {
        string[] words = comment.Split([' ', '\t'], 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (words.Length < 2 || words[0] is not ("hadolint" or "baseimage"))
        {
            return null;
        }

        bool isOwn = words[0] == "baseimage";
        string rest = words[1];
        IgnoreReach reach = IgnoreReach.Instruction;
        foreach ((string word, IgnoreReach wider) in new[] { ("global", IgnoreReach.File), ("stage", IgnoreReach.Stage) })
        {
            if (rest.StartsWith(word + " ", StringComparison.Ordinal) || rest.StartsWith(word + "\t", StringComparison.Ordinal))
            {
                (reach, rest) = (wider, rest[word.Length..].TrimStart());
            }
        }

        if (!rest.StartsWith("ignore", StringComparison.Ordinal) || !rest["ignore".Length..].TrimStart().StartsWith('='))
        {
            return null;
        }

        // Ids between commas, blanks around commas allowed; what stands behind the last one is the reason.
        string list = rest[(rest.IndexOf('=', StringComparison.Ordinal) + 1)..].Trim();
        List<string> ids = [];
        int at = 0;
        while (at < list.Length)
        {
            int start = at;
            while (at < list.Length && char.IsAsciiLetterOrDigit(list[at]))
            {
                at++;
            }

            if (at > start)
            {
                ids.Add(list[start..at]);
            }

            int comma = at;
            while (comma < list.Length && list[comma] is ' ' or '\t')
            {
                comma++;
            }

            if (comma >= list.Length || list[comma] != ',')
            {
                break;
            }

            at = comma + 1;
            while (at < list.Length && list[at] is ' ' or '\t')
            {
                at++;
            }
        }

        return ids.Count == 0 ? null : (ids, reach, list[at..].Trim().TrimStart('#').Trim(), isOwn);
    }
}
