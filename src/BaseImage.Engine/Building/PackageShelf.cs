using System.Collections.Concurrent;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Building;

/// <summary>
/// The packages of a build. A listing comes from the cache or from the archive; the archive is opened once at most, and
/// its contents then lie in a temporary file until the build is over, so that a package that is listed and then needed
/// for its fragment is not unpacked again.
/// </summary>
internal sealed class PackageShelf : IDisposable
{
    private const string ListingKind = "package-listing";

    // Bytes of an archive from which on a second thread is worth its start: then it alone decides how long a build takes.
    private const long Large = 4 << 20;

    private readonly ContentCache _cache;
    private readonly IPackageSource _source;
    private readonly BuildCounters _counters;
    private readonly int _workers;
    private readonly ConcurrentDictionary<Digest, Spool> _spools = new();

    /// <summary>Makes an empty shelf.</summary>
    /// <param name="cache">Where listings are kept.</param>
    /// <param name="source">Where archives come from; disposed of with the shelf.</param>
    /// <param name="counters">What was done.</param>
    /// <param name="workers">How many packages are unpacked at once.</param>
    public PackageShelf(ContentCache cache, IPackageSource source, BuildCounters counters, int workers)
        => (_cache, _source, _counters, _workers) = (cache, source, counters, workers);

    /// <summary>Brings the archives of packages that have to be opened, many at once.</summary>
    public Task PrepareAsync(IReadOnlyList<LockedPackage> packages, CancellationToken cancellationToken)
        => packages.Count == 0 ? Task.CompletedTask : _source.PrepareAsync(packages, cancellationToken);

    /// <summary>What a package ships, where the cache knows; or null.</summary>
    public async Task<PackageListing?> TryListAsync(LockedPackage package, CancellationToken cancellationToken)
        => await _cache.TryGetAsync(ListingKind, Key(package), cancellationToken).ConfigureAwait(false) is { } packed
            ? ListingCodec.TryRead(packed, package.Sha256)
            : null;

    /// <summary>Opens a package's archive and says what it ships.</summary>
    public async Task<PackageListing> UnpackAsync(LockedPackage package, CancellationToken cancellationToken)
    {
        Spool spool = _spools.GetOrAdd(package.Sha256, _ => new Spool());
        return await spool.FillAsync(token => UnpackAsync(package, spool, token), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Opens the content of one of a package's files.</summary>
    /// <param name="package">The package.</param>
    /// <param name="listed">The file, from its listing.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public async Task<Stream> OpenAsync(LockedPackage package, ListedEntry listed, CancellationToken cancellationToken)
    {
        await UnpackAsync(package, cancellationToken).ConfigureAwait(false);
        return _spools[package.Sha256].Open(listed.Offset, listed.Entry.Size);
    }

    /// <summary>Deletes the temporary files.</summary>
    public void Dispose()
    {
        foreach (Spool spool in _spools.Values)
        {
            spool.Dispose();
        }

        _source.Dispose();
    }

    private async Task<PackageListing> UnpackAsync(LockedPackage package, Spool spool, CancellationToken cancellationToken)
    {
        Stream deb = await _source.OpenAsync(package, cancellationToken).ConfigureAwait(false);
        await using (deb.ConfigureAwait(false))
        {
            Stream file = spool.Create(_cache);
            PackageListing listing = await Task.Run(() => PackageUnpacker.UnpackAsync(deb, package.Sha256, package.ToString(), file, _workers > 1 && package.Size >= Large, cancellationToken), cancellationToken).ConfigureAwait(false);
            await file.FlushAsync(cancellationToken).ConfigureAwait(false);
            CheckIdentity(package, listing);
            _counters.Unpacked(file.Length);
            await _cache.PutAsync(ListingKind, Key(package), $"{package.Name} {package.Version} ({package.Architecture})", ListingCodec.Write(listing), cancellationToken).ConfigureAwait(false);
            return listing;
        }
    }

    // The lock's digest vouches for the bytes; this is for locks that were written by hand.
    private static void CheckIdentity(LockedPackage package, PackageListing listing)
    {
        string[] lines = System.Text.Encoding.UTF8.GetString(listing.Control).Split('\n');
        foreach ((string field, string expected) in new[] { ("Package", package.Name), ("Version", package.Version.ToString()), ("Architecture", package.Architecture) })
        {
            string? actual = lines.FirstOrDefault(line => line.StartsWith(field + ":", StringComparison.OrdinalIgnoreCase))?[(field.Length + 1)..].Trim();
            if (actual != expected)
            {
                throw new PackageContentInvalidException(package.ToString(), $"its control file says {field} '{actual}', the lock '{expected}'");
            }
        }
    }

    private static string Key(LockedPackage package) => $"{ListingCodec.Version} {package.Sha256}";
}
