using System.Globalization;
using BaseImage.Engine.Auditing.Runtime.Probe;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>
/// Runs a program in a container of its own, looks at it through the probe, and removes the container. Three ways:
/// <list type="bullet">
/// <item>wrapped: the probe, mounted read-only from a volume, is the container's first process and starts the image's
/// program. It sees it from its first moment, and its last identity after its end; so nothing is too short for it.</item>
/// <item>direct: the image's program is the first process, as in production, and the probe is a side-car in its PID
/// namespace. For programs that insist on being the first.</item>
/// <item>empty: for an image without a program, the probe says what a process would get.</item>
/// </list>
/// </summary>
internal sealed class ContainerRunner(RunSession session, TimeSpan watch, TimeSpan patience)
{
    /// <summary>The exit code of what SIGKILL ended.</summary>
    internal const int Killed = 137;

    private const string Status = "status";
    private const int MoreAttempts = 2;

    private string Folder { get; } = "/.baseimage-" + session.Labels.Id;

    /// <summary>Runs a program below the probe.</summary>
    public Task<RunObservation> WrapAsync(string image, IReadOnlyList<string> program, RunProfile profile, CancellationToken cancellationToken)
        => ProbedAsync(image, ["r", Milliseconds(watch), Status, .. ProbeProgram.LimitFiles, "--", .. program], profile, cancellationToken);

    /// <summary>Runs a program below the probe, which says from the first moment on what it touches.</summary>
    public Task<RunObservation> TraceAsync(string image, IReadOnlyList<string> program, RunProfile profile, CancellationToken cancellationToken)
        => ProbedAsync(image, ["t", Milliseconds(watch), "--", .. program], profile, cancellationToken);

    /// <summary>Runs nothing but the probe, which waits.</summary>
    public Task<RunObservation> WaitAsync(string image, RunProfile profile, CancellationToken cancellationToken)
        => ProbedAsync(image, ["p", Status, .. ProbeProgram.LimitFiles], profile, cancellationToken);

