namespace BaseImage.Errors;

/// <summary>The sorts of failure; the cmdlets map each to PowerShell's ErrorCategory.</summary>
public enum ErrorKind
{
    /// <summary>A file or answer has content that is not what its format says.</summary>
    InvalidData,

    /// <summary>A parameter or key has a value that cannot be meant.</summary>
    InvalidArgument,

    /// <summary>A named thing does not exist.</summary>
    NotFound,

    /// <summary>Something exists that must not be overwritten.</summary>
    AlreadyExists,

    /// <summary>A signature, digest or trust rule does not hold.</summary>
    Security,

    /// <summary>A service or mirror could not be reached.</summary>
    Connection,

    /// <summary>Access was denied.</summary>
    PermissionDenied,

    /// <summary>What was asked cannot be done with these inputs.</summary>
    NotSupported,

    /// <summary>The state of things does not allow it.</summary>
    InvalidOperation,

    /// <summary>A size, depth or count exceeds what is safe to read.</summary>
    LimitExceeded,
}
