namespace BaseImage;

/// <summary>An image in an engine, a registry, a layout, an archive or the module's store.</summary>
public sealed record ContainerImage
{
    /// <summary>The name a person would call it by.</summary>
    public required string Name { get; init; }

    /// <summary>Every tag that leads to it where it lives.</summary>
    public IReadOnlyList<string> Tags { get; init => field = TextList.Of<string>(value); } = TextList.Of<string>([]);

    /// <summary>Its name pinned by digest, in skopeo's notation, so that piping on cannot meet a moved tag.</summary>
    public required string Reference { get; init; }

    /// <summary>The digest of its manifest, or of its index when it has several platforms; empty where an engine knows none.</summary>
    public Digest Digest { get; init; }

    /// <summary>The digest of its config; of an index, of the first manifest's.</summary>
    public Digest ImageId { get; init; }

    /// <summary>The media type of what <see cref="Digest"/> names.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>Its platforms.</summary>
    public IReadOnlyList<Platform> Platforms { get; init => field = TextList.Of<Platform>(value); } = TextList.Of<Platform>([]);

    /// <summary>One manifest a platform.</summary>
    public IReadOnlyList<ImageManifest> Manifests { get; init => field = TextList.Of<ImageManifest>(value); } = TextList.Of<ImageManifest>([]);

    /// <summary>Bytes of all distinct blobs (compressed layers and configs).</summary>
    public long Size { get; init; }

    /// <summary>When it says it was made.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>The layers of the first platform, lowest first.</summary>
    public IReadOnlyList<ImageLayer> Layers { get; init => field = TextList.Of<ImageLayer>(value); } = TextList.Of<ImageLayer>([]);

    /// <summary>The configuration of the first platform.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>Where it was found, for instance <c>oci:./out</c>.</summary>
    public string Source { get; init; } = "";

    /// <summary>The policy that its definition names, as a full path: known of an image that was just built, null else.</summary>
    public string? Policy { get; init; }

    /// <summary><see cref="Reference"/>.</summary>
    public override string ToString() => Reference;
}

/// <summary>One platform's manifest.</summary>
public sealed record ImageManifest
{
    /// <summary>Its platform.</summary>
    public required Platform Platform { get; init; }

    /// <summary>Its digest; empty where an engine knows none.</summary>
    public Digest Digest { get; init; }

    /// <summary>The digest of its config.</summary>
    public Digest ImageId { get; init; }

    /// <summary>Its media type.</summary>
    public string MediaType { get; init; } = "";

    /// <summary>Bytes of its config and layers.</summary>
    public long Size { get; init; }

    /// <summary>When it says it was made.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary>Its layers, lowest first.</summary>
    public IReadOnlyList<ImageLayer> Layers { get; init => field = TextList.Of<ImageLayer>(value); } = TextList.Of<ImageLayer>([]);

    /// <summary>Its configuration.</summary>
    public ImageConfig Config { get; init; } = new();

    /// <summary>Its history, oldest first.</summary>
    public IReadOnlyList<ImageHistory> History { get; init => field = TextList.Of<ImageHistory>(value); } = TextList.Of<ImageHistory>([]);

    /// <summary>Its annotations.</summary>
    public IReadOnlyDictionary<string, string> Annotations { get; init => field = TextDictionary.Of(value); } = TextDictionary.Empty;

    /// <summary><see cref="Platform"/> and <see cref="Digest"/>.</summary>
    public override string ToString() => $"{Platform} {(Digest.IsEmpty ? ImageId : Digest)}";
}

/// <summary>A layer.</summary>
/// <param name="Digest">Of the blob as stored; empty where an engine knows none.</param>
/// <param name="DiffId">Of the uncompressed tar.</param>
/// <param name="Size">Bytes of the blob as stored.</param>
/// <param name="MediaType">Its media type.</param>
public sealed record ImageLayer(Digest Digest, Digest DiffId, long Size, string MediaType)
{
    /// <summary>The digest, or the diffID where there is none.</summary>
    public override string ToString() => (Digest.IsEmpty ? DiffId : Digest).ToString();
}

/// <summary>One step of an image's history.</summary>
/// <param name="Created">When.</param>
/// <param name="CreatedBy">By what.</param>
/// <param name="Comment">A remark.</param>
/// <param name="EmptyLayer">True where the step made no layer.</param>
public sealed record ImageHistory(DateTimeOffset? Created, string CreatedBy, string Comment, bool EmptyLayer);
