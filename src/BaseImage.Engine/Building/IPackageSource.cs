namespace BaseImage.Engine.Building;

/// <summary>Where a build's packages come from.</summary>
internal interface IPackageSource : IDisposable
{
    /// <summary>Brings packages that are about to be opened, many at once.</summary>
    Task PrepareAsync(IReadOnlyList<LockedPackage> packages, CancellationToken cancellationToken);

    /// <summary>Opens a package's archive, verified against the lock.</summary>
    Task<Stream> OpenAsync(LockedPackage package, CancellationToken cancellationToken);
}
