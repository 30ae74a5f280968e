namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>What was seen of an image when it ran.</summary>
internal sealed record RuntimeFacts
{
    /// <summary>Why it was not run; null where it was.</summary>
    public string? Skipped { get; init; }

    /// <summary>Why running it failed before anything could be seen; null where it did not.</summary>
    public string? Failure { get; init; }

    /// <summary>The image's program and its arguments; empty for an image without one.</summary>
    public IReadOnlyList<string> Program { get; init; } = [];

    /// <summary>True where the program had to be its container's first process, and the probe stood beside it.</summary>
    public bool IsDirect { get; init; }

    /// <summary>As a plain run gives it: the image's user, the engine's capabilities, a root that can be written to; no network, and ample limits.</summary>
    public RunObservation? AsGiven { get; init; }

    /// <summary>Under everything at once: no capabilities, no new privileges, a read-only root, the limits asked for.</summary>
    public RunObservation? LockedDown { get; init; }

    /// <summary>As it works best, with a user that no image knows.</summary>
    public RunObservation? ArbitraryUser { get; init; }

    /// <summary>As given, but for a read-only root; null where it was not needed to tell.</summary>
    public RunObservation? ReadOnlyAlone { get; init; }

    /// <summary>As given, but without capabilities and new privileges; null where it was not needed to tell.</summary>
    public RunObservation? UnprivilegedAlone { get; init; }

    /// <summary>As given, but within the memory limit asked for; null where it was not needed to tell.</summary>
    public RunObservation? MemoryAlone { get; init; }

    /// <summary>As given, but within the process limit asked for; null where it was not needed to tell.</summary>
    public RunObservation? ProcessesAlone { get; init; }

    /// <summary>As given, but within the processors asked for; null where it was not needed to tell.</summary>
    public RunObservation? ProcessorsAlone { get; init; }

    /// <summary>As it works best, under another host name.</summary>
    public RunObservation? OtherHost { get; init; }

    /// <summary>As given, with a terminal; null where it works without.</summary>
    public RunObservation? Terminal { get; init; }

    /// <summary>As a service, from its start to its stop; null where the program does not run on.</summary>
    public ServiceObservation? Service { get; init; }

    /// <summary>
    /// Within the memory limit below the probe until it ended, where the service was ended by a signal that nobody in its
    /// container can send to it and the engine does not say why; null where it was not needed to tell.
    /// </summary>
    public RunObservation? MemoryToTheEnd { get; init; }

    /// <summary>What its processes touched; empty where that was not asked.</summary>
    public Touches Touches { get; init; } = new();

    /// <summary>What was asked for: the rules judge by its limits.</summary>
    public BaseImage.Ports.RuntimeRequest? Request { get; init; }

    /// <summary>True where the program came under the lock-down to what it comes to without.</summary>
    public bool StandsLockDown => AsGiven is { IsGood: true } given && LockedDown is { } locked && locked.IsLike(given);
}
