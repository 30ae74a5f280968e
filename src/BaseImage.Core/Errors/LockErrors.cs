namespace BaseImage.Errors;

/// <summary>A lock file is damaged, was edited by hand, or is not a lock.</summary>
public sealed class LockInvalidException(string path, int line, int column, string problem, Exception? inner = null, string? recommendedAction = null)
    : BaseImageException($"{path}:{line}:{column}: {problem}", path, recommendedAction ?? "Restore the lock from version control, or make it afresh with Update-BaseImageLock; a lock is not edited or merged by hand.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "LockInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>The line, from 1.</summary>
    public int Line { get; } = line;

    /// <summary>The column, from 1.</summary>
    public int Column { get; } = column;
}

/// <summary>A lock was written by a newer version.</summary>
public sealed class LockVersionUnknownException(string path, long version)
    : BaseImageException(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"'{path}' has the lock format {version}; this version reads format 1."), path, "Update the BaseImage module, or make the lock afresh with Update-BaseImageLock.")
{
    /// <inheritdoc/>
    public override string ErrorId => "LockVersionUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotSupported;
}

/// <summary>A change that was asked for is not among those that the archives offer now.</summary>
public sealed class LockChangeStaleException(string package, string problem)
    : BaseImageException(problem, package, "Run Get-BaseImageUpdate again and pass on what it says now.")
{
    /// <inheritdoc/>
    public override string ErrorId => "LockChangeStale";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>The signed files that belong beside a lock are missing, or are not those that were locked.</summary>
public sealed class LockFilesMissingException(string lockPath, string folder, string archive, string suite)
    : BaseImageException($"The signed index of {archive} {suite} is missing from '{folder}', or is not the one that '{lockPath}' was made from.", folder, "Restore the folder beside the lock from version control, or make the lock afresh with Update-BaseImageLock.")
{
    /// <inheritdoc/>
    public override string ErrorId => "LockFilesMissing";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}
