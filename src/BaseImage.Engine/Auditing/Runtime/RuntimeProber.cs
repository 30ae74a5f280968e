using BaseImage.Engine.Auditing.Runtime.Probe;
using BaseImage.Engine.Auditing.Structure;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Runtime;

/// <summary>An image and platform that can be run.</summary>
/// <param name="Reference">The image, pinned.</param>
/// <param name="Manifest">Its documents and layers.</param>
internal sealed record RuntimeTarget(ImageReference Reference, SourceManifest Manifest);

/// <summary>Runs images and says what was seen.</summary>
internal interface IObserveRuntime
{
    /// <summary>Runs one. What goes wrong is in the facts; only cancellation is thrown.</summary>
    Task<RuntimeFacts> ObserveAsync(RuntimeTarget target, RuntimeRequest request, RunNeeds needs, IReporter reporter, CancellationToken cancellationToken);

    /// <summary>Runs command tests. What goes wrong is in the answer; only cancellation is thrown.</summary>
    Task<StructureCommands> RunCommandsAsync(RuntimeTarget target, RuntimeRequest request, IReadOnlyList<(StructureTestFile File, CommandTest Test)> tests, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>
/// Runs an image as a plain run would and under the lock-down. A program that stands the lock-down is run three times;
/// for one that does not, each condition is tried alone, so that every rule is judged by a run of its own.
/// </summary>
/// <param name="connect">Meets the engine.</param>
/// <param name="temporaryPath">Names a file that nobody else uses, for an image on its way to the engine.</param>
/// <param name="time">The clock.</param>
internal sealed class RuntimeProber(Func<CancellationToken, Task<IContainerEngine>> connect, Func<string> temporaryPath, TimeProvider time) : IObserveRuntime
{
    /// <summary>A user as platforms that give every project its own range assign it: no image knows it, and its group is root's.</summary>
    public const string ArbitraryUser = "1000660000:0";

    /// <summary>A name as long as a host's may be, which nobody expects.</summary>
    public const string OtherHostName = "baseimage-runs-this-image-under-a-name-that-it-does-not-expect0";

    private const string Activity = "Running images";
    private const long AmpleMemory = 2L << 30;
    private const long AmpleProcesses = 4096;
    private const int Ample = 4;

    /// <inheritdoc/>
    public async Task<RuntimeFacts> ObserveAsync(RuntimeTarget target, RuntimeRequest request, RunNeeds needs, IReporter reporter, CancellationToken cancellationToken)
    {
        Platform platform = target.Manifest.Platform;
        if (platform.Os != "linux")
        {
            return new RuntimeFacts { Skipped = $"Only Linux images are run (os={platform.Os})." };
        }

        if (!ProbeProgram.Supports(platform))
        {
            return new RuntimeFacts { Skipped = $"There is no probe for {platform}." };
        }

        // Well before the lease ends, so that no other process takes the run for abandoned.
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RunLabels.Lease / 2);
        try
        {
            // Asked before anything is connected to: -WhatIf needs no engine.
            if (!await request.ConfirmAsync(target.Reference.ToString(), "Run it in locked-down containers of the engine").ConfigureAwait(false))
            {
                return new RuntimeFacts { Skipped = "It was not run: that was not confirmed." };
            }

            IContainerEngine engine = await connect(limit.Token).ConfigureAwait(false);
            return engine.Info.Platform.Os == "linux"
                ? await RunAsync(engine, target, request, needs, reporter, limit.Token).ConfigureAwait(false)
                : new RuntimeFacts { Skipped = $"The engine runs {engine.Info.Platform}, and the image is for {platform}." };
        }
        catch (ProbeNotRunnableException e)
        {
            return new RuntimeFacts { Skipped = e.Message };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new RuntimeFacts { Failure = "Running it took longer than any run may." };
        }
        catch (Exception e) when (e is BaseImageException or IOException or InvalidDataException)
        {
            return new RuntimeFacts { Failure = e.Message };
        }
        finally
        {
            reporter.Progress(new ProgressUpdate(Activity, "", 0, 0, Completed: true));
        }
    }

    /// <inheritdoc/>
    public async Task<StructureCommands> RunCommandsAsync(RuntimeTarget target, RuntimeRequest request, IReadOnlyList<(StructureTestFile File, CommandTest Test)> tests, IReporter reporter, CancellationToken cancellationToken)
    {
        Platform platform = target.Manifest.Platform;
        if (platform.Os != "linux" || !ProbeProgram.Supports(platform))
        {
            return new StructureCommands { Skipped = $"images for {platform} are not run." };
        }

        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(RunLabels.Lease / 2);
        try
        {
            if (!await request.ConfirmAsync(target.Reference.ToString(), "Run the commands of structure tests in containers of the engine").ConfigureAwait(false))
            {
                return new StructureCommands { Skipped = "that was not confirmed." };
            }

            IContainerEngine engine = await connect(limit.Token).ConfigureAwait(false);
            reporter.Progress(new ProgressUpdate(Activity, $"{target.Reference.Name} {platform}: structure tests", 0, 0));
            RunSession session = await RunSession.OpenAsync(engine, platform, time, temporaryPath, request.Timeout, limit.Token).ConfigureAwait(false);
            await using (session.ConfigureAwait(false))
            {
                string image = target.Reference.Transport is ImageTransport.DockerDaemon
                    ? target.Manifest.ConfigDescriptor.Digest.ToString()
                    : await session.BringAsync(target.Manifest, limit.Token).ConfigureAwait(false);
                return new StructureCommands { Outcomes = await new CommandRunner(session, request).RunAsync(image, target.Manifest.Config.Config, tests, limit.Token).ConfigureAwait(false) };
            }
        }
        catch (ProbeNotRunnableException e)
        {
            return new StructureCommands { Skipped = e.Message };
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new StructureCommands { Failure = "running the commands took longer than any run may" };
        }
        catch (Exception e) when (e is BaseImageException or IOException or InvalidDataException)
        {
            return new StructureCommands { Failure = e.Message };
        }
        finally
        {
            reporter.Progress(new ProgressUpdate(Activity, "", 0, 0, Completed: true));
        }
    }

    private async Task<RuntimeFacts> RunAsync(IContainerEngine engine, RuntimeTarget target, RuntimeRequest request, RunNeeds needs, IReporter reporter, CancellationToken cancellationToken)
    {
        void Tell(string what)
        {
            reporter.Verbose($"{target.Reference}: {what}.");
            reporter.Progress(new ProgressUpdate(Activity, $"{target.Reference.Name} {target.Manifest.Platform}: {what}", 0, 0));
        }

        Tell("bringing the probe to the engine");
        RunSession session = await RunSession.OpenAsync(engine, target.Manifest.Platform, time, temporaryPath, request.Timeout, cancellationToken).ConfigureAwait(false);
        await using (session.ConfigureAwait(false))
        {
            string image = target.Reference.Transport is ImageTransport.DockerDaemon
                ? target.Manifest.ConfigDescriptor.Digest.ToString()
                : await session.BringAsync(target.Manifest, cancellationToken).ConfigureAwait(false);
            ImageConfig config = target.Manifest.Config.Config;
            Runs runs = new(new ContainerRunner(session, request.Watch, request.Timeout), new ContainerRunner(session, request.LeakTime, request.Timeout), new ServiceRunner(session, request, needs.HasFlag(RunNeeds.Trace)), image, [.. config.Entrypoint ?? [], .. config.Cmd ?? []], Tell, cancellationToken);
            return await runs.AllAsync(config, request, needs).ConfigureAwait(false);
        }
    }

    private sealed class Runs(ContainerRunner runner, ContainerRunner patient, ServiceRunner services, string image, IReadOnlyList<string> program, Action<string> tell, CancellationToken cancellationToken)
    {
        private bool _isDirect;

        public async Task<RuntimeFacts> AllAsync(ImageConfig config, RuntimeRequest request, RunNeeds needs)
        {
            RunProfile ample = new() { Memory = Math.Max(request.Memory * Ample, AmpleMemory), Processes = Math.Max(request.Processes * Ample, AmpleProcesses), Processors = 0 };
            if (needs.HasFlag(RunNeeds.Trace))
            {
                return await TraceAsync(config, request, ample).ConfigureAwait(false);
            }

            RunObservation given = await RunAsync("running as given", ample).ConfigureAwait(false);
            if (program.Count > 0 && given is { Outcome: RunOutcome.Ended, IsGood: false })
            {
                // It may be one that insists on being the first process.
                tell("running as given, as the first process");
                RunObservation direct = await runner.DirectAsync(image, ample, traces: false, cancellationToken).ConfigureAwait(false);
                (_isDirect, given) = direct.IsGood ? (true, direct with { Given = given.Given }) : (false, given);
            }

            RunProfile locked = ample with
            {
                User = request.User ?? Numeric(config.User, given.Given),
                ReadOnlyRoot = true,
                Unprivileged = true,
                Memory = request.Memory,
                Processes = request.Processes,
                Processors = request.Processors,
            };
            RuntimeFacts facts = new()
            {
                Program = program,
                IsDirect = _isDirect,
                AsGiven = given,
                Request = request,
                LockedDown = needs == RunNeeds.Given ? null : await RunAsync("running locked down", locked).ConfigureAwait(false),
            };
            if (program.Count == 0)
            {
                return facts;
            }

            if (!given.IsGood)
            {
                return needs.HasFlag(RunNeeds.Surroundings) && given.Outcome is RunOutcome.Ended
                    ? facts with { Terminal = await TerminalAsync(ample).ConfigureAwait(false) } : facts;
            }

            RunProfile best = facts.StandsLockDown ? locked : ample;
            if (needs.HasFlag(RunNeeds.ArbitraryUser))
            {
                facts = facts with { ArbitraryUser = await RunAsync("running as an arbitrary user", best with { User = ArbitraryUser }).ConfigureAwait(false) };
            }

            if (needs.HasFlag(RunNeeds.Surroundings))
            {
                facts = facts with { OtherHost = await RunAsync("running under another host name", best with { HostName = OtherHostName }).ConfigureAwait(false) };
            }

            if (needs.HasFlag(RunNeeds.Service) && given.Outcome is RunOutcome.Runs)
            {
                tell("running as a service");
                facts = facts with { Service = await services.ServeAsync(image, config, best with { Memory = request.Memory }, cancellationToken).ConfigureAwait(false) };
                if (facts.Service is { EndedEarly.Length: > 0, EndState: { ExitCode: ContainerRunner.Killed, WasOutOfMemory: false } })
                {
                    tell("running up to the memory limit");
                    facts = facts with { MemoryToTheEnd = await patient.WrapAsync(image, program, best with { Memory = request.Memory }, cancellationToken).ConfigureAwait(false) };
                }
            }

            return facts.StandsLockDown || !needs.HasFlag(RunNeeds.LockDown) ? facts : facts with
            {
                ProcessorsAlone = await RunAsync("running within the processors", ample with { Processors = request.Processors }).ConfigureAwait(false),
                ReadOnlyAlone = await RunAsync("running on a read-only root", ample with { ReadOnlyRoot = true }).ConfigureAwait(false),
                UnprivilegedAlone = await RunAsync("running without capabilities", ample with { Unprivileged = true }).ConfigureAwait(false),
                MemoryAlone = await RunAsync("running within the memory limit", ample with { Memory = request.Memory }).ConfigureAwait(false),
                ProcessesAlone = await RunAsync("running within the process limit", ample with { Processes = request.Processes }).ConfigureAwait(false),
            };
        }

        // From its first moment below the probe, and as a service with the probe beside it, which sees all users' processes.
        private async Task<RuntimeFacts> TraceAsync(ImageConfig config, RuntimeRequest request, RunProfile profile)
        {
            Touches touches = new();
            tell("recording what it touches");
            RunObservation given = await runner.TraceAsync(image, program, profile, cancellationToken).ConfigureAwait(false);
            touches.Add(given.Touches ?? new Touches());
            if (given is { Outcome: RunOutcome.Ended, IsGood: false })
            {
                tell("recording what it touches, as the first process");
                RunObservation direct = await runner.DirectAsync(image, profile, traces: true, cancellationToken).ConfigureAwait(false);
                touches.Add(direct.Touches ?? new Touches());
                given = direct.IsGood ? direct : given;
            }

            RuntimeFacts facts = new() { Program = program, AsGiven = given, Request = request, Touches = touches };
            if (given.Outcome is RunOutcome.Runs)
            {
                tell("recording what it touches as a service");
                ServiceObservation service = await services.ServeAsync(image, config, profile, cancellationToken).ConfigureAwait(false);

                // What one user's probe was not let see, this one was.
                touches.Unseen = service.Touches is null ? touches.Unseen : 0;
                touches.Add(service.Touches ?? new Touches());
                facts = facts with { Service = service };
            }

            return facts;
        }

        private Task<RunObservation> TerminalAsync(RunProfile profile)
        {
            tell("running with a terminal");
            return runner.DirectAsync(image, profile with { HasTerminal = true }, traces: false, cancellationToken);
        }

        private Task<RunObservation> RunAsync(string what, RunProfile profile)
        {
            tell(what);
            return program.Count == 0 ? runner.WaitAsync(image, profile, cancellationToken)
                : _isDirect ? runner.DirectAsync(image, profile, traces: false, cancellationToken)
                : runner.WrapAsync(image, program, profile, cancellationToken);
        }

        // The number that the engine made of the name; the group too where the image names one, else the engine's lookup stays.
        private static string Numeric(string user, ProcessStatus? given)
            => given is null ? ""
                : user.Contains(':', StringComparison.Ordinal) ? string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{given.Uids.Effective}:{given.Gids.Effective}")
                : given.Uids.Effective.ToString(System.Globalization.CultureInfo.InvariantCulture);
    }
}
