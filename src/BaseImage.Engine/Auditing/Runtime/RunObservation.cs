using System.Globalization;
using BaseImage.Engine.Auditing.Runtime.Probe;
using BaseImage.Engine.Images.Engines;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>How a run came out.</summary>
internal enum RunOutcome
{
    /// <summary>The program still ran when the time was over.</summary>
    Runs,

    /// <summary>The program ended by itself.</summary>
    Ended,

    /// <summary>The kernel could not execute the program, or the engine could not start the container.</summary>
    NotStarted,

    /// <summary>What happened is not known; never to be taken for good.</summary>
    NotObserved,
}

/// <summary>What was seen of one run.</summary>
internal sealed record RunObservation
{
    /// <summary>What it ran under.</summary>
    public required RunProfile Profile { get; init; }

    /// <summary>How it came out.</summary>
    public required RunOutcome Outcome { get; init; }

    /// <summary>The exit code, or 128 and the signal; 0 where it did not end.</summary>
    public int ExitCode { get; init; }

    /// <summary>Why it did not start or could not be observed, in words.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The last lines of what the program wrote.</summary>
    public string Output { get; init; } = "";

    /// <summary>What the engine gives a process of this container, before the image's program has had its say; null where it was not seen.</summary>
    public ProcessStatus? Given { get; init; }

    /// <summary>Every identity that a process of the image was seen with, in order.</summary>
    public IReadOnlyList<ProcessStatus> Identities { get; init; } = [];

    /// <summary>The identities at the end, of what then still ran.</summary>
    public IReadOnlyList<ProcessStatus> AtEnd { get; init; } = [];

    /// <summary>Paths that differ from the image.</summary>
    public IReadOnlyList<string> Changes { get; init; } = [];

    /// <summary>What its processes touched; null where that was not asked.</summary>
    public Touches? Touches { get; init; }

    /// <summary>How the engine describes the container; null where it was not asked.</summary>
    public ContainerState? State { get; init; }

    /// <summary>The limit of memory that the kernel holds it to; null where it does not say.</summary>
    public long? KernelMemory { get; init; }

    /// <summary>The limit of processes that the kernel holds it to; null where it does not say.</summary>
    public long? KernelProcesses { get; init; }

    /// <summary>The processors that the kernel gives it, infinite for no limit; null where it does not say.</summary>
    public double? KernelProcessors { get; init; }

    /// <summary>Processes that were ended for want of memory.</summary>
    public long OutOfMemory { get; init; }

    /// <summary>Times that a process could not be started because of the limit.</summary>
    public long OutOfProcesses { get; init; }

    /// <summary>True where the program does what a program should: it runs on, or ends with 0.</summary>
    public bool IsGood => Outcome is RunOutcome.Runs || (Outcome is RunOutcome.Ended && ExitCode == 0);

    /// <summary>True where this run came to the same as one under other conditions.</summary>
    public bool IsLike(RunObservation other) => Outcome == other.Outcome && ExitCode == other.ExitCode;

    /// <summary>How it came out, in words, with the last lines of its output.</summary>
    public string Describe()
    {
        string text = Outcome switch
        {
            RunOutcome.Runs => "it runs",
            RunOutcome.Ended when ExitCode > 128 => string.Create(CultureInfo.InvariantCulture, $"it ends by signal {ExitCode - 128} ({SignalName(ExitCode - 128)})"),
            RunOutcome.Ended => string.Create(CultureInfo.InvariantCulture, $"it ends with code {ExitCode}"),
            RunOutcome.NotStarted => $"it does not start: {Reason}",
            _ => $"it could not be observed: {Reason}",
        };
        return Output.Length == 0 ? text : $"{text}; its last lines: {Output}";
    }

    /// <summary>A signal's name, as signal(7) has it.</summary>
    public static string SignalName(int signal) => signal switch
    {
        1 => "HUP", 2 => "INT", 3 => "QUIT", 4 => "ILL", 5 => "TRAP", 6 => "ABRT", 7 => "BUS", 8 => "FPE", 9 => "KILL", 11 => "SEGV", 13 => "PIPE", 14 => "ALRM", 15 => "TERM", 31 => "SYS",
        _ => "another",
    };
}
