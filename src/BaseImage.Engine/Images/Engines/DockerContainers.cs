using Docker.DotNet.Models;

namespace BaseImage.Engine.Images.Engines;

/// <summary>An engine's containers through Docker's API. Source: Docker Engine API 1.41, "Container", "Volume".</summary>
internal sealed class DockerContainers(DockerConnection connection) : IEngineContainers
{
    private const int MaxChanges = 10_000;

    /// <inheritdoc/>
    public async Task<string> CreateAsync(ContainerPlan plan, CancellationToken cancellationToken)
    {
        CreateContainerParameters parameters = new()
        {
            Image = plan.Image,
            Entrypoint = plan.Entrypoint is { } entrypoint ? [.. entrypoint] : null,
            Cmd = plan.Arguments is { } arguments ? [.. arguments] : null,
            User = plan.User,
            Labels = new Dictionary<string, string>(plan.Labels),
            Hostname = plan.HostName.Length > 0 ? plan.HostName : null,
            Env = plan.Environment.Count > 0 ? [.. plan.Environment] : null,
            Tty = plan.HasTerminal,
            AttachStdout = true,
            AttachStderr = true,

            // A health check would be a second program beside the one that is looked at; Podman wants systemd for it.
            Healthcheck = new HealthConfig { Test = ["NONE"] },
            HostConfig = new HostConfig
            {
                NetworkMode = "none",
                ReadonlyRootfs = plan.ReadOnlyRoot,
                CapDrop = plan.DropCapabilities ? ["ALL"] : null,
                CapAdd = plan.AddCapabilities.Count > 0 ? [.. plan.AddCapabilities] : null,
                SecurityOpt = plan.NoNewPrivileges ? ["no-new-privileges"] : null,
                Memory = plan.Memory,
                MemorySwap = plan.Memory,
                PidsLimit = plan.Processes > 0 ? plan.Processes : null,
                NanoCPUs = (long)(plan.Processors * 1_000_000_000),
                PidMode = plan.ProcessesOf is { } other ? "container:" + other : null,
                Tmpfs = plan.TemporaryFolders.Count == 0 ? null : plan.TemporaryFolders.ToDictionary(path => path, _ => "rw,nosuid,nodev,mode=1777"),
                Mounts = [.. plan.Volumes.Select(volume => new Mount { Type = "volume", Source = volume.Name, Target = volume.Path, ReadOnly = volume.IsReadOnly, VolumeOptions = volume.IsReadOnly ? new VolumeOptions { NoCopy = true } : null })],
                RestartPolicy = new RestartPolicy { Name = RestartPolicyKind.No },

                // What is written is read as it comes and kept nowhere.
                LogConfig = new LogConfig { Type = "none" },
            },
        };
        CreateContainerResponse answer = await connection.AskAsync("make a container", (client, token) => client.Containers.CreateContainerAsync(parameters, token), cancellationToken).ConfigureAwait(false);
        return IsId(answer?.ID) ? answer!.ID : throw new Errors.EngineAnswerInvalidException(connection.Endpoint.Host, "the container that it made has no id");
    }

    /// <inheritdoc/>
    public Task<Stream> AttachAsync(string id, CancellationToken cancellationToken)
        => connection.StreamAsync("show a container's output", HttpMethod.Post, $"/containers/{id}/attach?stream=1&stdout=1&stderr=1", cancellationToken);

    /// <inheritdoc/>
    public Task StartAsync(string id, CancellationToken cancellationToken)
        => connection.AskAsync("start a container", (client, token) => client.Containers.StartContainerAsync(id, new ContainerStartParameters(), token), cancellationToken);

