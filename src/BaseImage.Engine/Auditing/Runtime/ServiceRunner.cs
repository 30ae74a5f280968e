using System.Diagnostics;
using System.Globalization;
using BaseImage.Engine.Auditing.Runtime.Probe;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>
/// Runs the image's program as production would, as the first process, with the probe in a read-only volume. The probe is
/// started beside it when there is something to see, in the same namespaces and as the same user, so it needs no rights.
/// </summary>
/// <param name="session">What it needs in the engine.</param>
/// <param name="request">How it is run.</param>
/// <param name="traces">True to record what it touches, and to watch it for as long as programs are watched.</param>
internal sealed class ServiceRunner(RunSession session, RuntimeRequest request, bool traces)
{
    private const int MinimumChecks = 3;
    private const int IdleLooks = 4;
    private const long Growth = 128 << 10;
    private const int MostPorts = 30;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    private string Probe => $"/.baseimage-{session.Labels.Id}/probe";

    /// <summary>Runs it.</summary>
    public async Task<ServiceObservation> ServeAsync(string image, ImageConfig config, RunProfile profile, CancellationToken cancellationToken)
    {
        ContainerPlan plan = profile.Plan(image, session.Labels.Labels) with { Volumes = [new ContainerVolume(session.Volume, $"/.baseimage-{session.Labels.Id}", IsReadOnly: true)] };
        string id = await session.CreateAsync(plan, cancellationToken).ConfigureAwait(false);
        try
        {
            OutputTail tail = new();
            long written = 0;
            long begin = Stopwatch.GetTimestamp();
            await using Stream stream = await session.Engine.Containers.AttachAsync(id, cancellationToken).ConfigureAwait(false);
            using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            Task reading = ContainerRunner.Quietly(EngineOutput.ReadAsync(stream, (_, bytes) =>
            {
                Interlocked.Add(ref written, bytes.Length);
                lock (tail)
                {
                    tail.Add(bytes.Span);
                }

                return true;
            }, stop.Token));
            Watched watched = new(id, config, new ServiceObservation { Profile = profile });
            try
            {
                await session.Engine.Containers.StartAsync(id, cancellationToken).ConfigureAwait(false);
                await (traces ? TraceAsync(watched, cancellationToken) : WatchAsync(watched, cancellationToken)).ConfigureAwait(false);
            }
            catch (EngineRequestFailedException e)
            {
                watched.Seen = watched.Seen.Samples.Count == 0 && watched.Seen.Health is null ? watched.Seen with { NotStarted = e.Message } : watched.Seen with { Problem = e.Message };
            }
            finally
            {
                await stop.CancelAsync().ConfigureAwait(false);
                await reading.ConfigureAwait(false);
            }

            lock (tail)
            {
                return watched.Seen with { OutputBytes = Interlocked.Read(ref written), OutputTime = Stopwatch.GetElapsedTime(begin), Output = tail.ToString() };
            }
        }
        finally
        {
            await session.RemoveAsync(id).ConfigureAwait(false);
        }
    }

    private async Task TraceAsync(Watched watched, CancellationToken cancellationToken)
    {
        TraceSideCar sideCar = await TraceSideCar.BeginAsync(session, watched.Id, cancellationToken).ConfigureAwait(false);
        await using (sideCar.ConfigureAwait(false))
        {
            await WatchAsync(watched, cancellationToken).ConfigureAwait(false);
            watched.Seen = watched.Seen with { Touches = await sideCar.EndAsync().ConfigureAwait(false) };
        }
    }

