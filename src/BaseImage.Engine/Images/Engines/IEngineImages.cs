namespace BaseImage.Engine.Images.Engines;

/// <summary>An engine's images.</summary>
internal interface IEngineImages
{
    /// <summary>Every image, one row an id, dangling ones too; no layers below images.</summary>
    Task<IReadOnlyList<EngineImageRow>> ListAsync(CancellationToken cancellationToken);

    /// <summary>What the engine says of an image by id, name or name@digest; null where it has none.</summary>
    Task<EngineImage?> InspectAsync(string name, CancellationToken cancellationToken);

    /// <summary>The steps of an image, oldest first.</summary>
    Task<IReadOnlyList<EngineHistory>> HistoryAsync(string id, CancellationToken cancellationToken);

    /// <summary>The images as one Docker archive, what they share once; the stream is read once and disposed of.</summary>
    Task<Stream> ExportAsync(IReadOnlyList<string> ids, CancellationToken cancellationToken);

    /// <summary>Loads an archive, and gives the ids that the engine names; names that it gives instead are left out.</summary>
    Task<IReadOnlyList<Digest>> LoadAsync(Stream archive, CancellationToken cancellationToken);

    /// <summary>Gives an image a name.</summary>
    Task TagAsync(string id, string repository, string tag, CancellationToken cancellationToken);

    /// <summary>Takes a name away from an image that stays, though it be its last: Podman alone can.</summary>
    Task UntagAsync(Digest id, string repository, string tag, CancellationToken cancellationToken);

    /// <summary>Takes a name away, or an image that has none; nothing happens where it is not there.</summary>
    Task RemoveAsync(string nameOrId, CancellationToken cancellationToken);
}

/// <summary>An image in a list.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Tags">Its names with tags.</param>
/// <param name="RepoDigests">Its names with digests, where it came from a registry or went to one.</param>
/// <param name="Size">Bytes of its layers, uncompressed, shared ones too.</param>
internal sealed record EngineImageRow(Digest Id, IReadOnlyList<string> Tags, IReadOnlyList<string> RepoDigests, long Size);

/// <summary>An image as the engine describes it.</summary>
internal sealed record EngineImage
{
    /// <summary>Its id: of the config, or with containerd's store of the manifest or index.</summary>
    internal required Digest Id { get; init; }

    /// <summary>The image that a builder made it of; empty where there is none or the engine does not say.</summary>
    internal Digest Parent { get; init; }

    /// <summary>Its names with tags.</summary>
    internal IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>Its names with digests.</summary>
    internal IReadOnlyList<string> RepoDigests { get; init; } = [];

    /// <summary>Bytes of its layers, uncompressed.</summary>
    internal long Size { get; init; }

    /// <summary>Its config, without the history.</summary>
    internal required OciConfig Config { get; init; }
}

/// <summary>A step of an image's history.</summary>
/// <param name="Created">When.</param>
/// <param name="CreatedBy">By what.</param>
/// <param name="Comment">A remark.</param>
/// <param name="Size">Bytes that it added; 0 also of steps that made an empty layer.</param>
internal sealed record EngineHistory(DateTimeOffset? Created, string CreatedBy, string Comment, long Size);
