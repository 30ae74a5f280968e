using System.Text;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Auditing.Structure;

/// <summary>
/// Runs command tests, each in a container of its own whose first process is the probe, which waits. So setup, command and
/// teardown meet in one file system, and an image without a shell or a program that runs on can be tested.
/// </summary>
internal sealed class CommandRunner(RunSession session, RuntimeRequest request)
{
    private const int MaximumOutput = 1 << 20;

    /// <summary>Runs them one after the other.</summary>
    public async Task<IReadOnlyDictionary<CommandTest, CommandOutcome>> RunAsync(string image, ImageConfig config, IEnumerable<(StructureTestFile File, CommandTest Test)> tests, CancellationToken cancellationToken)
    {
        Dictionary<CommandTest, CommandOutcome> outcomes = new(ReferenceEqualityComparer.Instance);
        foreach ((StructureTestFile file, CommandTest test) in tests)
        {
            outcomes[test] = await OneAsync(image, config, file, test, cancellationToken).ConfigureAwait(false);
        }

        return outcomes;
    }

    private async Task<CommandOutcome> OneAsync(string image, ImageConfig config, StructureTestFile file, CommandTest test, CancellationToken cancellationToken)
    {
        string folder = "/.baseimage-" + session.Labels.Id;
        string[] global = [.. file.Environment.Select(pair => $"{pair.Key}={pair.Value}"), .. file.GlobalEnv.Select(value => $"{value.Key}={value.Value}")];
        ContainerPlan plan = new()
        {
            Image = image,
            Labels = session.Labels.Labels,
            Entrypoint = [folder + "/probe"],
            Arguments = ["p"],
            User = file.User,
            Environment = global,
            DropCapabilities = true,
            AddCapabilities = file.Capabilities,
            NoNewPrivileges = true,
            Memory = request.Memory,
            Processes = request.Processes,
            Processors = request.Processors,
            Volumes = [new ContainerVolume(session.Volume, folder, IsReadOnly: true)],
        };
        string id = await session.CreateAsync(plan, cancellationToken).ConfigureAwait(false);
        try
        {
            // Podman prepares a container when somebody attaches to it; what the probe says is not needed.
            await using Stream stream = await session.Engine.Containers.AttachAsync(id, cancellationToken).ConfigureAwait(false);
            await session.Engine.Containers.StartAsync(id, cancellationToken).ConfigureAwait(false);
            foreach (IReadOnlyList<string> words in test.Setup)
            {
                CommandOutcome done = await ExecuteAsync(id, words, test.Env, cancellationToken).ConfigureAwait(false);
                if (done is not { ExitCode: 0, Problem.Length: 0 })
                {
                    return done with { Problem = $"its setup '{string.Join(' ', words)}' failed: {(done.Problem.Length > 0 ? done.Problem : $"{done.Error}{done.Output}".Trim())}" };
                }
            }

            Dictionary<string, string> env = MetadataCheck.Environment(config);
            foreach ((string name, string value) in file.Environment)
            {
                env[name] = value;
            }

            foreach (NamedValue value in file.GlobalEnv)
            {
                env[value.Key] = value.Value;
            }

            CommandOutcome outcome = await ExecuteAsync(id, [.. test.Command.Select(word => GoExpansion.Expand(word, env))], test.Env, cancellationToken).ConfigureAwait(false);

            // A teardown's failure is no failure of the test; the container goes anyway.
            foreach (IReadOnlyList<string> words in test.Teardown)
            {
                await ExecuteAsync(id, words, test.Env, cancellationToken).ConfigureAwait(false);
            }

            return outcome;
        }
        catch (EngineRequestFailedException e)
        {
            return new CommandOutcome(null, "", "", $"the engine could not run its container: {e.Message}");
        }
        finally
        {
            await session.RemoveAsync(id).ConfigureAwait(false);
        }
    }

    private async Task<CommandOutcome> ExecuteAsync(string id, IReadOnlyList<string> words, IReadOnlyList<string> env, CancellationToken cancellationToken)
    {
        using MemoryStream output = new(), error = new();
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(request.Timeout);
        long? code = null;
        try
        {
            code = await session.Engine.Containers.ExecuteAsync(id, new ContainerProgram(words) { Environment = env }, (kind, bytes) =>
            {
                MemoryStream to = kind == 2 ? error : output;
                to.Write(bytes.Span[..(int)Math.Min(bytes.Length, MaximumOutput - to.Length)]);
                return true;
            }, limit.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            // Too long is an exit code of none.
        }
        catch (EngineRequestFailedException e)
        {
            return new CommandOutcome(null, "", "", $"'{words[0]}' could not be run: {e.Message}");
        }

        return new CommandOutcome(code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()), "");
    }
}
