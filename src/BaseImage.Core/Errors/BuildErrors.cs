namespace BaseImage.Errors;

/// <summary>A path is a file in one package and a directory in another.</summary>
public sealed class PackageFilesConflictException(string path, string first, string second)
    : BaseImageException($"'/{path}' is a file in {first} and a directory in {second}; an image cannot hold both.", path, "Leave one of the two packages out of the definition, or take the path away with Without.")
{
    /// <inheritdoc/>
    public override string ErrorId => "PackageFilesConflict";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>Symbolic links of packages lead to each other, so that a path below them lies nowhere.</summary>
public sealed class LinkLoopException(string path)
    : BaseImageException($"The links that lead to '/{path}' lead to each other.", path, "Leave out the package that ships the link; no sound package has one.")
{
    /// <inheritdoc/>
    public override string ErrorId => "LinkLoop";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>An account of the definition contradicts one that a package brings.</summary>
public sealed class AccountConflictException(string account, string problem)
    : BaseImageException($"The account '{account}' cannot be added: {problem}.", account, "Give the account another name or number in the definition's Accounts.")
{
    /// <inheritdoc/>
    public override string ErrorId => "AccountConflict";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>An alternative was asked for that no package of the image offers.</summary>
public sealed class AlternativeNotFoundException(string name, string program)
    : BaseImageException($"The alternative '{name}' shall be '{program}', which is not in the image.", name, "Add the package that ships the program, or correct the path in the definition's Alternatives.")
{
    /// <inheritdoc/>
    public override string ErrorId => "AlternativeNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A file that the definition adds cannot be placed.</summary>
public sealed class AddedFileInvalidException(string path, string problem)
    : BaseImageException($"The file '{path}' cannot be added: {problem}.", path, "Correct the entry in the definition's Files.")
{
    /// <inheritdoc/>
    public override string ErrorId => "AddedFileInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A lock holds nothing for a platform that was asked for.</summary>
public sealed class PlatformNotLockedException(string platform, string imageLock, IEnumerable<string> locked)
    : BaseImageException($"The lock '{imageLock}' has no packages for {platform}; it has {string.Join(", ", locked)}.", platform, "Add the platform to the definition and run Update-BaseImageLock, or ask for one that is locked.")
{
    /// <inheritdoc/>
    public override string ErrorId => "PlatformNotLocked";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A lock was made from another definition than the one to build.</summary>
public sealed class LockOutdatedException(string imageLock, string definition)
    : BaseImageException($"The lock '{imageLock}' was made before '{definition}' was last changed.", imageLock, "Run Update-BaseImageLock, and review what it changes.")
{
    /// <inheritdoc/>
    public override string ErrorId => "LockOutdated";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>A destination can hold one platform and the image has several.</summary>
public sealed class SinglePlatformDestinationException(string destination, IEnumerable<string> platforms)
    : BaseImageException($"'{destination}' can hold one platform, and the image has {string.Join(", ", platforms)}.", destination, "Ask for one platform with -Platform, or write to an oci: or oci-archive: destination.")
{
    /// <inheritdoc/>
    public override string ErrorId => "SinglePlatformDestination";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A package's archive does not say what its listing in the cache says.</summary>
public sealed class PackageContentInvalidException(string package, string problem)
    : BaseImageException($"The package '{package}' cannot be used: {problem}.", package, "Lock again from another mirror; if it happens again, report it to who publishes the package.")
{
    /// <inheritdoc/>
    public override string ErrorId => "PackageContentInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A file changed while it was being built into an image.</summary>
public sealed class ContentChangedException(string path)
    : BaseImageException($"The content of '{path}' changed while the image was built.", path, "Build again once nothing writes to the definition's files; if it is a package's file, clear the cache first.")
{
    /// <inheritdoc/>
    public override string ErrorId => "ContentChanged";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>The cache was cleared or damaged while an image was built from it.</summary>
public sealed class CacheChangedException(string folder)
    : BaseImageException($"The cache '{folder}' was cleared or damaged while it was in use.", folder, "Run the command again: what is missing is made anew.")
{
    /// <inheritdoc/>
    public override string ErrorId => "CacheChanged";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>The image that is built on has another manifest for a platform than the lock says.</summary>
public sealed class BaseManifestChangedException(string reference, string platform, Digest locked, Digest found)
    : BaseImageException($"'{reference}' has the manifest {found} for {platform}, and the lock was made on {locked}.", reference, "Run Update-BaseImageLock, and review what it changes.")
{
    /// <inheritdoc/>
    public override string ErrorId => "BaseManifestChanged";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>The digest in the lock.</summary>
    public Digest Locked { get; } = locked;

    /// <summary>The digest that was found.</summary>
    public Digest Found { get; } = found;
}

/// <summary>An image that is built on is not trusted: the trust policy's checks of its signature failed, or it has none.</summary>
public sealed class BaseNotTrustedException(string image, string status, string problem)
    : BaseImageException($"The base image '{image}' is not trusted ({status}): {problem}.", image, "Look at it with Test-BaseImageSignature; sign the base, or have the trust policy say how its repository is verified.")
{
    /// <inheritdoc/>
    public override string ErrorId => "BaseNotTrusted";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;

    /// <summary>What came of verifying it: a <see cref="SignatureStatus"/>, or NotFound.</summary>
    public string Status { get; } = status;
}
