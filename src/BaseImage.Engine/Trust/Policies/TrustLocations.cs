namespace BaseImage.Engine.Trust.Policies;

/// <summary>
/// Where Notation keeps its trust policy and trust store on each system: NOTATION_CONFIG, else <c>notation</c> in the user's
/// configuration folder.
/// </summary>
/// <param name="Root">The folder.</param>
internal sealed record TrustLocations(string Root)
{
    /// <summary>Those of this process's user.</summary>
    internal static TrustLocations FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>Those that variables say.</summary>
    internal static TrustLocations FromEnvironment(Func<string, string?> environment)
    {
        string? Full(string name) => environment(name) is { Length: > 0 } path && Path.IsPathFullyQualified(path) ? path : null;
        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        return new TrustLocations(Full("NOTATION_CONFIG") ?? Path.Combine(
            OperatingSystem.IsWindows() ? Full("APPDATA") ?? Environment.GetFolderPath(Environment.SpecialFolder.ApplicationData)
                : OperatingSystem.IsMacOS() ? Path.Combine(Full("HOME") ?? home, "Library", "Application Support")
                : Full("XDG_CONFIG_HOME") ?? Path.Combine(Full("HOME") ?? home, ".config"),
            "notation"));
    }

    /// <summary>The trust policy for images: <c>trustpolicy.oci.json</c>, else <c>trustpolicy.json</c>.</summary>
    internal string PolicyPath
    {
        get
        {
            string own = Path.Combine(Root, "trustpolicy.oci.json"), former = Path.Combine(Root, "trustpolicy.json");
            return !Path.Exists(own) && Path.Exists(former) ? former : own;
        }
    }

    /// <summary>The trust store beside a policy: Notation's <c>truststore</c>, or <c>trust-store</c> as its specification writes it.</summary>
    internal static string StoreBeside(string policyPath)
    {
        string folder = Path.GetDirectoryName(policyPath) ?? "";
        string written = Path.Combine(folder, "truststore"), specified = Path.Combine(folder, "trust-store");
        return !Directory.Exists(written) && Directory.Exists(specified) ? specified : written;
    }
}
