namespace BaseImage.Errors;

/// <summary>A file or folder cannot be written where it belongs.</summary>
public sealed class PathNotWritableException(string path, Exception inner)
    : BaseImageException($"'{path}' cannot be written: {inner.Message}", path, "Check the folder's permissions and the free space, or choose another place (BASEIMAGE_CACHE and BASEIMAGE_STORE move the cache and the store).", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "PathNotWritable";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.PermissionDenied;
}

/// <summary>Something is already where a file or folder should go.</summary>
public sealed class PathExistsException(string path)
    : BaseImageException($"'{path}' already exists.", path, "Choose another path, remove what is there, or use -Force where the command has it.")
{
    /// <inheritdoc/>
    public override string ErrorId => "PathExists";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.AlreadyExists;
}

/// <summary>Bytes do not hash to what was promised of them.</summary>
public sealed class DigestMismatchException(string name, Digest expected, Digest actual)
    : BaseImageException($"'{name}' has the digest {actual}, but {expected} was expected.", name, "Fetch it again from another mirror; if it stays so, whoever serves it has changed or damaged it.")
{
    /// <inheritdoc/>
    public override string ErrorId => "DigestMismatch";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;

    /// <summary>What was promised.</summary>
    public Digest Expected { get; } = expected;

    /// <summary>What the bytes hash to.</summary>
    public Digest Actual { get; } = actual;
}

/// <summary>A path was given for an entry of the cache and is none.</summary>
public sealed class CacheEntryUnknownException(string path, string folder)
    : BaseImageException($"'{path}' is not an entry of the cache in '{folder}'.", path, "Take the entries from Get-BaseImageCache, with BASEIMAGE_CACHE set as it is now.")
{
    /// <inheritdoc/>
    public override string ErrorId => "CacheEntryUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}