    /// <summary>Runs the image's program as the first process and the probe beside it.</summary>
    /// <param name="image">The image.</param>
    /// <param name="profile">Under what it runs.</param>
    /// <param name="traces">True to have the probe say what it touches, instead of who it is.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<RunObservation> DirectAsync(string image, RunProfile profile, bool traces, CancellationToken cancellationToken)
    {
        IEngineContainers containers = session.Engine.Containers;
        string id = await session.CreateAsync(profile.Plan(image, session.Labels.Labels), cancellationToken).ConfigureAwait(false);
        string? sideCar = null;
        try
        {
            sideCar = await session.CreateAsync(traces ? session.TracingPlan(id, watch) : session.ProbePlan(["w", Milliseconds(watch), Status]) with { ProcessesOf = id }, cancellationToken).ConfigureAwait(false);
            OutputTail tail = new();
            await using Stream stream = await containers.AttachAsync(id, cancellationToken).ConfigureAwait(false);
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task reading = Quietly(EngineOutput.ReadAsync(stream, (_, bytes) => Keep(tail, bytes.Span), stop.Token));
            try
            {
                await containers.StartAsync(id, cancellationToken).ConfigureAwait(false);
            }
            catch (EngineRequestFailedException e)
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await reading.ConfigureAwait(false);
                return new RunObservation { Profile = profile, Outcome = RunOutcome.NotStarted, Reason = e.Message };
            }

            (ProbeReport? report, string problem) = await BesideAsync(sideCar, cancellationToken).ConfigureAwait(false);
            ContainerState? state = await containers.InspectAsync(id, cancellationToken).ConfigureAwait(false);
            await containers.KillAsync(id, "SIGKILL", cancellationToken).ConfigureAwait(false);
            await Task.WhenAny(reading, Task.Delay(TimeSpan.FromSeconds(2), cancellationToken)).ConfigureAwait(false);
            await stop.CancelAsync().ConfigureAwait(false);
            await reading.ConfigureAwait(false);
            bool runs = state?.IsRunning is true;
            return new RunObservation
            {
                Profile = profile,
                Outcome = state is null || (runs && report is not { IsComplete: true }) ? RunOutcome.NotObserved : runs ? RunOutcome.Runs : RunOutcome.Ended,
                ExitCode = runs ? 0 : (int)(state?.ExitCode ?? 0),
                Reason = problem,
                Output = tail.ToString(),
                Identities = report?.Identities ?? [],
                AtEnd = report?.AtEnd ?? [],
                Touches = report?.Touches,
                State = state,
                OutOfMemory = state?.WasOutOfMemory is true ? 1 : 0,
            };
        }
        finally
        {
            await session.RemoveAsync(sideCar, id).ConfigureAwait(false);
        }
    }

    private async Task<(ProbeReport? Report, string Problem)> BesideAsync(string sideCar, CancellationToken cancellationToken)
    {
        try
        {
            await using Stream stream = await session.Engine.Containers.AttachAsync(sideCar, cancellationToken).ConfigureAwait(false);
            ProbeReader reader = new();
            Task reading = ReadAsync(stream, reader, new OutputTail(), cancellationToken);
            await session.Engine.Containers.StartAsync(sideCar, cancellationToken).ConfigureAwait(false);
            string problem = await WatchAsync(reading, reader).ConfigureAwait(false);
            return (reader.Report, problem);
        }
        catch (EngineRequestFailedException e)
        {
            // The program ended before anybody could look at it.
            return (null, e.Message);
        }
    }

    // For want of memory the kernel may end the probe too, when what it ended first has not gone yet. Where the engine says
    // so, that is how the run came out; where it does not, the run is made again.
    private async Task<RunObservation> ProbedAsync(string image, IReadOnlyList<string> arguments, RunProfile profile, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            RunObservation run = await ProbedOnceAsync(image, arguments, profile, cancellationToken).ConfigureAwait(false);
            if (run is not { Outcome: RunOutcome.NotObserved, State: { IsRunning: false } state })
            {
                return run;
            }

            if (state is { WasOutOfMemory: true, ExitCode: Killed })
            {
                return run with { Outcome = RunOutcome.Ended, ExitCode = Killed, Reason = "", OutOfMemory = Math.Max(run.OutOfMemory, 1) };
            }

            if (attempt >= MoreAttempts)
            {
                return run;
            }
        }
    }

    private async Task<RunObservation> ProbedOnceAsync(string image, IReadOnlyList<string> arguments, RunProfile profile, CancellationToken cancellationToken)
    {
        IEngineContainers containers = session.Engine.Containers;
        ContainerPlan plan = profile.Plan(image, session.Labels.Labels) with
        {
            Entrypoint = [Folder + "/probe"],
            Arguments = arguments,
            Volumes = [new ContainerVolume(session.Volume, Folder, IsReadOnly: true)],
        };
        string id = await session.CreateAsync(plan, cancellationToken).ConfigureAwait(false);
        try
        {
            ProbeReader reader = new();
            OutputTail tail = new();
            string problem;
            try
            {
                // Podman prepares the container when somebody attaches to it, and tells then what is wrong with it.
                await using Stream stream = await containers.AttachAsync(id, cancellationToken).ConfigureAwait(false);
                using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                Task reading = ReadAsync(stream, reader, tail, stop.Token);
                try
                {
                    await containers.StartAsync(id, cancellationToken).ConfigureAwait(false);
                    problem = await WatchAsync(reading, reader).ConfigureAwait(false);
                }
                finally
                {
                    await stop.CancelAsync().ConfigureAwait(false);
                    await Quietly(reading).ConfigureAwait(false);
                }
            }
            catch (EngineRequestFailedException e)
            {
                return new RunObservation { Profile = profile, Outcome = RunOutcome.NotStarted, Reason = e.Message };
            }

            ContainerState? state = await SettledAsync(id, reader.Report, cancellationToken).ConfigureAwait(false);
            IReadOnlyList<string> changes = profile.ReadOnlyRoot ? [] : await containers.ChangesAsync(id, cancellationToken).ConfigureAwait(false);
            return Judge(profile, reader.Report, problem, tail, state) with { Changes = [.. changes.Where(path => path != Folder)] };
        }
        finally
        {
            await session.RemoveAsync(id).ConfigureAwait(false);
        }
    }

    private RunObservation Judge(RunProfile profile, ProbeReport report, string problem, OutputTail tail, ContainerState? state)
    {
        RunObservation seen = new()
        {
            Profile = profile,
            Outcome = RunOutcome.NotObserved,
            Reason = problem,
            Output = tail.ToString(),
            Given = report.Given ?? (report.Program == 0 ? report.AtEnd.FirstOrDefault() : null),
            Identities = report.Program == 0 ? report.AtEnd : report.Identities,
            AtEnd = report.AtEnd,
            Touches = report.Touches,
            State = state,
            KernelMemory = Number(report, "/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"),
            KernelProcesses = Number(report, "/sys/fs/cgroup/pids.max", "/sys/fs/cgroup/pids/pids.max"),
            KernelProcessors = Processors(report),
            OutOfMemory = Math.Max(Count(report, "oom_kill", "/sys/fs/cgroup/memory.events", "/sys/fs/cgroup/memory/memory.oom_control"), state?.WasOutOfMemory is true ? 1 : 0),
            OutOfProcesses = Count(report, "max", "/sys/fs/cgroup/pids.events", "/sys/fs/cgroup/pids/pids.events"),
        };
        if (report.ExecuteError is { } error)
        {
            return seen with { Outcome = RunOutcome.NotStarted, Reason = ErrorText(error) };
        }

        return report switch
        {
            { IsComplete: false } => seen with { Reason = problem.Length > 0 ? problem : "the probe was stopped before it had said everything" },
            { ProgramEnd: { } end } => seen with { Outcome = RunOutcome.Ended, ExitCode = end.ExitCode },
            { StillRuns: true } or { Program: 0 } => seen with { Outcome = RunOutcome.Runs },
            _ => seen,
        };
    }

    // Ends with the stream, with the probe's last word, or when patience is at an end; says what went wrong.
    private async Task<string> WatchAsync(Task reading, ProbeReader reader)
    {
        Task first = await Task.WhenAny(reading, Task.Delay(watch + patience)).ConfigureAwait(false);
        if (first != reading)
        {
            return string.Create(CultureInfo.InvariantCulture, $"nothing more was heard of it in {(watch + patience).TotalSeconds:0} s");
        }

        try
        {
            await reading.ConfigureAwait(false);
        }
        catch (Exception e) when (e is InvalidDataException or IOException or BaseImageException)
        {
            return e.Message;
        }

        return reader.Report.IsComplete ? "" : "the container ended before the probe had said everything";
    }

    private static Task ReadAsync(Stream stream, ProbeReader reader, OutputTail tail, CancellationToken cancellationToken)
        => EngineOutput.ReadAsync(stream, (kind, bytes) =>
        {
            if (kind == 1)
            {
                reader.Feed(bytes.Span);

                // A program that ended may have written last words, which come on the other stream until the end.
                return !reader.Report.IsComplete || reader.Report.ProgramEnd is not null;
            }

            return Keep(tail, bytes.Span);
        }, cancellationToken);

    /// <summary>Keeps the end of an output, and always wants more.</summary>
    internal static bool Keep(OutputTail tail, ReadOnlySpan<byte> bytes)
    {
        tail.Add(bytes);
        return true;
    }

    // A container whose program has ended is still described as running for a moment.
    private async Task<ContainerState?> SettledAsync(string id, ProbeReport report, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            ContainerState? state = await session.Engine.Containers.InspectAsync(id, cancellationToken).ConfigureAwait(false);
            if (state is not { IsRunning: true } || (report.ProgramEnd is null && report.IsComplete) || attempt >= 20)
            {
                return state;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
        }
    }

    private static long? Number(ProbeReport report, params string[] files)
    {
        string? text = files.Select(report.Text).FirstOrDefault(text => text is not null);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : text is "max" ? long.MaxValue : null;
    }

    // The quota over its period, version 2 first; "max" and -1 are no limit.
    private static double? Processors(ProbeReport report)
    {
        string[] parts = report.Text("/sys/fs/cgroup/cpu.max")?.Split(' ') ?? [report.Text("/sys/fs/cgroup/cpu/cpu.cfs_quota_us") ?? "", report.Text("/sys/fs/cgroup/cpu/cpu.cfs_period_us") ?? ""];
        return parts is ["max" or "-1", _] ? double.PositiveInfinity
            : parts.Length == 2 && double.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out double quota) && double.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out double period) && period > 0 ? quota / period
            : null;
    }

    private static long Count(ProbeReport report, string name, params string[] files) => files.Select(report.Text).OfType<string>()
        .SelectMany(text => text.Split('\n')).Select(line => line.Split(' ')).Where(line => line.Length == 2 && line[0] == name)
        .Select(line => long.TryParse(line[1], NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : 0).DefaultIfEmpty(0).Max();

    /// <summary>Waits for a task whose stream may be cut anywhere.</summary>
    internal static async Task Quietly(Task task)
    {
        try
        {
            await task.ConfigureAwait(false);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or InvalidDataException or BaseImageException or ObjectDisposedException)
        {
            // The stream of a container that ends is cut anywhere.
        }
    }

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    // Source: errno(3).
    private static string ErrorText(int error) => error switch
    {
        2 => "there is no such program (ENOENT)",
        8 => "the program has a format that the kernel does not execute (ENOEXEC)",
        11 => "the process limit keeps it from starting (EAGAIN)",
        12 => "there is no memory for it (ENOMEM)",
        13 => "the program may not be executed (EACCES)",
        20 => "a part of the program's path is no directory (ENOTDIR)",
        40 => "the program's path is a circle of links (ELOOP)",
        _ => string.Create(CultureInfo.InvariantCulture, $"the kernel refuses the program (errno {error})"),
    };
}
