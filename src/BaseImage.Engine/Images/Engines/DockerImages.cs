using BaseImage.Errors;
using Docker.DotNet.Models;

namespace BaseImage.Engine.Images.Engines;

/// <summary>An engine's images through Docker's API. Source: Docker Engine API 1.41, "Image".</summary>
internal sealed class DockerImages(DockerConnection connection) : IEngineImages
{
    private const int MaxImages = 100_000;

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EngineImageRow>> ListAsync(CancellationToken cancellationToken)
    {
        IList<ImagesListResponse> images = await connection.AskAsync("list images", (client, token) => client.Images.ListImagesAsync(new ImagesListParameters(), token), cancellationToken).ConfigureAwait(false);
        if (images is null || images.Count > MaxImages)
        {
            throw Wrong(images is null ? "its list of images is null" : $"it lists {images.Count} images; at most {MaxImages} are read");
        }

        // Podman lists an image once a name.
        return [.. images.OfType<ImagesListResponse>()
            .Select(image => new EngineImageRow(Id(image.ID), Tags(image.RepoTags), Digests(image.RepoDigests), Math.Max(image.Size, 0)))
            .GroupBy(row => row.Id)
            .Select(group => group.First() with { Tags = [.. group.SelectMany(row => row.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], RepoDigests = [.. group.SelectMany(row => row.RepoDigests).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)] })
            .OrderBy(row => row.Tags.Count == 0).ThenBy(row => row.Tags.Count > 0 ? row.Tags[0] : row.Id.ToString(), StringComparer.Ordinal)];
    }

    /// <inheritdoc/>
    public async Task<EngineImage?> InspectAsync(string name, CancellationToken cancellationToken)
    {
        ImageInspectResponse? image = await connection.TryAskAsync($"describe the image {name}", (client, token) => client.Images.InspectImageAsync(name, token), cancellationToken).ConfigureAwait(false);
        if (image is null)
        {
            return null;
        }

        // Images that were imported from a bare tar may name neither.
        (string os, string architecture) = (string.IsNullOrEmpty(image.Os) ? "unknown" : image.Os, string.IsNullOrEmpty(image.Architecture) ? "unknown" : image.Architecture);
        string platform = string.IsNullOrEmpty(image.Variant) ? $"{os}/{architecture}" : $"{os}/{architecture}/{image.Variant}";
        return new EngineImage
        {
            Id = Id(image.ID),
            Parent = Digest.TryParse(image.Parent, out Digest parent) ? parent : default,
            Tags = Tags(image.RepoTags),
            RepoDigests = Digests(image.RepoDigests),
            Size = Math.Max(image.Size, 0),
            Config = new OciConfig
            {
                Platform = Platform.TryParse(platform, out Platform? parsed) && platform.Length <= 128 ? parsed : throw Wrong($"the image {name} names no platform ('{EngineText.Safe(platform)}')"),
                Created = Time(image.Created),
                Author = image.Author ?? "",
                Config = Config(image.Config),
                DiffIds = [.. (image.RootFS?.Layers ?? []).Select(layer => Digest.TryParse(layer, out Digest digest) ? digest : throw Wrong($"the image {name} has a layer '{EngineText.Safe(layer ?? "null")}', which is no digest"))],
            },
        };
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<EngineHistory>> HistoryAsync(string id, CancellationToken cancellationToken)
    {
        IList<ImageHistoryResponse> steps = await connection.AskAsync($"tell the history of the image {id}", (client, token) => client.Images.GetImageHistoryAsync(id, token), cancellationToken).ConfigureAwait(false);
        return [.. (steps ?? []).OfType<ImageHistoryResponse>().Reverse().Select(step => new EngineHistory(Time(step.Created), step.CreatedBy ?? "", step.Comment ?? "", Math.Max(step.Size, 0)))];
    }

    /// <inheritdoc/>
    public async Task<Stream> ExportAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken)
        => await connection.AskAsync($"export {(ids.Count == 1 ? "the image " + ids[0] : ids.Count + " images")}", (client, token) => client.Images.SaveImagesAsync([.. ids], token), cancellationToken).ConfigureAwait(false);

    /// <inheritdoc/>
    public async Task<IReadOnlyList<Digest>> LoadAsync(Stream archive, CancellationToken cancellationToken)
    {
        LoadedIds loaded = new();
        await connection.AskAsync("load the image", (client, token) => client.Images.LoadImageAsync(new ImageLoadParameters { Quiet = true }, archive, loaded, token), cancellationToken).ConfigureAwait(false);
        return loaded.Ids;
    }

