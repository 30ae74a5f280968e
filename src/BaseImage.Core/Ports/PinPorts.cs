namespace BaseImage.Ports;

/// <summary>Finds out what the names of a Dockerfile mean now.</summary>
public interface IPinDockerfile
{
    /// <summary>Reads a Dockerfile, asks for the digest of everything in it that comes from elsewhere, and gives the text with the digests.</summary>
    /// <exception cref="Errors.BaseImageException">The file has mistakes, or a name leads nowhere; nothing is written.</exception>
    Task<PinnedDockerfile> PinAsync(DockerfilePinRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>Writes pinned Dockerfiles.</summary>
public interface IWriteDockerfile
{
    /// <summary>Writes one in its place or elsewhere, all or nothing.</summary>
    /// <exception cref="Errors.FileChangedException">The file that is replaced is no longer the one that was read.</exception>
    /// <exception cref="Errors.PathNotWritableException">It cannot be written.</exception>
    Task WriteAsync(PinnedDockerfile dockerfile, string path, CancellationToken cancellationToken);
}

/// <summary>Which Dockerfile to pin.</summary>
public sealed record DockerfilePinRequest
{
    /// <summary>The file, as a full path.</summary>
    public required string Path { get; init; }

    /// <summary>True to look at what is pinned already, too.</summary>
    public bool Update { get; init; }

    /// <summary>True to let an engine pull an image that it cannot tell the digest of otherwise.</summary>
    public bool MayPull { get; init; } = true;
}

/// <summary>A Dockerfile with its names pinned.</summary>
/// <param name="Path">The file that was read.</param>
/// <param name="Changes">What was pinned and what was not, in order of place.</param>
/// <param name="Content">The bytes to write.</param>
/// <param name="Source">The digest of the bytes that were read.</param>
public sealed record PinnedDockerfile(string Path, IReadOnlyList<DockerfileChange> Changes, ReadOnlyMemory<byte> Content, Digest Source)
{
    /// <summary>True where the text differs from what was read.</summary>
    public bool HasChanged => Digest.Of(Content.Span) != Source;
}
