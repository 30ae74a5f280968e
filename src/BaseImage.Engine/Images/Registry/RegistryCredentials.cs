using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Registry;

/// <summary>How one shows who one is at a registry.</summary>
/// <param name="user">The user's name; empty with an identity token.</param>
/// <param name="secret">The password; empty with a token.</param>
internal sealed class RegistryCredential(string user, string secret)
{
    internal string User { get; } = user;

    internal string Secret { get; } = secret;

    /// <summary>A token that a token server changes for others; empty for none.</summary>
    internal string IdentityToken { get; init; } = "";

    /// <summary>A token that is shown to the registry as it is; empty for none.</summary>
    internal string RegistryToken { get; init; } = "";

    /// <summary>Says nothing of what it holds.</summary>
    public override string ToString() => "a credential";
}

/// <summary>
/// Finds credentials: those of the command line, else those of Docker's config.json, else of Podman's auth.json, with the
/// helpers that they name. Sources: Docker CLI, config.json (auths, credHelpers, credsStore); containers-auth.json(5).
/// </summary>
/// <param name="login">The command line's; null for none.</param>
/// <param name="environment">Where the files are.</param>
/// <param name="helper">Asks a helper.</param>
internal sealed class RegistryCredentials(RegistryLogin? login, RegistryEnvironment environment, Func<string, string, CancellationToken, Task<RegistryCredential?>> helper)
{
    /// <summary>What a command and this machine say.</summary>
    internal static RegistryCredentials Of(RegistryLogin? login, RegistryEnvironment environment)
        => new(login, environment, CredentialHelper.GetAsync);

    /// <summary>The same files without what the command line says.</summary>
    internal RegistryCredentials WithoutLogin => login is null ? this : new RegistryCredentials(null, environment, helper);

    /// <summary>A credential for a repository; null to go without.</summary>
    /// <param name="name">The repository: Podman's files may have credentials for parts of a registry.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="RegistrySettingsInvalidException">A file is not what it should be.</exception>
    /// <exception cref="CredentialHelperException">A helper could not be asked.</exception>
    internal async Task<RegistryCredential?> FindAsync(RegistryName name, CancellationToken cancellationToken)
    {
        if (login is not null)
        {
            return new RegistryCredential(login.User, login.Secret);
        }

        foreach (string path in Files())
        {
            if (await AuthFile.TryReadAsync(path, cancellationToken).ConfigureAwait(false) is not { } file)
            {
                continue;
            }

            if (file.HelperFor(name) is { } program
                && await helper(program, AuthFile.ServerOf(name.Host), cancellationToken).ConfigureAwait(false) is { } kept)
            {
                return kept;
            }

            if (file.Find(name) is { } written)
            {
                return written;
            }
        }

        return null;
    }

    /// <summary>The files, in the order in which they are asked; they need not exist.</summary>
    internal IReadOnlyList<string> Files()
    {
        if (environment.Variable("REGISTRY_AUTH_FILE") is { } named)
        {
            return [Path.GetFullPath(named)];
        }

        List<string> files = [];
        if (environment.Variable("DOCKER_CONFIG") is { } folder)
        {
            files.Add(Path.Combine(Path.GetFullPath(folder), "config.json"));
        }
        else if (environment.Home.Length > 0)
        {
            files.Add(Path.Combine(environment.Home, ".docker", "config.json"));
        }

        if (environment.Variable("XDG_RUNTIME_DIR") is { } runtime)
        {
            files.Add(Path.Combine(runtime, "containers", "auth.json"));
        }

        if (environment.Home.Length > 0)
        {
            files.Add(Path.Combine(environment.Variable("XDG_CONFIG_HOME") ?? Path.Combine(environment.Home, ".config"), "containers", "auth.json"));
        }

        return files;
    }
}
