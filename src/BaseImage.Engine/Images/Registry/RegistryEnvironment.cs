namespace BaseImage.Engine.Images.Registry;

/// <summary>What of this machine and user says how registries are met: variables, and the folders of credentials and certificates.</summary>
internal sealed record RegistryEnvironment
{
    /// <summary>Answers an environment variable's value, or null.</summary>
    internal required Func<string, string?> Variables { get; init; }

    /// <summary>The user's home; empty where there is none.</summary>
    internal required string Home { get; init; }

    /// <summary>Folders that hold a folder a registry, with its certificates, the first before the others.</summary>
    internal required IReadOnlyList<string> CertificateFolders { get; init; }

    /// <summary>This process's. Sources: Docker, "Verify repository client with certificates"; containers-certs.d(5).</summary>
    internal static RegistryEnvironment Current()
    {
        Func<string, string?> variables = name => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
        string home = variables(OperatingSystem.IsWindows() ? "USERPROFILE" : "HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        return new RegistryEnvironment
        {
            Variables = variables,
            Home = home,
            CertificateFolders = [.. Folders(variables, home)],
        };
    }

    /// <summary>A variable's value; null where it is not set or empty.</summary>
    internal string? Variable(string name) => Variables(name) is { Length: > 0 } value ? value : null;

    private static IEnumerable<string> Folders(Func<string, string?> variables, string home)
    {
        if (home.Length > 0)
        {
            yield return Path.Combine(home, ".config", "containers", "certs.d");
            yield return Path.Combine(variables("DOCKER_CONFIG") ?? Path.Combine(home, ".docker"), "certs.d");
            yield return Path.Combine(home, ".config", "docker", "certs.d");
        }

        if (OperatingSystem.IsWindows())
        {
            yield return Path.Combine(variables("ProgramData") ?? @"C:\ProgramData", "docker", "certs.d");
        }
        else
        {
            yield return "/etc/containers/certs.d";
            yield return "/etc/docker/certs.d";
        }
    }
}
