namespace BaseImage;

/// <summary>
/// How a Dockerfile is built: <c>Dockerfile.build.psd1</c> (or <c>.json</c>) beside <c>Dockerfile</c>, with what it extends.
/// It is the only place that build arguments come from.
/// </summary>
public sealed record DockerfileSettings
{
    /// <summary>The file, as a full path; empty where there is none.</summary>
    public string Path { get; init; } = "";

    /// <summary>The image's name; empty for that of the Dockerfile's folder.</summary>
    public string Name { get; init; } = "";

    /// <summary>The context's folder, as a full path; empty for the Dockerfile's own.</summary>
    public string Context { get; init; } = "";

    /// <summary>The stage to build; empty for the last.</summary>
    public string Target { get; init; } = "";

    /// <summary>The platform; null for the engine's own.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The network that RUN has; null for none.</summary>
    public BuildNetwork? Network { get; init; }

    /// <summary>Build arguments of this file itself: the Dockerfile has to declare each.</summary>
    public IReadOnlyDictionary<string, string> BuildArguments { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>Build arguments of the files that it extends: a Dockerfile takes those that it declares.</summary>
    public IReadOnlyDictionary<string, string> SharedArguments { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>The newest time that may appear in the image; null for that of the newest base.</summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }

    /// <summary>TZ while building.</summary>
    public string TimeZone { get; init; } = "UTC";

    /// <summary>LANG while building.</summary>
    public string Locale { get; init; } = "C.UTF-8";

    /// <summary>Labels that the image gets beside those of the Dockerfile.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>What becomes of the layers above the base's.</summary>
    public OwnLayers Layers { get; init; } = OwnLayers.Keep;

    /// <summary>Paths to leave out of the image's own layers, beside what changes from build to build by itself.</summary>
    public IReadOnlyList<string> Remove { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Paths to keep though they would be left out or rewritten.</summary>
    public IReadOnlyList<string> Keep { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Places where bases lie with their blobs, in skopeo's notation, paths full; the module's store is always looked into.</summary>
    public IReadOnlyList<string> Bases { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The policy that the image is audited under, as a full path; null for none.</summary>
    public string? Policy { get; init; }
}

/// <summary>The network that RUN has.</summary>
public enum BuildNetwork
{
    /// <summary>None.</summary>
    None,

    /// <summary>The engine's own default, with a way outside where it has one.</summary>
    Default,

    /// <summary>The host's.</summary>
    Host,
}

/// <summary>What becomes of the layers above the base's.</summary>
public enum OwnLayers
{
    /// <summary>Each stays a layer.</summary>
    Keep,

    /// <summary>They become one.</summary>
    Squash,
}

/// <summary>What builds in an engine.</summary>
public enum ContainerBuilder
{
    /// <summary>The engine's own: Docker's classic builder where it is there, BuildKit in engines from 23 on, Podman's.</summary>
    Default,

    /// <summary>Docker's classic builder, or Podman's.</summary>
    Classic,

    /// <summary>BuildKit in a Docker engine.</summary>
    BuildKit,
}
