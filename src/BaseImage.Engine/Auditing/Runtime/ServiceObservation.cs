using BaseImage.Engine.Auditing.Runtime.Probe;
using BaseImage.Engine.Images.Engines;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>What was seen of a program that runs on, as its container's first process, from its start to its stop.</summary>
internal sealed record ServiceObservation
{
    /// <summary>What it ran under.</summary>
    public required RunProfile Profile { get; init; }

    /// <summary>Why nothing, or nothing more, could be seen; empty where all was.</summary>
    public string Problem { get; init; } = "";

    /// <summary>Why the engine could not start it; empty where it did.</summary>
    public string NotStarted { get; init; } = "";

    /// <summary>When it ended by itself, as it follows "it ended"; empty where it ran until it was stopped.</summary>
    public string EndedEarly { get; init; } = "";

    /// <summary>How the engine describes it after it ended by itself.</summary>
    public ContainerState? EndState { get; init; }

    /// <summary>What its health checks came to; null where there is none or none was made.</summary>
    public HealthObservation? Health { get; init; }

    /// <summary>The TCP ports that were waited for.</summary>
    public IReadOnlyList<int> Awaited { get; init; } = [];

    /// <summary>From the first process's start until it was ready; null where it never was, or nothing says when it is.</summary>
    public TimeSpan? ReadyAfter { get; init; }

    /// <summary>The looks at its processes, in order.</summary>
    public IReadOnlyList<ServiceSample> Samples { get; init; } = [];

    /// <summary>What its processes touched; null where that was not asked.</summary>
    public Touches? Touches { get; init; }

    /// <summary>The load; null where none was made.</summary>
    public LoadObservation? Load { get; init; }

    /// <summary>True where its memory still grew when the time for watching that was over.</summary>
    public bool StillGrows { get; init; }

    /// <summary>How it stopped; null where it was not asked to.</summary>
    public StopObservation? Stop { get; init; }

    /// <summary>Bytes that it wrote to its output and error streams.</summary>
    public long OutputBytes { get; init; }

    /// <summary>In what time.</summary>
    public TimeSpan OutputTime { get; init; }

    /// <summary>The last lines of what it wrote.</summary>
    public string Output { get; init; } = "";
}

/// <summary>What health checks came to.</summary>
/// <param name="IsHealthy">True where one succeeded.</param>
/// <param name="Checks">How many were made.</param>
/// <param name="ExitCode">The last one's exit code; null where it did not end in its time.</param>
/// <param name="Output">What the last one said.</param>
/// <param name="IsMissing">True where its program cannot be executed.</param>
internal sealed record HealthObservation(bool IsHealthy, int Checks, long? ExitCode, string Output, bool IsMissing);

/// <summary>One look at all processes of a service.</summary>
/// <param name="When">What had been done before it.</param>
/// <param name="Processes">Every process, zombies too.</param>
/// <param name="Descriptors">Open file descriptors of all processes that could be asked; null where one could not.</param>
/// <param name="Sockets">What it listens on.</param>
internal sealed record ServiceSample(SampleMoment When, IReadOnlyList<ProcessStatus> Processes, long? Descriptors, IReadOnlyList<Listener> Sockets)
{
    /// <summary>Bytes of memory of all processes that no file gives back.</summary>
    public long Memory => Processes.Sum(process => process.OwnMemory);
}

/// <summary>When a look was taken.</summary>
internal enum SampleMoment
{
    /// <summary>When it was ready, or was taken for it.</summary>
    Ready,

    /// <summary>After the load.</summary>
    Loaded,

    /// <summary>With nothing to do.</summary>
    Idle,
}

/// <summary>What a load came to.</summary>
/// <param name="Port">The TCP port on loopback.</param>
/// <param name="IsHttp">True where requests were sent, false where connections were made alone.</param>
/// <param name="Counts">The probe's counts.</param>
internal sealed record LoadObservation(int Port, bool IsHttp, IReadOnlyDictionary<string, long> Counts)
{
    /// <summary>One of the counts.</summary>
    public long this[string name] => Counts.GetValueOrDefault(name);

    /// <summary>Requests that were not answered.</summary>
    public long Unanswered => this["refused"] + this["cut"] + this["late"];

    /// <summary>Answers a second.</summary>
    public double Rate => this["elapsed"] > 0 ? this["answered"] * 1000.0 / this["elapsed"] : 0;
}

/// <summary>How a service stopped.</summary>
/// <param name="Signal">What it was sent.</param>
/// <param name="IsStopped">True where it ended within the grace period.</param>
/// <param name="After">How long that took.</param>
/// <param name="ExitCode">Its exit code, or 128 and the signal; of no meaning where it did not end.</param>
/// <param name="First">The first process before, null where it was not seen.</param>
internal sealed record StopObservation(string Signal, bool IsStopped, TimeSpan After, long ExitCode, ProcessStatus? First);
