namespace BaseImage.Errors;

/// <summary>A registry does not let this user do what was asked.</summary>
public sealed class RegistryUnauthorizedException(string registry, string what, string answer, string recommendedAction)
    : BaseImageException($"The registry {registry} does not allow to {what}: {answer}.", registry, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "RegistryUnauthorized";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.PermissionDenied;
}

/// <summary>A registry has no such repository.</summary>
public sealed class RegistryNotFoundException(string registry, string what, string recommendedAction)
    : BaseImageException($"The registry {registry} has no {what}.", registry, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "RegistryNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;
}

/// <summary>A registry could not be reached, stays silent, cuts its answers off or asks to come back later, whatever was tried.</summary>
public sealed class RegistryUnavailableException(string registry, string what, string problem, Exception? inner = null)
    : BaseImageException($"The registry {registry} could not {what}: {problem}.", registry, "Check the network, the proxy and that the registry runs, then try again; what has arrived there is kept.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "RegistryUnavailable";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Connection;
}

/// <summary>The certificate of a registry is not trusted, or it speaks no TLS where it has to.</summary>
public sealed class RegistryTlsException(string registry, string problem, string recommendedAction, Exception? inner = null)
    : BaseImageException($"The registry {registry} could not be reached over TLS: {problem}.", registry, recommendedAction, inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "RegistryTls";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>A registry answers what the protocol does not allow.</summary>
public sealed class RegistryAnswerInvalidException(string registry, string problem, Exception? inner = null)
    : BaseImageException($"The registry {registry} does not answer as a registry does: {problem}.", registry, "Check that the address is that of a registry, and that nothing between changes its answers.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "RegistryAnswerInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>A registry was asked and says no.</summary>
public sealed class RegistryRequestFailedException(string registry, string what, int status, string answer)
    : BaseImageException($"The registry {registry} could not {what}: {answer} (status {status}).", registry, "Do what the registry's answer says; its log may say more.")
{
    /// <inheritdoc/>
    public override string ErrorId => "RegistryRequestFailed";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;
}

/// <summary>A setting about registries (credentials, certificates, mirrors) cannot be read or used.</summary>
public sealed class RegistrySettingsInvalidException(string file, string problem, string recommendedAction, Exception? inner = null)
    : BaseImageException($"{file}: {problem}.", file, recommendedAction, inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "RegistrySettingsInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A program that keeps credentials could not be asked.</summary>
public sealed class CredentialHelperException(string helper, string registry, string problem, Exception? inner = null)
    : BaseImageException($"The credential helper '{helper}' could not be asked about {registry}: {problem}.", helper, "Install the helper or take it out of credHelpers and credsStore in Docker's config.json; -Credential goes without it.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "CredentialHelper";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;
}

/// <summary>A tag leads to another image already, and tags of its name are not moved.</summary>
public sealed class TagImmutableException(string reference, Digest present, Digest wanted)
    : BaseImageException($"'{reference}' leads to {present} already; it is not moved to {wanted}.", reference, "Publish under a new tag. If this one is meant to move, name it with -MovableTag, under MovableTags in baseimage.config.psd1, or say -Force.")
{
    /// <inheritdoc/>
    public override string ErrorId => "TagImmutable";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.AlreadyExists;

    /// <summary>What it leads to.</summary>
    public Digest Present { get; } = present;
}
