using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Comparison;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>
/// Whether an image can have come of a Dockerfile: what Build-BaseImage writes into every image that it builds (labels of the base and
/// of the settings), the steps of its history, and how its containers start. It is not built again for that.
/// </summary>
/// <param name="image">The image, for errors.</param>
/// <param name="inputs">The Dockerfile and all that belongs to it.</param>
/// <param name="values">Its variables.</param>
internal sealed class BuiltFromCheck(string image, BuildInputs inputs, DockerfileEvaluator values)
{
    /// <summary>What to do where it has not.</summary>
    internal const string Action = "Name the Dockerfile, settings and target that the image was built from by Build-BaseImage, as they were then.";

    private const string BaseName = "org.opencontainers.image.base.name", BaseDigest = "org.opencontainers.image.base.digest";

    /// <summary>Holds an image's config against the Dockerfile.</summary>
    /// <param name="config">The config.</param>
    /// <param name="below">The image that the target starts from, as the Dockerfile has it; empty for scratch.</param>
    /// <param name="pin">What pins that; empty where nothing does.</param>
    /// <exception cref="AttestationNotPossibleException">It was built from something else.</exception>
    internal void Check(OciConfig config, string below, Digest pin)
    {
        SortedDictionary<string, string> labels = new(StringComparer.Ordinal);
        if (below.Length > 0)
        {
            labels[BaseName] = below.Split('@')[0];
            if (!pin.IsEmpty)
            {
                labels[BaseDigest] = pin.ToString();
            }
        }

        foreach ((string name, string value) in inputs.Settings.Labels)
        {
            labels[name] = value;
        }

        foreach ((string name, string value) in labels)
        {
            if (config.Config.Labels.GetValueOrDefault(name) is var there && there != value)
            {
                throw Other($"its label {name} is {(there is null ? "not there" : $"'{Inspection.Languages.PackageText.Line(there)}'")}, and would be '{value}'");
            }
        }

        if (below.Length == 0 && config.Config.Labels.ContainsKey(BaseDigest) && !labels.ContainsKey(BaseDigest) && !Chain().Any(instruction => instruction.Name == "LABEL" && instruction.Pairs.Any(pair => pair.Name == BaseDigest)))
        {
            throw Other($"it stands on '{Inspection.Languages.PackageText.Line(config.Config.Labels[BaseDigest])}', and the Dockerfile starts from scratch");
        }

        CheckStart(config);
        CheckSteps(config.History);
    }

    private void CheckStart(OciConfig config)
    {
        DockerfileInstruction[] own = Chain();
        if (own.LastOrDefault(instruction => instruction.Name == "USER") is { } user && values[user].Arguments is [{ } name] && name != config.Config.User)
        {
            throw Other($"its user is '{Inspection.Languages.PackageText.Line(config.Config.User)}', and USER in line {user.Line} says '{name}'");
        }

        foreach ((string keyword, IReadOnlyList<string>? there) in new[] { ("ENTRYPOINT", config.Config.Entrypoint), ("CMD", config.Config.Cmd) })
        {
            if (own.LastOrDefault(instruction => instruction.Name == keyword) is { Form: DockerfileForm.Json } command && !command.Arguments.Select(word => word.Text).SequenceEqual(there ?? [], StringComparer.Ordinal)
                && (keyword != "CMD" || !own.SkipWhile(instruction => instruction != command).Any(instruction => instruction.Name == "ENTRYPOINT")))
            {
                throw Other($"its {keyword} is another than that of line {command.Line}");
            }
        }
    }

    // Builders write a step an instruction, in order. From the first that is the Dockerfile's on every step has to be, and each
    // instruction that makes a layer has to be there.
    private void CheckSteps(IReadOnlyList<ImageHistory> history)
    {
        if (history.All(step => step.CreatedBy is "base" or "Dockerfile"))
        {
            // Podman leaves the base's steps out, so that normalising could not keep the others.
            return;
        }

        IReadOnlyList<DockerfileStep?> lines = new HistoryMap(inputs.File).Map(history);
        HashSet<int> found = [.. lines.OfType<DockerfileStep>().Select(step => step.Line)];
        if (Chain().FirstOrDefault(instruction => instruction.Name is "RUN" or "COPY" or "ADD" && !found.Contains(instruction.Line)) is { } missing)
        {
            throw Other($"no step of its history is {missing.Name} in line {missing.Line}");
        }

        int first = lines.ToList().FindIndex(step => step is not null);
        for (int i = first; first >= 0 && i < history.Count; i++)
        {
            if (lines[i] is null)
            {
                throw Other($"a step of its history, '{Short(history[i].CreatedBy)}', is no instruction of it");
            }
        }
    }

    private static string Short(string step) => Inspection.Languages.PackageText.Line(step.Length > 60 ? step[..60] + "…" : step);

    private DockerfileInstruction[] Chain() => [.. inputs.Target.Chain.Reverse().SelectMany(stage => stage.Instructions)];

    private AttestationNotPossibleException Other(string problem) => new(image, $"it was not built from '{inputs.Request.Path}': {problem}", Action);
}
