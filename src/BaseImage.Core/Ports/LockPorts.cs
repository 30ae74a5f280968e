namespace BaseImage.Ports;

/// <summary>Where packages and indexes come from, and how strictly time is judged.</summary>
public sealed record ArchiveAccess
{
    /// <summary>Mirrors given on the command line: archive id (or empty for any) and URL or folder. They replace every other setting.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Mirrors { get; init; } = [];

    /// <summary>True never to open a connection.</summary>
    public bool Offline { get; init; }

    /// <summary>The time to judge Valid-Until at; null for now.</summary>
    public DateTimeOffset? AsOf { get; init; }
}

/// <summary>Reads a lock.</summary>
public interface IReadLock
{
    /// <summary>Reads <c>NAME.lock.json</c> from a full path.</summary>
    Task<ImageLock> ReadAsync(string path, CancellationToken cancellationToken);
}

/// <summary>Resolves a definition against signed indexes.</summary>
public interface IResolveLock
{
    /// <summary>
    /// Says what the new lock would be and how it differs from the one beside the definition; writes nothing there.
    /// With <paramref name="only"/> the old lock is kept but for those changes and what they need.
    /// </summary>
    Task<LockPlan> ResolveAsync(ImageDefinition definition, ArchiveAccess access, IReadOnlyList<LockChange>? only, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>A lock that was resolved and not yet written.</summary>
/// <param name="Lock">The new lock.</param>
/// <param name="Changes">How it differs from the old one, by platform and package.</param>
/// <param name="IndexFiles">The signed index files to keep beside it: file name and content.</param>
public sealed record LockPlan(ImageLock Lock, IReadOnlyList<LockChange> Changes, IReadOnlyDictionary<string, byte[]> IndexFiles);

/// <summary>Writes a resolved lock.</summary>
public interface IWriteLock
{
    /// <summary>Writes the lock and its index files, all or nothing, and returns the lock with its path.</summary>
    Task<ImageLock> WriteAsync(LockPlan plan, string path, CancellationToken cancellationToken);
}

/// <summary>Says whether a lock still holds.</summary>
public interface ITestLock
{
    /// <summary>
    /// Checks a lock against its definition, against the signed index files beside it, and (unless
    /// <paramref name="access"/> is null) whether the archive still has every package.
    /// </summary>
    Task<LockResult> TestAsync(ImageLock imageLock, ImageDefinition definition, ArchiveAccess? access, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>Saves a lock's packages and signed indexes as a mirror folder.</summary>
public interface ISavePackages
{
    /// <summary>Writes the folder and returns the full path of each file as it is finished.</summary>
    IAsyncEnumerable<string> SaveAsync(ImageLock imageLock, string folder, ArchiveAccess access, IReporter reporter, CancellationToken cancellationToken);
}
