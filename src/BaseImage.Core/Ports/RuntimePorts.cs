namespace BaseImage.Ports;

/// <summary>How an image is run for the run-time rules.</summary>
public sealed record RuntimeRequest
{
    /// <summary>Asked before an image is run: its reference and what will be done; false leaves it alone.</summary>
    public required Func<string, string, Task<bool>> ConfirmAsync { get; init; }

    /// <summary>Bytes of memory that the image has to work within.</summary>
    public long Memory { get; init; } = 512L << 20;

    /// <summary>Processes and threads that the image has to work within.</summary>
    public int Processes { get; init; } = 256;

    /// <summary>Processors that each of its containers gets.</summary>
    public double Processors { get; init; } = 1;

    /// <summary>user[:group] of the locked-down runs, in numbers; null for the image's own.</summary>
    public string? User { get; init; }

    /// <summary>How long a program is watched; one that still runs then is taken to run on.</summary>
    public TimeSpan Watch { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long the engine may take for each run beside that.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a program may take to be ready: healthy, or its ports listen.</summary>
    public TimeSpan Ready { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a program may take to end after its stop signal.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Ports that it is to listen on beside those that its configuration exposes, as <c>8080/tcp</c>; where one is given, all are waited for.</summary>
    public IReadOnlyList<string> Ports { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>The path that is asked for by HTTP.</summary>
    public string LoadPath { get; init; } = "/";

    /// <summary>Requests of the load at most; 0 for no load.</summary>
    public int LoadRequests { get; init; } = 100;

    /// <summary>How long the load lasts at most.</summary>
    public TimeSpan LoadTime { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a program that keeps growing is watched.</summary>
    public TimeSpan LeakTime { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>The same, but for what settings say.</summary>
    public RuntimeRequest With(RuntimeSettings settings) => this with
    {
        Memory = settings.MemoryLimit ?? Memory,
        Processes = settings.ProcessLimit ?? Processes,
        Processors = settings.ProcessorLimit ?? Processors,
        User = settings.RunAs ?? User,
        Watch = Seconds(settings.RunSeconds) ?? Watch,
        Timeout = Seconds(settings.TimeoutSeconds) ?? Timeout,
        Ready = Seconds(settings.ReadySeconds) ?? Ready,
        Grace = Seconds(settings.GraceSeconds) ?? Grace,
        Ports = settings.Port ?? Ports,
        LoadPath = settings.LoadPath ?? LoadPath,
        LoadRequests = settings.LoadRequests ?? LoadRequests,
        LoadTime = Seconds(settings.LoadSeconds) ?? LoadTime,
        LeakTime = Seconds(settings.LeakSeconds) ?? LeakTime,
    };

    private static TimeSpan? Seconds(int? seconds) => seconds is { } number ? TimeSpan.FromSeconds(number) : null;
}

/// <summary>
/// What a caller or a policy says on how images are run; null where it does not say. The names are those of Test-BaseImage's
/// parameters and of the keys of a policy's <c>Runtime</c>, and the bounds hold for both.
/// </summary>
public sealed record RuntimeSettings
{
    /// <summary>The least <see cref="MemoryLimit"/>: below it the engine's own runtime cannot start anything.</summary>
    public const long LeastMemory = 16L << 20;

    /// <summary>The most bytes that <see cref="MemoryLimit"/> may be.</summary>
    public const long MostMemory = 1L << 50;

    /// <summary>The least <see cref="ProcessLimit"/>.</summary>
    public const int LeastProcesses = 8;

    /// <summary>The most that <see cref="ProcessLimit"/> may be.</summary>
    public const int MostProcesses = 1 << 20;

    /// <summary>The least <see cref="ProcessorLimit"/>.</summary>
    public const double LeastProcessors = 0.1;

    /// <summary>The most that <see cref="ProcessorLimit"/> may be.</summary>
    public const double MostProcessors = 1024;

    /// <summary>What <see cref="RunAs"/> looks like: numbers, because names mean something else in every image.</summary>
    public const string RunAsPattern = @"^[0-9]{1,10}(:[0-9]{1,10})?\z";

    /// <summary>What <see cref="LoadPath"/> looks like.</summary>
    public const string LoadPathPattern = @"^/[!-~]*\z";

    /// <summary>The most seconds of <see cref="RunSeconds"/> and <see cref="LoadSeconds"/>; the least is 1.</summary>
    public const int MostRunSeconds = 120;

    /// <summary>The least seconds of <see cref="TimeoutSeconds"/>.</summary>
    public const int LeastTimeoutSeconds = 5;

    /// <summary>The most seconds of every other time; the least is 1.</summary>
    public const int MostSeconds = 600;

    /// <summary>The most <see cref="LoadRequests"/>.</summary>
    public const int MostRequests = 100_000;

    /// <summary>Bytes of memory that the image has to work within.</summary>
    public long? MemoryLimit { get; init; }

    /// <summary>Processes and threads that the image has to work within.</summary>
    public int? ProcessLimit { get; init; }

    /// <summary>Processors that each of its containers gets.</summary>
    public double? ProcessorLimit { get; init; }

    /// <summary>user[:group] of the locked-down runs, in numbers.</summary>
    public string? RunAs { get; init; }

    /// <summary>Seconds that a program is watched; one that still runs then is taken to run on.</summary>
    public int? RunSeconds { get; init; }

    /// <summary>Seconds that the engine may take for each run beside that.</summary>
    public int? TimeoutSeconds { get; init; }

    /// <summary>Seconds that a program may take to be ready: healthy, or its ports listen.</summary>
    public int? ReadySeconds { get; init; }

    /// <summary>Seconds that a program may take to end after its stop signal.</summary>
    public int? GraceSeconds { get; init; }

    /// <summary>Ports that it is to listen on beside those that its configuration exposes, as <c>8080/tcp</c>; all are waited for.</summary>
    public IReadOnlyList<string>? Port { get; init; }

    /// <summary>The path that the load asks for by HTTP.</summary>
    public string? LoadPath { get; init; }

    /// <summary>Requests of the load at most; 0 for no load.</summary>
    public int? LoadRequests { get; init; }

    /// <summary>Seconds that the load lasts at most.</summary>
    public int? LoadSeconds { get; init; }

    /// <summary>Seconds that a program that keeps growing is watched.</summary>
    public int? LeakSeconds { get; init; }
}
