using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>What a build is made of before an engine is asked: the Dockerfile, its settings and its lock, all read and checked.</summary>
internal sealed record BuildInputs
{
    private static readonly Version s_heredocs = new(23, 0), s_podmanHeredocs = new(4, 8);

    /// <summary>The request.</summary>
    public required DockerfileBuildRequest Request { get; init; }

    /// <summary>The settings; those of no file where there is none.</summary>
    public required DockerfileSettings Settings { get; init; }

    /// <summary>The Dockerfile.</summary>
    public required Dockerfile File { get; init; }

    /// <summary>The lock beside it.</summary>
    public required DockerfileLock Lock { get; init; }

    /// <summary>The stage that is built.</summary>
    public required DockerfileStage Target { get; init; }

    /// <summary>The arguments.</summary>
    public required BuildArguments Arguments { get; init; }

    /// <summary>What the image is called.</summary>
    public required string Name { get; init; }

    /// <summary>Reads them.</summary>
    /// <exception cref="BaseImageException">Something is missing or wrong.</exception>
    public static async Task<BuildInputs> ReadAsync(DockerfileBuildRequest request, DockerfileSettingsReader settingsReader, CancellationToken cancellationToken)
    {
        if (!System.IO.File.Exists(request.Path))
        {
            throw new PathNotFoundException(request.Path, "Name the Dockerfile, or the folder that holds it.");
        }

        string? settingsPath = request.SettingsPath ?? DockerfileSettingsReader.Find(request.Path);
        DockerfileSettings settings = settingsPath is null ? new DockerfileSettings() : await settingsReader.ReadAsync(settingsPath, cancellationToken).ConfigureAwait(false);
        Dockerfile file = await ReadFileAsync(request.Path, cancellationToken).ConfigureAwait(false);
        string target = request.Target ?? settings.Target;
        return new BuildInputs
        {
            Request = request,
            Settings = settings,
            File = file,
            Lock = await Definitions.DockerfileLockFile.ReadAsync(DockerfileLock.PathFor(request.Path), cancellationToken).ConfigureAwait(false),
            Target = target.Length == 0 ? file.Stages[^1] : StageBuilder.Find(file.Stages, file.Stages.Count, target) ?? throw new DockerfileNotBuildableException(
                request.Path, 1, $"no stage is called '{EngineText.Safe(target)}'.", file.Stages.Any(stage => stage.Name is not null) ? $"Choose one of: {string.Join(", ", file.Stages.Select(stage => stage.Name).OfType<string>())}." : "Give a stage a name (FROM … AS NAME), or leave -Target out."),
            Arguments = BuildArguments.Of(file, settings, request.Path),
            Name = settings.Name.Length > 0 ? settings.Name : NameOf(request.Path),
        };
    }

    /// <summary>Evaluates the Dockerfile as a builder for a platform would.</summary>
    public DockerfileEvaluator Evaluate(Platform platform, Platform own)
    {
        Dictionary<string, string> given = new(Arguments.Values.Concat(PlatformArguments(platform, own)), StringComparer.Ordinal);

        // What nobody gives a value has none, where rules that look at the file alone cannot know.
        foreach (IGrouping<string, DockerfilePair> argument in File.Instructions.Where(instruction => instruction.Name == "ARG").SelectMany(instruction => instruction.Pairs).GroupBy(pair => pair.Name, StringComparer.Ordinal))
        {
            if (argument.All(pair => pair.Value is null))
            {
                given.TryAdd(argument.Key, "");
            }
        }

        return DockerfileEvaluator.Evaluate(File, given);
    }

    /// <summary>What builders call the platform by. Source: Dockerfile reference, "Automatic platform ARGs in the global scope".</summary>
    public IEnumerable<KeyValuePair<string, string>> PlatformArguments(Platform platform, Platform own)
    {
        yield return new("TARGETPLATFORM", platform.ToString());
        yield return new("TARGETOS", platform.Os);
        yield return new("TARGETARCH", platform.Architecture);
        yield return new("TARGETVARIANT", platform.Variant ?? "");
        yield return new("BUILDPLATFORM", own.ToString());
        yield return new("BUILDOS", own.Os);
        yield return new("BUILDARCH", own.Architecture);
        yield return new("BUILDVARIANT", own.Variant ?? "");
    }

    /// <summary>Refuses what the engine's builder is known not to read, with a better word than its own.</summary>
    public void CheckFor(EngineInfo engine, bool buildKit)
    {
        bool heredocs = Version.TryParse(engine.Version.Split('-', '+')[0], out Version? version) && (engine.IsPodman ? version >= s_podmanHeredocs : buildKit && version >= s_heredocs);
        DockerfileInstruction? first = File.Stages.Where(stage => stage.Index <= Target.Index).SelectMany(stage => stage.Instructions).FirstOrDefault(instruction => instruction.Heredocs.Count > 0);
        if (!heredocs && first is not null)
        {
            throw new DockerfileNotBuildableException(Request.Path, first.Line, $"{(buildKit ? "BuildKit in " : "the builder of ")}{engine} does not read here-documents.",
                engine.IsPodman ? "Write RUN with '&& \\', or use Podman 4.8 or later." : "Write RUN with '&& \\', or use BuildKit in Docker Engine 23 or later.");
        }
    }

    private static async Task<Dockerfile> ReadFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            Dockerfile file = await DockerfileReader.ReadAsync(path, cancellationToken).ConfigureAwait(false);
            return DockerfileReader.Failure(file, path) is { } failure ? throw failure
                : file.Stages.Count > 0 ? file : throw new DockerfileNotBuildableException(path, 1, "it has no FROM.", "Begin with FROM and an image.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BuildContextInvalidException(path, "cannot be read", "Give yourself the right to read it.", e);
        }
    }

    // A Dockerfile is called after the folder that it lies in, as people call the project.
    private static string NameOf(string path)
    {
        string folder = Path.GetFileName(Path.GetDirectoryName(path) ?? "");
        string name = string.Concat(folder.ToLowerInvariant().Select(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) ? c : '-')).Trim('-');
        while (name.Contains("--", StringComparison.Ordinal))
        {
            name = name.Replace("--", "-", StringComparison.Ordinal);
        }

        return name.Length is > 0 and <= 100 ? name : "image";
    }
}
