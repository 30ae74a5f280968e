using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Building;

/// <summary>Packages from the mirrors of a definition's archives, through the cache.</summary>
internal sealed class MirroredPackages : IPackageSource
{
    private readonly ArchiveClient _client;
    private readonly BuildRequest _request;

    /// <summary>Makes a source for one build.</summary>
    /// <param name="request">The build.</param>
    /// <param name="dataFiles">Reads the settings file; null to leave it out.</param>
    /// <param name="cache">Where downloads are kept.</param>
    /// <param name="reporter">Told of downloads.</param>
    public MirroredPackages(BuildRequest request, IReadDataFile? dataFiles, ContentCache cache, IReporter reporter)
        => (_request, _client) = (request, ArchiveClient.Create(request.Access, dataFiles, cache, request.Lock.SnapshotTime, reporter));

    /// <inheritdoc/>
    public Task PrepareAsync(IReadOnlyList<LockedPackage> packages, CancellationToken cancellationToken)
        => _client.FetchAllAsync([.. packages.Select(package => (Archive(package), File(package)))], "Downloading packages", 0, cancellationToken);

    /// <inheritdoc/>
    public Task<Stream> OpenAsync(LockedPackage package, CancellationToken cancellationToken)
        => _client.OpenAsync(Archive(package), File(package), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _client.Dispose();

    // A lock names archives by id; how they are verified was settled when it was made, so that the id is enough here.
    private ArchiveSource Archive(LockedPackage package)
        => _request.Definition.Archives.FirstOrDefault(archive => archive.Id == package.Archive)
            ?? new ArchiveSource { Id = package.Archive, Suites = [.. _request.Lock.Indexes.Where(index => index.Archive == package.Archive).Select(index => index.Suite).Distinct(StringComparer.Ordinal)] };

    private static ArchiveFile File(LockedPackage package)
        => new($"Package {package.Name} {package.Version} ({package.Architecture})", package.Path, package.Size, package.Sha256);
}