    private async Task WatchAsync(Watched watched, CancellationToken cancellationToken)
    {
        // A step that finds the container ended leaves the rest undone.
        (Func<Watched, CancellationToken, Task> Step, string When)[] steps =
        [
            (ReadyAsync, "before it was ready"),
            (LoadAsync, "under the load"),
            traces ? (RestAsync, "while it was watched") : (IdleAsync, "while it had nothing to do"),
        ];
        foreach ((Func<Watched, CancellationToken, Task> step, string when) in steps)
        {
            try
            {
                await step(watched, cancellationToken).ConfigureAwait(false);
            }
            catch (EngineRequestFailedException) when (!cancellationToken.IsCancellationRequested)
            {
                // Whether it ended, or the engine has another reason, is seen below.
                watched.Seen = watched.Seen with { Problem = "the engine could not run the probe beside it" };
            }

            ContainerState? state = await EndedAsync(watched, cancellationToken).ConfigureAwait(false);
            if (state is not { IsRunning: true })
            {
                watched.Seen = watched.Seen with { EndedEarly = when, EndState = state, Problem = state is null ? "the engine does not know it any more" : "" };
                return;
            }

            if (watched.Seen.Problem.Length > 0)
            {
                break;
            }
        }

        await StopAsync(watched, cancellationToken).ConfigureAwait(false);
    }

