namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>An instruction with its arguments, each with its place in the file.</summary>
internal sealed record DockerfileInstruction(SourceSpan Span, int Line) : DockerfileNode(Span, Line)
{
    /// <summary>The keyword as it is written.</summary>
    public required string Keyword { get; init; }

    /// <summary>The keyword in capital letters.</summary>
    public required string Name { get; init; }

    /// <summary>Where the keyword stands.</summary>
    public required SourceSpan KeywordSpan { get; init; }

    /// <summary>Its last line, here-documents included.</summary>
    public required int EndLine { get; init; }

    /// <summary>The instruction's lines joined.</summary>
    public required LogicalLine Joined { get; init; }

    /// <summary>Where, in <see cref="Joined"/>, the arguments begin: behind the keyword and the flags.</summary>
    public int ArgumentStart { get; init; }

    /// <summary>Where, in <see cref="Joined"/>, they end.</summary>
    public int ArgumentEnd { get; init; }

    /// <summary>The flags, in order.</summary>
    public IReadOnlyList<DockerfileFlag> Flags { get; init; } = [];

    /// <summary>How the arguments are written.</summary>
    public DockerfileForm Form { get; init; }

    /// <summary>
    /// The arguments: words, the one text, or the JSON strings. Of HEALTHCHECK those of its command, of FROM also <c>AS name</c>.
    /// Empty for <see cref="DockerfileForm.Pairs"/>.
    /// </summary>
    public IReadOnlyList<DockerfileWord> Arguments { get; init; } = [];

    /// <summary>Names and values of ARG, ENV and LABEL.</summary>
    public IReadOnlyList<DockerfilePair> Pairs { get; init; } = [];

    /// <summary>Here-documents, in order.</summary>
    public IReadOnlyList<DockerfileHeredoc> Heredocs { get; init; } = [];

    /// <summary>Of ONBUILD the instruction that it keeps for later.</summary>
    public DockerfileInstruction? Trigger { get; init; }

    /// <summary>Of HEALTHCHECK <c>CMD</c> or <c>NONE</c>, as it is written.</summary>
    public DockerfileWord? HealthType { get; init; }

    /// <summary>Comments inside its continuations.</summary>
    public IReadOnlyList<DockerfileComment> InnerComments { get; init; } = [];

    /// <summary>True where an empty line stands inside its continuations, which builders warn of.</summary>
    public bool HasEmptyContinuation { get; init; }

    /// <summary>The arguments as one text, without continuations.</summary>
    public string ArgumentText => DockerfileSource.Decode(Joined.Text[ArgumentStart..ArgumentEnd]);

    /// <summary>True where the arguments begin with <c>[</c>, whether they are JSON or not.</summary>
    public bool LooksLikeJson => ArgumentStart < ArgumentEnd && Joined.Text[ArgumentStart] == '[';

    /// <summary>A flag's value: the last of that name; null where it is not given or has none.</summary>
    public string? Flag(string name) => Flags.LastOrDefault(flag => flag.Name == name)?.Value;

    /// <summary>True where the flag is given.</summary>
    public bool HasFlag(string name) => Flags.Any(flag => flag.Name == name);
}
