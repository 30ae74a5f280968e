namespace BaseImage.Engine.Tests;

/// <summary>Real packages from the archive that the machine's apt is set up with, downloaded once a run.</summary>
internal static class RealPackages
{
    private static readonly string[] s_names =
    [
        "libc6", "libssl3", "libicu72", "libstdc++6", "ca-certificates", "tzdata", "bash", "coreutils", "perl-base", "dpkg", "base-files",
        "base-passwd", "libc-bin", "netbase", "debianutils", "mawk", "zlib1g", "openssl", "debconf", "iputils-ping", "libpam-modules", "busybox-static",
        "libssl3t64", "libicu76",
    ];

    private static readonly Lazy<Task<TempFolder>> s_folder = new(DownloadAsync);

    /// <summary>The packages' paths, in order of name; names that the machine's release does not have are left out.</summary>
    public static async Task<IReadOnlyList<string>> PathsAsync()
    {
        foreach (string program in (string[])["apt-get", "apt-cache", "dpkg-deb"])
        {
            Tools.Require(program);
        }
        TempFolder folder = await s_folder.Value;
        string[] paths = [.. Directory.GetFiles(folder.Path, "*.deb").Order(StringComparer.Ordinal)];
        Tools.Require(paths.Length > 0, "apt has no archive to download from");
        return paths;
    }

    private static async Task<TempFolder> DownloadAsync()
    {
        TempFolder folder = new();
        AppDomain.CurrentDomain.ProcessExit += (_, _) => folder.Dispose();
        (_, string known, _) = await Tools.TryRunAsync("apt-cache", ["show", "--no-all-versions", .. s_names]);
        string[] available = [.. known.Split('\n').Where(line => line.StartsWith("Package: ", StringComparison.Ordinal)).Select(line => line[9..]).Distinct()];
        await Tools.TryRunAsync("apt-get", ["download", "-q", .. available], folder: folder.Path);
        return folder;
    }
}