    // A container that is on its way out is described as running for a moment.
    private async Task<ContainerState?> EndedAsync(Watched watched, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            ContainerState? state = await session.Engine.Containers.InspectAsync(watched.Id, cancellationToken).ConfigureAwait(false);
            if (state is not { IsRunning: true } || watched.Seen.Problem.Length == 0 || attempt >= 20)
            {
                return state;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ReadyAsync(Watched watched, CancellationToken cancellationToken)
    {
        int[] asked = [.. request.Ports.Select(PortText.Parse).Where(port => port is { Protocol: "tcp", Number: > 0 }).Select(port => port.Number).Distinct().Take(MostPorts)];
        int[] exposed = [.. watched.Config.ExposedPorts.Select(PortText.Parse).Where(port => port is { Protocol: "tcp", Number: > 0 }).Select(port => port.Number).Distinct().Take(MostPorts)];
        int[] ports = asked.Length > 0 ? asked : exposed;
        IReadOnlyList<string>? check = HealthCommand(watched.Config.Healthcheck);
        TimeSpan? ready = null;
        if (ports.Length > 0)
        {
            int needed = asked.Length > 0 ? asked.Length : 1;
            ProbeReport report = await AskAsync(watched, ["a", Milliseconds(request.Ready), Number(needed), string.Join(',', ports.Select(port => Number(port)))], cancellationToken).ConfigureAwait(false);
            ServiceSample sample = Sample(SampleMoment.Ready, report);
            bool isReady = sample.Sockets.Where(socket => socket.Protocol == "tcp" && ports.Contains(socket.Port)).Select(socket => socket.Port).Distinct().Count() >= needed;
            watched.Add(sample);
            ready = isReady ? Age(report) : null;
        }

        if (check is not null)
        {
            watched.Seen = watched.Seen with { Health = await HealthAsync(watched, check, cancellationToken).ConfigureAwait(false) };
            bool isOpen = ports.Length == 0 || ready is not null;
            ProbeReport report = await AskAsync(watched, ["s"], cancellationToken).ConfigureAwait(false);
            watched.Add(Sample(SampleMoment.Ready, report));
            ready = watched.Seen.Health.IsHealthy && isOpen ? Age(report) : null;
        }

        if (ports.Length == 0 && check is null)
        {
            await Task.Delay(request.Watch, cancellationToken).ConfigureAwait(false);
            watched.Add(Sample(SampleMoment.Ready, await AskAsync(watched, ["s"], cancellationToken).ConfigureAwait(false)));
        }

        watched.Seen = watched.Seen with { Awaited = ports, ReadyAfter = ready };
    }

    private async Task<HealthObservation> HealthAsync(Watched watched, IReadOnlyList<string> command, CancellationToken cancellationToken)
    {
        TimeSpan each = watched.Config.Healthcheck?.Timeout is { } own && own > TimeSpan.Zero ? own : TimeSpan.FromSeconds(30);
        long begin = Stopwatch.GetTimestamp();
        int missing = 0;
        for (int checks = 1; ; checks++)
        {
            OutputTail tail = new();
            long? code = null;
            using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            limit.CancelAfter(each);
            try
            {
                code = await session.Engine.Containers.ExecuteAsync(watched.Id, new ContainerProgram(command), (_, bytes) => ContainerRunner.Keep(tail, bytes.Span), limit.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                tail.Add(System.Text.Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"it did not end within {each.TotalSeconds:0.#} s")));
            }
            catch (EngineRequestFailedException e) when (e.Message.Contains("exec", StringComparison.OrdinalIgnoreCase) && e.Status != 409)
            {
                // Podman refuses what is not there; Docker says 126 or 127.
                code = 127;
                tail.Add(System.Text.Encoding.UTF8.GetBytes(e.Message));
            }

            missing = code is 126 or 127 ? missing + 1 : 0;
            bool isOver = checks >= MinimumChecks && Stopwatch.GetElapsedTime(begin) > request.Ready;
            if (code == 0 || missing >= 2 || isOver)
            {
                return new HealthObservation(code == 0, checks, code, tail.ToString(), missing >= 2);
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task LoadAsync(Watched watched, CancellationToken cancellationToken)
    {
        Listener? target = watched.Seen.Samples[^1].Sockets.FirstOrDefault(socket => socket.Protocol == "tcp" && watched.Seen.Awaited.Contains(socket.Port));
        if (target is null || request.LoadRequests == 0)
        {
            return;
        }

        string family = target.Address.Contains(':', StringComparison.Ordinal) ? "10" : "2";
        string path = request.LoadPath.StartsWith('/') ? request.LoadPath : "/" + request.LoadPath;
        string text = $"GET {path} HTTP/1.1\r\nHost: localhost\r\nUser-Agent: BaseImage\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        ProbeReport first = await AskAsync(watched, ["g", Milliseconds(request.Ready), "1", family, Number(target.Port), text], cancellationToken).ConfigureAwait(false);
        bool isHttp = first.Load.GetValueOrDefault("http") == 1;
        watched.Seen = watched.Seen with { Load = new LoadObservation(target.Port, isHttp, first.Load) };
        watched.Add(Sample(SampleMoment.Ready, first));
        ProbeReport report = await AskAsync(watched, ["g", Milliseconds(request.LoadTime), Number(request.LoadRequests), family, Number(target.Port), isHttp ? text : ""], cancellationToken).ConfigureAwait(false);
        watched.Seen = watched.Seen with { Load = new LoadObservation(target.Port, isHttp, report.Load) };
        watched.Add(Sample(SampleMoment.Loaded, report));
    }

    private async Task RestAsync(Watched watched, CancellationToken cancellationToken)
    {
        await Task.Delay(request.Watch, cancellationToken).ConfigureAwait(false);
        watched.Add(Sample(SampleMoment.Idle, await AskAsync(watched, ["s"], cancellationToken).ConfigureAwait(false)));
    }

    // A program that does nothing and grows between any two looks is watched until it stops growing, ends, or the time is over.
    private async Task IdleAsync(Watched watched, CancellationToken cancellationToken)
    {
        List<ServiceSample> looks = [];
        long begin = Stopwatch.GetTimestamp();
        for (int look = 0; ; look++)
        {
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
            ServiceSample sample = Sample(SampleMoment.Idle, await AskAsync(watched, ["s"], cancellationToken).ConfigureAwait(false));
            watched.Add(sample);
            looks.Add(sample);
            bool isGrowing = looks.Count < 2 || looks[^1].Memory >= looks[^2].Memory + Growth;
            if (look + 1 < IdleLooks)
            {
                continue;
            }

            watched.Seen = watched.Seen with { StillGrows = isGrowing };
            if (!isGrowing || Stopwatch.GetElapsedTime(begin) > request.LeakTime)
            {
                return;
            }
        }
    }

    private async Task StopAsync(Watched watched, CancellationToken cancellationToken)
    {
        string signal = watched.Config.StopSignal is { Length: > 0 } own ? own : "SIGTERM";
        ProcessStatus? first = watched.Seen.Samples.Count > 0 ? watched.Seen.Samples[^1].Processes.FirstOrDefault(process => process.Pid == 1) : null;
        long begin = Stopwatch.GetTimestamp();
        await session.Engine.Containers.KillAsync(watched.Id, signal, cancellationToken).ConfigureAwait(false);
        for (; ; )
        {
            ContainerState? state = await session.Engine.Containers.InspectAsync(watched.Id, cancellationToken).ConfigureAwait(false);
            TimeSpan after = Stopwatch.GetElapsedTime(begin);
            if (state is null)
            {
                watched.Seen = watched.Seen with { Problem = "the engine does not know it any more" };
                return;
            }

            if (!state.IsRunning || after > request.Grace)
            {
                watched.Seen = watched.Seen with { Stop = new StopObservation(signal, !state.IsRunning, after, state.ExitCode, first) };
                return;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<ProbeReport> AskAsync(Watched watched, IReadOnlyList<string> question, CancellationToken cancellationToken)
    {
        ProbeReader reader = new();
        OutputTail tail = new();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Timeout + request.Ready + request.LoadTime);
        string[] command = [Probe, .. question, "status", "fd/", .. Listener.Files, "/proc/1/stat", "/proc/uptime"];
        try
        {
            await session.Engine.Containers.ExecuteAsync(watched.Id, new ContainerProgram(command), (kind, bytes) =>
            {
                if (kind == 1)
                {
                    reader.Feed(bytes.Span);
                    return true;
                }

                return ContainerRunner.Keep(tail, bytes.Span);
            }, limit.Token).ConfigureAwait(false);
        }
        catch (Exception e) when ((e is OperationCanceledException && !cancellationToken.IsCancellationRequested) || e is InvalidDataException or IOException)
        {
            // The report is incomplete, which is all that matters.
        }

        if (!reader.Report.IsComplete)
        {
            throw new EngineRequestFailedException(session.Engine.Host, "look at a container", 409, tail.ToString() is { Length: > 0 } said ? said : "the probe was stopped");
        }

        return reader.Report;
    }

    private static ServiceSample Sample(SampleMoment moment, ProbeReport report)
    {
        long? descriptors = 0;
        foreach (ProcessStatus process in report.AtEnd.Where(process => process.State != 'Z'))
        {
            descriptors += report.Files.TryGetValue((process.Pid, "fd/"), out byte[]? text) && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long count) ? count : null;
        }

        return new ServiceSample(moment, report.AtEnd, descriptors, Listener.Of(report));
    }

    // Field 22 of stat is when the process began, in hundredths of seconds since the machine did; proc_pid_stat(5), proc_uptime(5).
    private static TimeSpan? Age(ProbeReport report)
    {
        string stat = report.Text("/proc/1/stat") ?? "", uptime = report.Text("/proc/uptime") ?? "";
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > 19 && double.TryParse(fields[19], NumberStyles.None, CultureInfo.InvariantCulture, out double start)
            && double.TryParse(uptime.Split(' ')[0], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double now)
            ? TimeSpan.FromSeconds(Math.Max(0, now - (start / 100))) : TimeSpan.Zero;
    }

    /// <summary>The command of a health check; null where there is none.</summary>
    internal static IReadOnlyList<string>? HealthCommand(ImageHealthcheck? check) => check?.Test switch
    {
        ["CMD", _, ..] => [.. check.Test.Skip(1)],
        ["CMD-SHELL", var line, ..] => ["/bin/sh", "-c", line],
        _ => null,
    };

    private static string Milliseconds(TimeSpan time) => ((long)time.TotalMilliseconds).ToString(CultureInfo.InvariantCulture);

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private sealed class Watched(string id, ImageConfig config, ServiceObservation seen)
    {
        public string Id { get; } = id;

        public ImageConfig Config { get; } = config;

        public ServiceObservation Seen { get; set; } = seen;

        public void Add(ServiceSample sample) => Seen = Seen with { Samples = [.. Seen.Samples, sample] };
    }
}
