using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.Pinning;

/// <summary>Writes pinned Dockerfiles in their place or elsewhere.</summary>
internal sealed class DockerfileWriter : IWriteDockerfile
{
    /// <inheritdoc/>
    public async Task WriteAsync(PinnedDockerfile dockerfile, string path, CancellationToken cancellationToken)
    {
        // What a link leads to is replaced, not the link.
        string target = File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path : path;
        UnixFileMode? mode = null;
        if (File.Exists(target))
        {
            if (path == dockerfile.Path && Digest.Of(await File.ReadAllBytesAsync(target, cancellationToken).ConfigureAwait(false)) != dockerfile.Source)
            {
                throw new FileChangedException(path);
            }

            mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(target);
        }

        await AtomicFile.WriteAsync(target, dockerfile.Content, cancellationToken).ConfigureAwait(false);
        if (mode is { } kept && !OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(target, kept);
        }
    }
}
