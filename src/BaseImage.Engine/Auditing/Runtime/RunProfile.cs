using BaseImage.Engine.Images.Engines;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>Under what a program is run. No profile has a network, and every one has limits.</summary>
internal sealed record RunProfile
{
    /// <summary>Where programs may write though the root is read-only: what Podman gives every such container, and CIS Docker Benchmark 5.12 advises.</summary>
    public static IReadOnlyList<string> WritableFolders { get; } = ["/tmp", "/var/tmp"];

    /// <summary>user[:group]; empty for the image's own.</summary>
    public string User { get; init; } = "";

    /// <summary>True where the root is read-only, with <see cref="WritableFolders"/> in memory.</summary>
    public bool ReadOnlyRoot { get; init; }

    /// <summary>True where there are no capabilities and no new privileges.</summary>
    public bool Unprivileged { get; init; }

    /// <summary>Bytes of memory.</summary>
    public required long Memory { get; init; }

    /// <summary>Processes and threads.</summary>
    public required long Processes { get; init; }

    /// <summary>Processors.</summary>
    public required double Processors { get; init; }

    /// <summary>The name of its host; empty for the engine's choice.</summary>
    public string HostName { get; init; } = "";

    /// <summary>True where it has a terminal.</summary>
    public bool HasTerminal { get; init; }

    /// <summary>A container under this profile.</summary>
    public ContainerPlan Plan(string image, IReadOnlyDictionary<string, string> labels) => new()
    {
        Image = image,
        Labels = labels,
        User = User,
        ReadOnlyRoot = ReadOnlyRoot,
        TemporaryFolders = ReadOnlyRoot ? WritableFolders : [],
        DropCapabilities = Unprivileged,
        NoNewPrivileges = Unprivileged,
        Memory = Memory,
        Processes = Processes,
        Processors = Processors,
        HostName = HostName,
        HasTerminal = HasTerminal,
    };
}
