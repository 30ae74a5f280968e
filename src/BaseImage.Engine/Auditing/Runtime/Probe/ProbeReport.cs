namespace BaseImage.Engine.Auditing.Runtime.Probe;

/// <summary>What the probe said.</summary>
internal sealed class ProbeReport
{
    /// <summary>Every identity that it saw, in order; a process whose identity changes is here several times.</summary>
    public List<ProcessStatus> Identities { get; } = [];

    /// <summary>The identities of what ran when it had its last look.</summary>
    public List<ProcessStatus> AtEnd { get; } = [];

    /// <summary>The probe's own identity before it started a program: what the engine gives; null where it started none.</summary>
    public ProcessStatus? Given { get; set; }

    /// <summary>Contents by process (0 for none) and file.</summary>
    public Dictionary<(long Pid, string File), byte[]> Files { get; } = [];

    /// <summary>What a load came to, by the names that the probe gives; empty where there was none.</summary>
    public Dictionary<string, long> Load { get; } = new(StringComparer.Ordinal);

    /// <summary>What was touched, where that was asked for.</summary>
    public Touches Touches { get; } = new();

    /// <summary>Children of the probe that ended, with wait's status.</summary>
    public List<ProcessEnd> Ends { get; } = [];

    /// <summary>The program's process id; 0 where none was started.</summary>
    public long Program { get; set; }

    /// <summary>The errno of a program that cannot be executed; null where it could.</summary>
    public int? ExecuteError { get; set; }

    /// <summary>True where the program still ran at the end of its time.</summary>
    public bool StillRuns { get; set; }

    /// <summary>True where the probe said all that it had to say; else it was stopped before, and what is missing is not known.</summary>
    public bool IsComplete { get; set; }

    /// <summary>How the program ended; null where it did not.</summary>
    public ProcessEnd? ProgramEnd => Ends.FirstOrDefault(end => end.Pid == Program);

    /// <summary>A file that belongs to no process, as text; null where there is none.</summary>
    public string? Text(string path) => Files.TryGetValue((0, path), out byte[]? bytes) ? System.Text.Encoding.UTF8.GetString(bytes).Trim() : null;
}

/// <summary>A process that ended.</summary>
/// <param name="Pid">Its id.</param>
/// <param name="WaitStatus">As wait(2) has it.</param>
internal sealed record ProcessEnd(long Pid, int WaitStatus)
{
    /// <summary>The signal that ended it; 0 for none.</summary>
    public int Signal => WaitStatus & 127;

    /// <summary>As an engine counts: the exit code, or 128 and the signal.</summary>
    public int ExitCode => Signal != 0 ? 128 + Signal : (WaitStatus >> 8) & 255;
}
