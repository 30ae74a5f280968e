namespace BaseImage.Errors;

/// <summary>No archive of the definition has a package of this name, nor one that provides it.</summary>
public sealed class PackageNotFoundException(string package, string message, string recommendedAction)
    : BaseImageException(message, package, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "PackageNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>The package exists, but in no version that was asked for.</summary>
public sealed class PackageVersionNotFoundException(string package, string message, string recommendedAction)
    : BaseImageException(message, package, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "PackageVersionNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A virtual package was asked for and several packages provide it.</summary>
public sealed class PackageAmbiguousException(string package, string message, string recommendedAction)
    : BaseImageException(message, package, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "PackageAmbiguous";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>Nothing satisfies a dependency, or only packages that exclude each other.</summary>
public sealed class DependencyUnsatisfiedException(string package, string message, string recommendedAction)
    : BaseImageException(message, package, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "DependencyUnsatisfied";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>A stanza of a package index has a field that Debian Policy does not allow.</summary>
public sealed class PackageRecordInvalidException(string index, string package, string problem)
    : BaseImageException($"{index}: package '{package}': {problem}.", index, "Tell the archive's maintainer, or pin a version of the package whose record is valid.")
{
    /// <inheritdoc/>
    public override string ErrorId => "PackageRecordInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}
