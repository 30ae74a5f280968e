namespace BaseImage;

/// <summary>
/// What a Dockerfile's names meant when they were resolved: <c>Dockerfile.lock.json</c> beside <c>Dockerfile</c>. It names
/// images by digest and downloads by SHA-256, never the hosts that they came through.
/// </summary>
public sealed record DockerfileLock
{
    /// <summary>The version of the format.</summary>
    public const int CurrentVersion = 1;

    /// <summary>A lock of nothing.</summary>
    public static DockerfileLock Empty { get; } = new();

    /// <summary>The file, as a full path; empty where it was not read from one.</summary>
    public string Path { get; init; } = "";

    /// <summary>The images, by name and platform, each once.</summary>
    public IReadOnlyList<LockedBase> Images { get; init => field = TextList.Of<LockedBase>(value); } = TextList.Of<LockedBase>([]);

    /// <summary>What ADD downloads, by URL, each once.</summary>
    public IReadOnlyList<LockedDownload> Downloads { get; init => field = TextList.Of<LockedDownload>(value); } = TextList.Of<LockedDownload>([]);

    /// <summary>The file that belongs to a Dockerfile.</summary>
    /// <param name="dockerfile">The Dockerfile's path.</param>
    public static string PathFor(string dockerfile) => dockerfile + ".lock.json";

    /// <summary>What a name stood for; null where it is not locked.</summary>
    /// <param name="name">As it stands behind FROM, variables put in.</param>
    /// <param name="platform">The platform.</param>
    public LockedBase? Find(string name, Platform platform) => Images.FirstOrDefault(image => image.Name == name && image.Platform == platform);
}

/// <summary>An image that a Dockerfile names.</summary>
/// <param name="Name">As it stands behind FROM, COPY --from or a mount's from, variables put in.</param>
/// <param name="Platform">The platform that was resolved.</param>
/// <param name="Digest">What a registry knows it by: the digest of its manifest or index; empty where it was never in one.</param>
/// <param name="ImageId">The digest of its config, which is what an engine knows an image by.</param>
public sealed record LockedBase(string Name, Platform Platform, Digest Digest, Digest ImageId)
{
    /// <summary>What pins it: the registry's digest, else its id.</summary>
    public Digest Pin => Digest.IsEmpty ? ImageId : Digest;

    /// <summary>Name and pin.</summary>
    public override string ToString() => $"{Name}@{Pin}";
}

/// <summary>What an ADD downloads.</summary>
/// <param name="Url">Its address, as it stands behind ADD, variables put in.</param>
/// <param name="Sha256">The digest of its bytes.</param>
/// <param name="Size">Its bytes.</param>
public sealed record LockedDownload(string Url, Digest Sha256, long Size)
{
    /// <summary>Address and digest.</summary>
    public override string ToString() => $"{Url} {Sha256}";
}
