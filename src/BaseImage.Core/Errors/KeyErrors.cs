namespace BaseImage.Errors;

/// <summary>A file of keys or certificates has content that is none, or not what was asked for.</summary>
public sealed class KeyInvalidException(string name, string problem, Exception? inner = null)
    : BaseImageException($"'{name}' {problem}.", name, "Give a PFX file, or a PEM file with one private key (PKCS#8, PKCS#1 or SEC 1) or with public keys or certificates, as the parameter says.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "KeyInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A private key is protected, and the password does not open it.</summary>
public sealed class KeyPasswordInvalidException(string name, bool given, Exception? inner = null)
    : BaseImageException(given ? $"The password does not open '{name}', or the file is damaged." : $"'{name}' is protected by a password.", name, given ? "Give the file's own password, and make sure that the file is whole." : "Give its password: -Password (Read-Host -AsSecureString), or -KeyCredential.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "KeyPasswordInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.PermissionDenied;
}

/// <summary>No certificate with a private key is where one was named.</summary>
public sealed class SigningKeyNotFoundException(string name, string problem, Exception? inner = null)
    : BaseImageException($"'{name}': {problem}.", name, "Name a certificate whose private key this account may use; Get-ChildItem Cert: lists those of a Windows certificate store.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "SigningKeyNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A key is of a kind or size that no format of signatures here has.</summary>
public sealed class KeyNotSupportedException(string name, string found)
    : BaseImageException($"'{name}' has {found}.", name, "Use an RSA key of 2048, 3072 or 4096 bits, or an elliptic curve key on P-256, P-384 or P-521.")
{
    /// <inheritdoc/>
    public override string ErrorId => "KeyNotSupported";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotSupported;
}

/// <summary>A private key could not make a signature.</summary>
public sealed class SigningFailedException(string name, Exception inner)
    : BaseImageException($"The key of '{name}' cannot sign: {inner.Message}", name, "Make sure that the key may be used for signatures by this account, and that its device or provider is there.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "SigningFailed";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>A signature's envelope is not what its format says.</summary>
public sealed class SignatureEnvelopeInvalidException(string name, string problem, Exception? inner = null)
    : BaseImageException($"'{name}': {problem}.", name, "Sign the image again; an envelope that was changed or cut off proves nothing.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "SignatureEnvelopeInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;

    /// <summary>What is wrong, without the place.</summary>
    public string Problem { get; } = problem;
}
