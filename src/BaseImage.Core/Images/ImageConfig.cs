namespace BaseImage;

/// <summary>
/// How a container of the image starts. Source: OCI Image Specification 1.1, config.md, property "config".
/// Nulls mean "not set", which OCI tells apart from empty lists.
/// </summary>
public sealed record ImageConfig
{
    /// <summary>user[:group], names or numbers; empty for root.</summary>
    public string User { get; init; } = "";

    /// <summary>NAME=value, in order.</summary>
    public IReadOnlyList<string> Env { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The program and its fixed arguments.</summary>
    public IReadOnlyList<string>? Entrypoint { get; init => field = value is null ? null : TextList.Of<string>(value); }

    /// <summary>The default arguments.</summary>
    public IReadOnlyList<string>? Cmd { get; init => field = value is null ? null : TextList.Of<string>(value); }

    /// <summary>The working directory.</summary>
    public string WorkingDir { get; init; } = "";

    /// <summary>Labels.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary>The signal that stops it, for instance <c>SIGTERM</c>.</summary>
    public string? StopSignal { get; init; }

    /// <summary>port/protocol, in ordinal order.</summary>
    public IReadOnlyList<string> ExposedPorts { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Volume paths, in ordinal order.</summary>
    public IReadOnlyList<string> Volumes { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>How its health is asked; null for not at all.</summary>
    public ImageHealthcheck? Healthcheck { get; init; }

    /// <summary>Instructions that run first where another Dockerfile starts from the image (Docker Image Specification 1.2, "OnBuild").</summary>
    public IReadOnlyList<string> OnBuild { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>How much there is of it: values may be secrets, and tables and reports print whole objects so.</summary>
    public override string ToString()
        => $"user {(User.Length > 0 ? User : "root")}, {Env.Count} variables, {Labels.Count} labels, {ExposedPorts.Count} ports, {Volumes.Count} volumes";

    /// <summary>The shell of a further Dockerfile's commands; null for the usual one.</summary>
    public IReadOnlyList<string>? Shell { get; init => field = value is null ? null : TextList.Of<string>(value); }
}

/// <summary>How a container's health is asked (Docker Image Specification 1.2, "Healthcheck").</summary>
/// <param name="Test">NONE, CMD and arguments, or CMD-SHELL and a line.</param>
/// <param name="Interval">Time between two questions.</param>
/// <param name="Timeout">Time for an answer.</param>
/// <param name="StartPeriod">Time in which failures do not count.</param>
/// <param name="Retries">Failures until unhealthy.</param>
public sealed record ImageHealthcheck(IReadOnlyList<string> Test, TimeSpan? Interval = null, TimeSpan? Timeout = null, TimeSpan? StartPeriod = null, int? Retries = null);