    /// <inheritdoc/>
    public async Task<long?> ExecuteAsync(string id, ContainerProgram program, Func<int, ReadOnlyMemory<byte>, bool> receive, CancellationToken cancellationToken)
    {
        ContainerExecCreateParameters parameters = new()
        {
            AttachStdout = true,
            AttachStderr = true,
            Cmd = [.. program.Command],
            Env = [.. program.Environment],
            User = program.User,
        };
        ContainerExecCreateResponse answer = await connection.AskAsync("prepare a program in a container", (client, token) => client.Exec.ExecCreateContainerAsync(id, parameters, token), cancellationToken).ConfigureAwait(false);
        if (!IsId(answer?.ID))
        {
            throw new Errors.EngineAnswerInvalidException(connection.Endpoint.Host, "the program that it prepared has no id");
        }

        await using (Stream stream = await connection.StreamAsync("run a program in a container", HttpMethod.Post, $"/exec/{answer!.ID}/start", cancellationToken, """{"Detach":false,"Tty":false}""").ConfigureAwait(false))
        {
            await EngineOutput.ReadAsync(stream, receive, cancellationToken).ConfigureAwait(false);
        }

        // The output may end a moment before the engine has been told of the end.
        for (int attempt = 0; ; attempt++)
        {
            ContainerExecInspectResponse? state = await connection.TryAskAsync("describe a program in a container", (client, token) => client.Exec.InspectContainerExecAsync(answer.ID, token), cancellationToken).ConfigureAwait(false);
            if (state is not { Running: true } || attempt >= 40)
            {
                return state is null or { Running: true } ? null : state.ExitCode;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(25), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public async Task KillAsync(string id, string signal, CancellationToken cancellationToken)
    {
        try
        {
            await connection.AskAsync("end a container", (client, token) => client.Containers.KillContainerAsync(id, new ContainerKillParameters { Signal = signal }, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Errors.EngineRequestFailedException e) when (e.Status is 404 or 409 or 500)
        {
            // It does not run, or is not there any more; Podman says so with 409 or 500.
        }
    }

    /// <inheritdoc/>
    public async Task<ContainerState?> InspectAsync(string id, CancellationToken cancellationToken)
    {
        ContainerInspectResponse? container = await connection.TryAskAsync("describe a container", (client, token) => client.Containers.InspectContainerAsync(id, token), cancellationToken).ConfigureAwait(false);
        return container?.State is not { } state ? null : new ContainerState
        {
            IsRunning = state.Running,
            ExitCode = state.ExitCode,
            WasOutOfMemory = state.OOMKilled,
            Error = EngineText.Safe(state.Error ?? ""),
            Memory = container.HostConfig?.Memory ?? 0,
            Processes = container.HostConfig?.PidsLimit ?? 0,
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<string>> ChangesAsync(string id, CancellationToken cancellationToken)
    {
        IList<ContainerFileSystemChangeResponse>? changes = await connection.AskAsync("list a container's changes", (client, token) => client.Containers.InspectChangesAsync(id, token), cancellationToken).ConfigureAwait(false);
        return [.. (changes ?? []).OfType<ContainerFileSystemChangeResponse>().Select(change => change.Path).OfType<string>().Take(MaxChanges).Order(StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async Task RemoveAsync(string id, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await connection.AskAsync("remove a container", (client, token) => client.Containers.RemoveContainerAsync(id, new ContainerRemoveParameters { Force = true, RemoveVolumes = true }, token), cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Errors.EngineRequestFailedException e) when (e.Status == 404)
            {
                return;
            }
            catch (Errors.EngineRequestFailedException e) when (e.Status is 409 or 500 && attempt < 20)
            {
                // Somebody else is removing it, or it is between two states.
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <inheritdoc/>
    public Task CreateVolumeAsync(string name, IReadOnlyDictionary<string, string> labels, CancellationToken cancellationToken)
        => connection.AskAsync("make a volume", (client, token) => client.Volumes.CreateAsync(new VolumesCreateParameters { Name = name, Labels = new Dictionary<string, string>(labels) }, token), cancellationToken);

    /// <inheritdoc/>
    public Task RemoveVolumeAsync(string name, CancellationToken cancellationToken)
        => RemoveAsync("remove a volume", (client, token) => client.Volumes.RemoveAsync(name, force: true, token), cancellationToken);

    /// <inheritdoc/>
    public Task RemoveImageAsync(string id, CancellationToken cancellationToken)
        => RemoveAsync("remove an image", (client, token) => client.Images.DeleteImageAsync(id, new ImageDeleteParameters { Force = true, NoPrune = true }, token), cancellationToken);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<LabelledItem>> FindAsync(string label, CancellationToken cancellationToken)
    {
        Dictionary<string, IDictionary<string, bool>> filters = new() { ["label"] = new Dictionary<string, bool> { [label] = true } };
        List<LabelledItem> items = [];
        IList<ContainerListResponse>? containers = await connection.AskAsync("list containers", (client, token) => client.Containers.ListContainersAsync(new ContainersListParameters { All = true, Filters = filters }, token), cancellationToken).ConfigureAwait(false);

        // A side-car goes before the container whose processes it sees; engines list the newest first.
        items.AddRange((containers ?? []).Where(c => IsId(c?.ID)).Select(c => new LabelledItem(LabelledKind.Container, c.ID, Labels(c.Labels))));
        VolumesListResponse? volumes = await connection.AskAsync("list volumes", (client, token) => client.Volumes.ListAsync(new VolumesListParameters { Filters = filters }, token), cancellationToken).ConfigureAwait(false);
        items.AddRange((volumes?.Volumes ?? []).Where(v => v?.Name is { Length: > 0 and < 256 } name && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')).Select(v => new LabelledItem(LabelledKind.Volume, v.Name, Labels(v.Labels))));
        IList<ImagesListResponse>? images = await connection.AskAsync("list images", (client, token) => client.Images.ListImagesAsync(new ImagesListParameters { Filters = filters }, token), cancellationToken).ConfigureAwait(false);
        items.AddRange((images ?? []).Where(i => IsId(i?.ID)).DistinctBy(i => i.ID).Select(i => new LabelledItem(LabelledKind.Image, i.ID, Labels(i.Labels))));

        // The engine's filter is not believed: what lacks the label is nobody's to remove.
        return [.. items.Where(item => item.Labels.ContainsKey(label))];
    }

    private async Task RemoveAsync(string what, Func<Docker.DotNet.DockerClient, CancellationToken, Task> remove, CancellationToken cancellationToken)
    {
        for (int attempt = 0; ; attempt++)
        {
            try
            {
                await connection.AskAsync(what, remove, cancellationToken).ConfigureAwait(false);
                return;
            }
            catch (Errors.EngineRequestFailedException e) when (e.Status == 404)
            {
                return;
            }
            catch (Errors.EngineRequestFailedException e) when (e.Status is 409 or 500 && attempt < 20)
            {
                // The container that used it is still on its way out.
                await Task.Delay(TimeSpan.FromMilliseconds(100), cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private static bool IsId(string? id) => id is { Length: >= 12 and <= 128 } && id.All(c => char.IsAsciiHexDigitLower(c) || c is ':' or 's' or 'h');

    private static SortedDictionary<string, string> Labels(IDictionary<string, string>? labels) => new(labels ?? new Dictionary<string, string>(), StringComparer.Ordinal);
}
