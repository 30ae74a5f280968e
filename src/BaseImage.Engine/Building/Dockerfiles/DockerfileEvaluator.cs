namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>
/// Puts variables in, stage by stage: ARG before FROM reaches FROM alone, an ARG in a stage takes that one's default, a stage
/// starts with what the stage it comes from had set, ENV beats ARG. Source: Dockerfile reference, "ARG", "ENV", "Scope".
/// </summary>
internal sealed class DockerfileEvaluator
{
    /// <summary>Set by the builder for every FROM, and for a stage that declares them.</summary>
    public static IReadOnlySet<string> PlatformArguments { get; } = new HashSet<string>(
        ["BUILDPLATFORM", "BUILDOS", "BUILDARCH", "BUILDVARIANT", "TARGETPLATFORM", "TARGETOS", "TARGETARCH", "TARGETVARIANT", "TARGETSTAGE"], StringComparer.Ordinal);

    /// <summary>Usable by RUN without an ARG.</summary>
    public static IReadOnlySet<string> PredefinedArguments { get; } = new HashSet<string>(
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy", "NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy", "SOURCE_DATE_EPOCH"], StringComparer.Ordinal);

    private readonly Dockerfile _file;
    private readonly IReadOnlyDictionary<string, string> _given;
    private readonly Dictionary<DockerfileInstruction, DockerfileValues> _values = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<DockerfileStage, VariableScope> _ends = [];
    private readonly VariableScope _global = new();

    private DockerfileEvaluator(Dockerfile file, IReadOnlyDictionary<string, string> given) => (_file, _given) = (file, given);

    /// <summary>Evaluates a file.</summary>
    /// <param name="file">The file.</param>
    /// <param name="given">Build arguments as <c>--build-arg</c> gives them.</param>
    public static DockerfileEvaluator Evaluate(Dockerfile file, IReadOnlyDictionary<string, string>? given = null)
    {
        DockerfileEvaluator evaluator = new(file, given ?? new Dictionary<string, string>(StringComparer.Ordinal));
        evaluator.Run();
        return evaluator;
    }

    /// <summary>What an instruction says.</summary>
    public DockerfileValues this[DockerfileInstruction instruction] => _values.TryGetValue(instruction, out DockerfileValues? values) ? values : new DockerfileValues([], [], []);

    /// <summary>The variables at the end of a stage.</summary>
    public VariableScope End(DockerfileStage stage) => _ends[stage];

    /// <summary>The build arguments before the first FROM.</summary>
    public VariableScope Global => _global;

    /// <summary>What a stage starts from, variables put in; null where only a build knows.</summary>
    public string? BaseOf(DockerfileStage stage) => this[stage.From].Arguments.Count > 0 ? this[stage.From].Arguments[0] : null;

    private void Run()
    {
        VariableScope before = new();
        foreach (string name in PlatformArguments)
        {
            before.SetArgument(name, _given.GetValueOrDefault(name));
        }

        foreach (DockerfileInstruction instruction in _file.Instructions.TakeWhile(instruction => instruction.Name != "FROM"))
        {
            Visit(instruction, before, isGlobal: true);
        }

        foreach (DockerfileStage stage in _file.Stages)
        {
            _values[stage.From] = Values(stage.From, before);
            VariableScope scope = stage.Parent is { } parent ? _ends[parent].Fork() : new VariableScope { IsOpen = BaseOf(stage) != "scratch" };
            foreach (DockerfileInstruction instruction in stage.Instructions)
            {
                Visit(instruction, scope, isGlobal: false);
            }

            _ends[stage] = scope;
        }
    }

    private void Visit(DockerfileInstruction instruction, VariableScope scope, bool isGlobal)
    {
        DockerfileValues values = _values[instruction] = Values(instruction, scope);
        if (instruction.Trigger is { } trigger)
        {
            // It runs in another build; what this one knows is as good as any.
            _values[trigger] = Values(trigger, scope);
        }

        for (int i = 0; i < instruction.Pairs.Count; i++)
        {
            DockerfilePair pair = instruction.Pairs[i];
            if (instruction.Name == "ENV")
            {
                scope.SetEnvironment(pair.Name, values.Arguments[i]);
            }
            else if (instruction.Name == "ARG")
            {
                string? value = _given.GetValueOrDefault(pair.Name) ?? (pair.Value is not null ? values.Arguments[i] : isGlobal ? null : Inherited(pair.Name));
                scope.SetArgument(pair.Name, value);
                if (isGlobal)
                {
                    _global.SetArgument(pair.Name, value);
                }
            }
        }
    }

    private string? Inherited(string name) => _global.TryGet(name, out string? value) ? value : null;

    private DockerfileValues Values(DockerfileInstruction instruction, VariableScope scope)
    {
        HashSet<string> undefined = new(StringComparer.Ordinal), used = new(StringComparer.Ordinal);
        string? Expand(string text)
        {
            if (!text.Contains('$', StringComparison.Ordinal) && !text.Contains(_file.Escape, StringComparison.Ordinal) && text.AsSpan().IndexOfAny('"', '\'') < 0)
            {
                return text;
            }

            bool unknown = false;
            WordExpander expander = new(_file.Escape, name =>
            {
                bool found = scope.TryGet(name, out string? value);
                unknown |= found ? value is null : scope.IsOpen;
                return found ? value ?? "" : null;
            });
            bool good = expander.TryExpand(text, out string expanded);
            used.UnionWith(expander.Asked);
            undefined.UnionWith(expander.Unset);
            return good && !unknown ? expanded : null;
        }

        List<string?> arguments = [];
        switch (instruction.Name)
        {
            case "ARG" or "ENV" or "LABEL":
                arguments.AddRange(instruction.Pairs.Select(pair => pair.Value is null ? null : Expand(pair.Value)));
                break;
            case "ADD" or "COPY" or "EXPOSE" or "VOLUME" or "USER" or "WORKDIR" or "STOPSIGNAL" or "FROM":
                arguments.AddRange(instruction.Arguments.Select((word, i) => instruction.Name == "FROM" && i > 0 ? word.Text : Expand(word.Text)));
                break;
            default:
                arguments.AddRange(instruction.Arguments.Select(word => (string?)word.Text));
                break;
        }

        if (instruction.Name is not ("ARG" or "ENV" or "LABEL"))
        {
            foreach (DockerfileWord word in VariableUse.Words(instruction).Skip(instruction.Name == "FROM" ? 1 : instruction.Arguments.Count))
            {
                Expand(word.Text);
            }
        }

        if (instruction.Name == "RUN")
        {
            foreach (DockerfileWord word in VariableUse.Words(instruction))
            {
                Expand(word.Text);
            }
        }

        return new DockerfileValues(arguments, [.. undefined], [.. used]);
    }
}
