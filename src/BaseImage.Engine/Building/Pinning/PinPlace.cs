using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Building.Pinning;

/// <summary>A place in a Dockerfile where an image is named.</summary>
/// <param name="Instruction">The instruction whose text it is: FROM, the ARG that holds a FROM's default, COPY or RUN.</param>
/// <param name="Name">The name, variables put in; empty where only a build knows.</param>
/// <param name="Span">Where the name stands; null where it cannot be replaced.</param>
/// <param name="Reason">Why not.</param>
internal sealed record PinPlace(DockerfileInstruction Instruction, string Name, SourceSpan? Span, string Reason = "")
{
    /// <summary>Every place, in order.</summary>
    public static IReadOnlyList<PinPlace> Find(Dockerfile file)
    {
        DockerfileEvaluator values = DockerfileEvaluator.Evaluate(file);
        List<PinPlace> places = [];
        foreach (DockerfileStage stage in file.Stages)
        {
            if (stage.Parent is null && stage.Base is { } word && values.BaseOf(stage) is var name && name != "scratch")
            {
                places.Add(OfBase(file, stage.From, word, name ?? ""));
            }

            places.AddRange(stage.Instructions.SelectMany(instruction => OfFlags(file, stage, instruction)));
        }

        // An ARG may hold what several stages start from.
        return [.. places.DistinctBy(place => (place.Instruction, place.Span, place.Name)).OrderBy(place => place.Span?.Start ?? place.Instruction.Span.Start)];
    }

    private static PinPlace OfBase(Dockerfile file, DockerfileInstruction from, DockerfileWord word, string name)
    {
        if (word.Text == name)
        {
            return At(file, from, word.Span, name);
        }

        if (name.Length == 0)
        {
            return new PinPlace(from, word.Text, null, "what it stands for depends on a build argument without a default");
        }

        string variable = word.Text.StartsWith("${", StringComparison.Ordinal) && word.Text.EndsWith('}') ? word.Text[2..^1] : word.Text.TrimStart('$');
        DockerfileInstruction? argument = file.GlobalArguments.LastOrDefault(argument => argument.Pairs.Any(pair => pair.Name == variable && pair.Value is not null));
        return argument is null
            ? new PinPlace(from, name, null, "it is put together of variables: write the name as it is, or keep all of it in one ARG")
            : At(file, argument, argument.Pairs.Last(pair => pair.Name == variable && pair.Value is not null).ValueSpan, name);
    }

    private static IEnumerable<PinPlace> OfFlags(Dockerfile file, DockerfileStage stage, DockerfileInstruction instruction)
    {
        foreach (DockerfileFlag flag in instruction.Flags.Where(flag => flag.Value is not null))
        {
            bool mount = instruction.Name == "RUN" && flag.Name == "mount";
            string? name = instruction.Name == "COPY" && flag.Name == "from" ? flag.Value : mount ? RunMount.Parse(flag.Value!).From : null;
            if (name is not { Length: > 0 } || name == "scratch" || StageBuilder.Find(file.Stages, stage.Index, name) is not null)
            {
                continue;
            }

            yield return name.Contains('$', StringComparison.Ordinal)
                ? new PinPlace(instruction, name, null, "builders put no variables in here")
                : At(file, instruction, flag.ValueSpan, name, mount ? "from=" : "");
        }
    }

    private static PinPlace At(Dockerfile file, DockerfileInstruction instruction, SourceSpan span, string name, string key = "")
        => file.Source.Find(span, name, key) is { } found ? new PinPlace(instruction, name, found) : new PinPlace(instruction, name, null, "it is written with escapes or over several lines");
}
