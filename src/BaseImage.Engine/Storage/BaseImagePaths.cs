namespace BaseImage.Engine.Storage;

/// <summary>
/// Where the module keeps things. Sources: XDG Base Directory Specification 0.8 on Linux, the known folders on Windows,
/// ~/Library on macOS.
/// </summary>
/// <param name="CacheRoot">The cache: <c>BASEIMAGE_CACHE</c>, or a folder of the user's cache. May be deleted at any time.</param>
/// <param name="StoreRoot">The store of built images: <c>BASEIMAGE_STORE</c>, or a folder of the user's data. Clearing the cache spares it.</param>
/// <param name="ConfigFiles">The settings files, the user's before the machine's; they need not exist.</param>
internal sealed record BaseImagePaths(string CacheRoot, string StoreRoot, IReadOnlyList<string> ConfigFiles)
{
    /// <summary>The settings file's name.</summary>
    public const string ConfigFileName = "baseimage.config.psd1";

    private enum System { Linux, MacOS, Windows }

    /// <summary>The paths for this process, read from its environment now.</summary>
    public static BaseImagePaths FromEnvironment() => FromEnvironment(Environment.GetEnvironmentVariable);

    /// <summary>The paths for an environment.</summary>
    /// <param name="environment">Answers a variable's value, or null.</param>
    public static BaseImagePaths FromEnvironment(Func<string, string?> environment)
    {
        System system = OperatingSystem.IsWindows() ? System.Windows : OperatingSystem.IsMacOS() ? System.MacOS : System.Linux;
        string home = Value(environment, "HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile, Environment.SpecialFolderOption.DoNotVerify);
        if (home.Length == 0)
        {
            home = Path.GetTempPath();
        }

        (string cache, string data, string userConfig, string machineConfig) = system switch
        {
            System.Windows => (
                Path.Combine(Known(Environment.SpecialFolder.LocalApplicationData, home), "BaseImage", "cache"),
                Path.Combine(Known(Environment.SpecialFolder.LocalApplicationData, home), "BaseImage"),
                Path.Combine(Known(Environment.SpecialFolder.ApplicationData, home), "BaseImage"),
                Path.Combine(Known(Environment.SpecialFolder.CommonApplicationData, home), "BaseImage")),
            System.MacOS => (
                Path.Combine(home, "Library", "Caches", "BaseImage"),
                Path.Combine(home, "Library", "Application Support", "BaseImage"),
                Path.Combine(home, "Library", "Application Support", "BaseImage"),
                "/Library/Application Support/BaseImage"),
            _ => (
                Path.Combine(Xdg(environment, "XDG_CACHE_HOME", home, ".cache"), "baseimage"),
                Path.Combine(Xdg(environment, "XDG_DATA_HOME", home, ".local/share"), "baseimage"),
                Path.Combine(Xdg(environment, "XDG_CONFIG_HOME", home, ".config"), "baseimage"),
                "/etc/baseimage"),
        };

        return new BaseImagePaths(
            Path.GetFullPath(Value(environment, "BASEIMAGE_CACHE") ?? cache),
            Path.GetFullPath(Value(environment, "BASEIMAGE_STORE") ?? Path.Combine(data, "store")),
            [Path.Combine(userConfig, ConfigFileName), Path.Combine(machineConfig, ConfigFileName)]);
    }

    private static string? Value(Func<string, string?> environment, string name)
        => environment(name) is { Length: > 0 } value ? value : null;

    // "All paths set in these environment variables must be absolute. If an implementation encounters a relative path
    // [...] it should consider the path invalid and ignore it."
    private static string Xdg(Func<string, string?> environment, string name, string home, string otherwise)
        => Value(environment, name) is { } value && Path.IsPathFullyQualified(value) ? value : Path.Combine(home, otherwise);

    private static string Known(Environment.SpecialFolder folder, string home)
        => Environment.GetFolderPath(folder, Environment.SpecialFolderOption.DoNotVerify) is { Length: > 0 } path ? path : home;
}
