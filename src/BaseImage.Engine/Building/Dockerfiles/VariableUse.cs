namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>Where builders put variables in. Source: Dockerfile reference, "Environment replacement".</summary>
internal static class VariableUse
{
    /// <summary>The words of an instruction that are expanded; none of RUN, CMD, ENTRYPOINT, SHELL, HEALTHCHECK, whose shell does that.</summary>
    public static IEnumerable<DockerfileWord> Words(DockerfileInstruction instruction) => instruction.Name switch
    {
        "ADD" or "COPY" => instruction.Arguments.Concat(instruction.Flags.Where(flag => flag.Value is not null && flag.Name is "chown" or "chmod" or "from" or "checksum" or "exclude").Select(flag => new DockerfileWord(flag.Value!, flag.ValueSpan))),
        "EXPOSE" or "VOLUME" or "USER" or "WORKDIR" or "STOPSIGNAL" => instruction.Arguments,
        "FROM" => instruction.Arguments.Take(1).Concat(instruction.Flags.Where(flag => flag is { Name: "platform", Value: not null }).Select(flag => new DockerfileWord(flag.Value!, flag.ValueSpan))),
        "ARG" or "ENV" or "LABEL" => instruction.Pairs.SelectMany(pair => pair.Value is null
            ? [new DockerfileWord(pair.Name, pair.NameSpan)]
            : new[] { new DockerfileWord(pair.Name, pair.NameSpan), new DockerfileWord(pair.Value, pair.ValueSpan) }),
        "RUN" => instruction.Flags.Where(flag => flag is { Name: "mount", Value: not null }).Select(flag => new DockerfileWord(flag.Value!, flag.ValueSpan)),
        _ => [],
    };
}
