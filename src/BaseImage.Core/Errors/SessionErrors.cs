namespace BaseImage.Errors;

/// <summary>A path leads to a PowerShell provider other than the file system.</summary>
public sealed class PathNotOnDiskException(string path, string provider)
    : BaseImageException($"'{path}' is a path of the provider {provider}, not of the file system.", path, "Give a path of the file system, or go to one with Set-Location.")
{
    /// <inheritdoc/>
    public override string ErrorId => "PathNotOnDisk";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotSupported;
}

/// <summary>A path starts with a drive or provider that the session does not have.</summary>
public sealed class PathUnknownException(string path, Exception inner)
    : BaseImageException($"'{path}' cannot be understood as a path: {inner.Message}", path, "Check the drive's name; Get-PSDrive lists those there are.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "PathUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A folder holds no definition, or a lock stands without one.</summary>
public sealed class DefinitionNotFoundException(string path, string problem)
    : BaseImageException($"'{path}': {problem}.", path, "Give a NAME.image.psd1 or NAME.image.json, or make one with New-BaseImageProject.")
{
    /// <inheritdoc/>
    public override string ErrorId => "DefinitionNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A lock could belong to two definitions.</summary>
public sealed class DefinitionAmbiguousException(string path, IReadOnlyList<string> candidates)
    : BaseImageException($"'{path}' could belong to each of: {string.Join(", ", candidates)}.", path, "Keep one of the notations, .image.psd1 or .image.json, for an image.")
{
    /// <inheritdoc/>
    public override string ErrorId => "DefinitionAmbiguous";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>A definition has no lock yet.</summary>
public sealed class LockNotFoundException(string path)
    : BaseImageException($"There is no lock '{path}'.", path, "Make one with Update-BaseImageLock and commit it beside the definition.")
{
    /// <inheritdoc/>
    public override string ErrorId => "LockNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A mirror given on the command line is neither a URL or folder nor a table of archive ids and such.</summary>
public sealed class MirrorArgumentInvalidException(string value)
    : BaseImageException($"'{value}' is not a mirror.", value, "Give a URL or a folder, or a table such as @{ 'debian' = 'URL'; 'debian-security' = 'URL' }.")
{
    /// <inheritdoc/>
    public override string ErrorId => "MirrorArgumentInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>An audit found what the pipeline was told not to accept.</summary>
public sealed class AuditFailedException(int findings, Severity minimum, string worst)
    : BaseImageException($"{findings} audit result{(findings == 1 ? "" : "s")} of severity {minimum} or worse: {worst}.", null, "Mend what the results name (their Remediation says how), or suppress it in the policy with a reason, an owner and an expiry.")
{
    /// <inheritdoc/>
    public override string ErrorId => "AuditFailed";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>No rule of the catalogue has the id asked for.</summary>
public sealed class AuditRuleUnknownException(string id)
    : BaseImageException($"There is no rule '{id}'.", id, "See Get-BaseImageRule for the rules there are.")
{
    /// <inheritdoc/>
    public override string ErrorId => "AuditRuleUnknown";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}
