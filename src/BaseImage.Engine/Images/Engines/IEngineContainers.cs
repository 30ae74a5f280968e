namespace BaseImage.Engine.Images.Engines;

/// <summary>An engine's containers and volumes, and whatever carries a label.</summary>
internal interface IEngineContainers
{
    /// <summary>Makes a container; nothing of it runs yet.</summary>
    /// <returns>Its id.</returns>
    Task<string> CreateAsync(ContainerPlan plan, CancellationToken cancellationToken);

    /// <summary>
    /// What the container will write, from its first byte on: framed as <see cref="EngineOutput"/> reads it. To be asked
    /// for before the start. The stream ends with the container.
    /// </summary>
    Task<Stream> AttachAsync(string id, CancellationToken cancellationToken);

    /// <summary>Starts it.</summary>
    /// <exception cref="Errors.EngineRequestFailedException">The engine cannot, for instance because there is no such program.</exception>
    Task StartAsync(string id, CancellationToken cancellationToken);

    /// <summary>Runs a further program in a container that runs, as its user and in its surroundings.</summary>
    /// <param name="id">The container.</param>
    /// <param name="program">The program and what it is started with.</param>
    /// <param name="receive">Gets 1 (output) or 2 (error) and some bytes; answers false when it has enough.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    /// <returns>Its exit code; null where it still runs.</returns>
    /// <exception cref="Errors.EngineRequestFailedException">The engine cannot, for instance because the container has ended or there is no such program.</exception>
    Task<long?> ExecuteAsync(string id, ContainerProgram program, Func<int, ReadOnlyMemory<byte>, bool> receive, CancellationToken cancellationToken);

    /// <summary>Sends a signal; nothing happens where it does not run.</summary>
    Task KillAsync(string id, string signal, CancellationToken cancellationToken);

    /// <summary>How it is; null where it is not there.</summary>
    Task<ContainerState?> InspectAsync(string id, CancellationToken cancellationToken);

    /// <summary>The paths that differ from its image.</summary>
    Task<IReadOnlyList<string>> ChangesAsync(string id, CancellationToken cancellationToken);

    /// <summary>Takes it away, running or not, with its unnamed volumes; nothing happens where it is not there.</summary>
    Task RemoveAsync(string id, CancellationToken cancellationToken);

    /// <summary>Makes a volume.</summary>
    Task CreateVolumeAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken);

    /// <summary>Takes a volume away; nothing happens where it is not there.</summary>
    Task RemoveVolumeAsync(string name, CancellationToken cancellationToken);

    /// <summary>Takes an image away with all its names, and not what it was built on; nothing happens where it is not there.</summary>
    Task RemoveImageAsync(string id, CancellationToken cancellationToken);

    /// <summary>Every container, volume and image with a label, in the order in which they can be removed.</summary>
    Task<IReadOnlyList<LabelledItem>> FindAsync(string label, CancellationToken cancellationToken);
}

/// <summary>What a container is to be. Nothing here opens the host: no paths of it, no devices, no network.</summary>
internal sealed record ContainerPlan
{
    /// <summary>The image's id.</summary>
    internal required string Image { get; init; }

    /// <summary>The program; null for the image's.</summary>
    internal IReadOnlyList<string>? Entrypoint { get; init; }

    /// <summary>Its arguments; null for the image's.</summary>
    internal IReadOnlyList<string>? Arguments { get; init; }

    /// <summary>user[:group]; empty for the image's.</summary>
    internal string User { get; init; } = "";

    /// <summary>Labels.</summary>
    internal IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    /// <summary>True where nothing can be written but tmpfs and volumes.</summary>
    internal bool ReadOnlyRoot { get; init; }

    /// <summary>True to take every capability away.</summary>
    internal bool DropCapabilities { get; init; }

    /// <summary>True to let no program gain privileges.</summary>
    internal bool NoNewPrivileges { get; init; }

    /// <summary>Bytes of memory, swap counted; 0 for no limit.</summary>
    internal long Memory { get; init; }

    /// <summary>Processes and threads; 0 for no limit.</summary>
    internal long Processes { get; init; }

    /// <summary>Processors; 0 for no limit.</summary>
    internal double Processors { get; init; }

    /// <summary>Directories to keep in memory.</summary>
    internal IReadOnlyList<string> TemporaryFolders { get; init; } = [];

    /// <summary>Volumes.</summary>
    internal IReadOnlyList<ContainerVolume> Volumes { get; init; } = [];

    /// <summary>The container whose processes it sees; null for its own.</summary>
    internal string? ProcessesOf { get; init; }

    /// <summary>The name of its host; empty for the engine's choice.</summary>
    internal string HostName { get; init; } = "";

    /// <summary>Further capabilities, without their prefix; used by structure tests alone.</summary>
    internal IReadOnlyList<string> AddCapabilities { get; init; } = [];

    /// <summary>Further variables, NAME=value.</summary>
    internal IReadOnlyList<string> Environment { get; init; } = [];

    /// <summary>True where it gets a terminal; its output has another form then.</summary>
    internal bool HasTerminal { get; init; }
}

/// <summary>A further program in a container.</summary>
/// <param name="Command">The program and its arguments.</param>
internal sealed record ContainerProgram(IReadOnlyList<string> Command)
{
    /// <summary>user[:group]; empty for the container's.</summary>
    internal string User { get; init; } = "";

    /// <summary>Further variables, NAME=value.</summary>
    internal IReadOnlyList<string> Environment { get; init; } = [];
}

/// <summary>A volume in a container.</summary>
/// <param name="Name">The volume.</param>
/// <param name="Path">Where it lies in the container.</param>
/// <param name="IsReadOnly">True where it cannot be written to, and gets no copy of what the image has there.</param>
internal sealed record ContainerVolume(string Name, string Path, bool IsReadOnly);

/// <summary>How a container is.</summary>
internal sealed record ContainerState
{
    /// <summary>True while its program runs.</summary>
    internal required bool IsRunning { get; init; }

    /// <summary>As its program ended.</summary>
    internal long ExitCode { get; init; }

    /// <summary>True where the kernel ended a process for want of memory.</summary>
    internal bool WasOutOfMemory { get; init; }

    /// <summary>What the engine says went wrong; empty for nothing.</summary>
    internal string Error { get; init; } = "";

    /// <summary>Bytes of memory that the engine limits it to; 0 for none.</summary>
    internal long Memory { get; init; }

    /// <summary>Processes that the engine limits it to; 0 for none.</summary>
    internal long Processes { get; init; }
}

/// <summary>The kinds of thing that carry labels.</summary>
internal enum LabelledKind
{
    /// <summary>A container.</summary>
    Container,

    /// <summary>A volume.</summary>
    Volume,

    /// <summary>An image.</summary>
    Image,
}

/// <summary>Something with labels.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Id">Its id, or a volume's name.</param>
/// <param name="Labels">Its labels.</param>
internal sealed record LabelledItem(LabelledKind Kind, string Id, IReadOnlyDictionary<string, string> Labels);