    /// <inheritdoc/>
    public Task TagAsync(string id, string repository, string tag, CancellationToken cancellationToken)
        => connection.AskAsync($"name the image {repository}:{tag}", (client, token) => client.Images.TagImageAsync(id, new ImageTagParameters { RepositoryName = repository, Tag = tag }, token), cancellationToken);

    /// <inheritdoc/>
    public async Task UntagAsync(Digest id, string repository, string tag, CancellationToken cancellationToken)
    {
        // In Docker's API a name is taken away by removing the image.
        string path = $"v4.0.0/libpod/images/{id.Hex}/untag?repo={Uri.EscapeDataString(repository)}&tag={Uri.EscapeDataString(tag)}";
        await using Stream answer = await connection.StreamAsync($"take the name {repository}:{tag} away", System.Net.Http.HttpMethod.Post, path, content: null, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public Task RemoveAsync(string nameOrId, CancellationToken cancellationToken)
        => connection.TryAskAsync($"remove {nameOrId}", (client, token) => client.Images.DeleteImageAsync(nameOrId, new ImageDeleteParameters(), token), cancellationToken);

    private static ImageConfig Config(Config? config) => config is null ? new ImageConfig() : new ImageConfig
    {
        User = config.User ?? "",
        Env = [.. (config.Env ?? []).OfType<string>()],
        Entrypoint = config.Entrypoint is { Count: > 0 } entrypoint ? [.. entrypoint] : null,
        Cmd = config.Cmd is { Count: > 0 } command ? [.. command] : null,
        WorkingDir = config.WorkingDir ?? "",
        Labels = new SortedDictionary<string, string>(config.Labels ?? new Dictionary<string, string>(), StringComparer.Ordinal),
        StopSignal = string.IsNullOrEmpty(config.StopSignal) ? null : config.StopSignal,
        ExposedPorts = [.. (config.ExposedPorts?.Keys ?? []).Order(StringComparer.Ordinal)],
        Volumes = [.. (config.Volumes?.Keys ?? []).Order(StringComparer.Ordinal)],
        OnBuild = [.. (config.OnBuild ?? []).OfType<string>()],
        Shell = config.Shell is { Count: > 0 } shell ? [.. shell] : null,
        Healthcheck = config.Healthcheck is { Test.Count: > 0 } health
            ? new ImageHealthcheck([.. health.Test], Span(health.Interval), Span(health.Timeout), health.StartPeriod > 0 ? TimeSpan.FromTicks(health.StartPeriod / 100) : null, health.Retries is > 0 and <= int.MaxValue ? (int)health.Retries : null)
            : null,
    };

    private static TimeSpan? Span(TimeSpan value) => value > TimeSpan.Zero ? value : null;

    private static DateTimeOffset? Time(DateTime time) => time.Year <= 1 ? null : new DateTimeOffset(DateTime.SpecifyKind(time.Kind is DateTimeKind.Local ? time.ToUniversalTime() : time, DateTimeKind.Utc));

    // An engine writes <none>:<none> for what has no name. Only what reads back as a name is passed on.
    private static string[] Tags(IList<string>? tags)
        => [.. (tags ?? []).OfType<string>().Select(EngineNames.Familiar).Where(tag => ImageReference.TryParse("docker-daemon:" + tag, out ImageReference? parsed) && parsed.Tag.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private static string[] Digests(IList<string>? digests)
        => [.. (digests ?? []).OfType<string>().Select(EngineNames.Familiar).Where(name => ImageReference.TryParse("docker-daemon:" + name, out ImageReference? parsed) && !parsed.Digest.IsEmpty && parsed.Name.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    // Podman leaves the algorithm out.
    private Digest Id(string? id) => Digest.TryParse(id, out Digest digest) || Digest.TryParse("sha256:" + id, out digest) ? digest : throw Wrong($"'{EngineText.Safe(id ?? "null")}' is no image's id");

    private EngineAnswerInvalidException Wrong(string problem) => new(connection.Endpoint.Host, problem);

    // Docker and Podman both write a line that ends in the id or the name of what was loaded.
    private sealed class LoadedIds : IProgress<JSONMessage>
    {
        internal List<Digest> Ids { get; } = [];

        public void Report(JSONMessage value)
        {
            string last = (value?.Stream ?? "").TrimEnd().Split(' ')[^1];
            if (Digest.TryParse(last, out Digest id))
            {
                Ids.Add(id);
            }
        }
    }
}
