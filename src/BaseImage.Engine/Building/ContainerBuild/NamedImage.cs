using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>An image that a Dockerfile names, and where.</summary>
/// <param name="Name">As it stands there, variables put in.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="Span">What to replace by another name for it.</param>
/// <param name="Stage">The stage that starts from it; null where files are taken from it alone.</param>
internal sealed record NamedImage(string Name, int Line, SourceSpan Span, DockerfileStage? Stage)
{
    /// <summary>Every image that is needed up to a stage, in order of place.</summary>
    /// <param name="file">The Dockerfile.</param>
    /// <param name="values">Its variables.</param>
    /// <param name="target">The last stage that is built.</param>
    /// <param name="path">What errors call the file.</param>
    /// <exception cref="DockerfileNotBuildableException">A name depends on something that is not known.</exception>
    public static IReadOnlyList<NamedImage> Find(Dockerfile file, DockerfileEvaluator values, DockerfileStage target, string path)
    {
        List<NamedImage> found = [];
        foreach (DockerfileStage stage in file.Stages.Where(stage => stage.Index <= target.Index))
        {
            if (stage.Parent is null)
            {
                string name = values.BaseOf(stage) is { Length: > 0 } known ? known : throw new DockerfileNotBuildableException(
                    path, stage.From.Line, $"what FROM {stage.Base?.Text} stands for is not known: {Unset(values, stage.From)}.", "Give the argument a default (ARG before FROM), or a value in the settings file's BuildArguments.");
                if (name != "scratch")
                {
                    found.Add(new NamedImage(name, stage.From.Line, stage.Base!.Span, stage));
                }
            }

            foreach (DockerfileInstruction instruction in stage.Instructions)
            {
                found.AddRange(From(file, stage, instruction, path));
            }
        }

        return found;
    }

    private static IEnumerable<NamedImage> From(Dockerfile file, DockerfileStage stage, DockerfileInstruction instruction, string path)
    {
        foreach (DockerfileFlag flag in instruction.Flags)
        {
            bool mount = instruction.Name == "RUN" && flag.Name == "mount";
            string? name = instruction.Name == "COPY" && flag.Name == "from" ? flag.Value : mount && flag.Value is not null ? RunMount.Parse(flag.Value).From : null;
            if (name is { Length: > 0 } && StageBuilder.Find(file.Stages, stage.Index, name) is null && name != "scratch")
            {
                SourceSpan span = !mount ? flag.ValueSpan : file.Source.Find(flag.ValueSpan, name, "from=") ?? throw new DockerfileNotBuildableException(
                    path, instruction.Line, $"the image of --mount is written with escapes or over several lines, and cannot be replaced by '{EngineText.Safe(name)}' as it is pinned.", "Write from=NAME in one piece, without quotes around the name.");
                yield return new NamedImage(name, instruction.Line, span, null);
            }
        }
    }

    private static string Unset(DockerfileEvaluator values, DockerfileInstruction from)
        => values[from].Used is { Count: > 0 } used ? $"{string.Join(", ", used)} has no value" : "it names nothing";
}
