namespace BaseImage.Errors;

/// <summary>No container engine is configured, and none is where engines usually are.</summary>
public sealed class EngineNotFoundException(IReadOnlyList<string> tried)
    : BaseImageException($"No container engine was found. Tried: {string.Join(", ", tried)}.", tried, "Start Docker or Podman (for Podman: systemctl --user start podman.socket), or say where the engine is with -DockerHost, -DockerContext or DOCKER_HOST.")
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;

    /// <summary>Where it was looked for.</summary>
    public IReadOnlyList<string> Tried { get; } = tried;
}

/// <summary>The operating system or the engine refuses this user.</summary>
public sealed class EngineAccessDeniedException(string host, string origin, Exception? inner = null)
    : BaseImageException($"Access to the container engine at {host} ({origin}) is denied.", host, "Join the group that owns the socket (for Docker: sudo usermod -aG docker $USER, then sign in again), run as root or an administrator, or use a rootless engine and name it with -DockerHost.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineAccessDenied";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.PermissionDenied;
}

/// <summary>The engine's address is of a form that is not spoken here, ssh among them.</summary>
public sealed class EngineHostNotSupportedException(string host, string origin, string problem, string recommendedAction)
    : BaseImageException($"The container engine's address '{host}' ({origin}) cannot be used: {problem}.", host, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineHostNotSupported";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>A Docker context does not exist or cannot be read.</summary>
public sealed class EngineContextNotFoundException(string context, string origin, string problem, IReadOnlyList<string> known)
    : BaseImageException($"The Docker context '{context}' ({origin}) {problem}.", context, known.Count == 0 ? "There are no contexts but 'default'; make one with docker context create, or use -DockerHost." : $"Choose one of: {string.Join(", ", known)}.")
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineContextNotFound";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotFound;

    /// <summary>The contexts that there are.</summary>
    public IReadOnlyList<string> Known { get; } = known;
}

/// <summary>Two settings that exclude each other were given, or Docker's settings cannot be read.</summary>
public sealed class EngineSettingsInvalidException(string settings, string problem, string recommendedAction, Exception? inner = null)
    : BaseImageException($"{settings}: {problem}.", settings, recommendedAction, inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineSettingsInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidArgument;
}

/// <summary>TLS with the engine does not come about: a file is missing or wrong, or one side does not trust the other.</summary>
public sealed class EngineTlsException(string host, string problem, string recommendedAction, Exception? inner = null)
    : BaseImageException($"TLS with the container engine at {host} failed: {problem}.", host, recommendedAction, inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineTls";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}

/// <summary>The engine is configured, and does not answer, hangs, or cuts the connection.</summary>
public sealed class EngineUnreachableException(string host, string origin, string problem, Exception? inner = null)
    : BaseImageException($"The container engine at {host} ({origin}) {problem}.", host, "Check that the engine runs and that the address is right (docker info, podman info); -DockerHost and -DockerContext name another.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineUnreachable";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Connection;
}

/// <summary>What answers is no container engine, or an engine that answers what its API does not allow.</summary>
public sealed class EngineAnswerInvalidException(string host, string problem, Exception? inner = null)
    : BaseImageException($"{host} does not answer as a container engine does: {problem}.", host, "Check that the address is that of a Docker or Podman API, and that nothing between changes its answers.", inner)
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineAnswerInvalid";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidData;
}

/// <summary>The engine was asked and says no.</summary>
public sealed class EngineRequestFailedException(string host, string request, int status, string answer)
    : BaseImageException($"The container engine at {host} could not {request}: {answer} (status {status}).", host, "Do what the engine's answer says; its log may say more.")
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineRequestFailed";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.InvalidOperation;

    /// <summary>The HTTP status.</summary>
    public int Status { get; } = status;
}

/// <summary>The engine's API is older than what is asked of it.</summary>
public sealed class EngineTooOldException(string host, string engine, string version, string needed)
    : BaseImageException($"The container engine at {host} ({engine}) speaks version {version} of the API; at least {needed} is needed.", host, "Use Docker Engine 19.03 or later, or Podman 3 or later.")
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineTooOld";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotSupported;
}

/// <summary>The engine runs containers of another operating system or processor than is asked of it.</summary>
public sealed class EnginePlatformException(string host, string engine, string wanted, string recommendedAction)
    : BaseImageException($"The container engine at {host} runs {engine}, and {wanted}.", host, recommendedAction)
{
    /// <inheritdoc/>
    public override string ErrorId => "EnginePlatform";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.NotSupported;
}

/// <summary>What the engine has after loading is not what it was sent.</summary>
public sealed class EngineLoadMismatchException(string host, string expected, string actual)
    : BaseImageException($"The container engine at {host} was sent the image {expected} and has {actual} instead.", expected, "Nothing was tagged. Load the image again; if it happens twice, write docker-archive: and compare with the engine's own load.")
{
    /// <inheritdoc/>
    public override string ErrorId => "EngineLoadMismatch";

    /// <inheritdoc/>
    public override ErrorKind Kind => ErrorKind.Security;
}
