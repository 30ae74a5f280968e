using BaseImage.Engine.Inspection;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>How the content of a file is kept.</summary>
internal enum KeptKind
{
    /// <summary>Not at all.</summary>
    None,

    /// <summary>As it is.</summary>
    Plain,

    /// <summary>As a table of accounts, with passwords struck out (<see cref="AccountMask"/>).</summary>
    Accounts,

    /// <summary>As settings of tools, only the lines that say what is trusted, without logins (<see cref="SettingsMask"/>).</summary>
    Settings,

    /// <summary>As it is, and what is too long to be kept fails the image: a list of packages that nobody can read must not look empty.</summary>
    Database,
}

/// <summary>The small files whose content rules read. What is kept depends on the path in the layer and on the size alone.</summary>
internal static class KeptPaths
{
    /// <summary>The most bytes of a package database.</summary>
    public const int MaximumDatabase = 16 << 20;

    /// <summary>The most bytes of any other file.</summary>
    public const int MaximumOther = 1 << 20;

    /// <summary>The most bytes of all kept contents of a layer together.</summary>
    public const long MaximumTotal = 256L << 20;

    // Wherever they lie: /etc/passwd may be a link, and many an image has a root file system inside.
    private static readonly HashSet<string> AccountNames = new(["passwd", "passwd-", "shadow", "shadow-", "group", "group-", "gshadow", "gshadow-"], StringComparer.Ordinal);

    private static readonly HashSet<string> PlainNames = new(["shells", "os-release", "lsb-release", "alpine-release", "debian_version", "sudoers", "doas.conf", "authorized_keys", "authorized_keys2", "hosts.equiv", "shosts.equiv", ".rhosts", ".shosts",
            "machine-id", "ld.so.preload", "ld.so.conf"], StringComparer.Ordinal);

    // Settings of tools that fetch: what they trust is read there.
    private static readonly HashSet<string> ToolNames = new(
        [".npmrc", "npmrc", ".yarnrc", ".yarnrc.yml", "pip.conf", ".pydistutils.cfg", ".gitconfig", "gitconfig", ".curlrc", ".wgetrc", "wgetrc", ".condarc", ".gemrc", "gemrc", ".bundle", "uv.toml"], StringComparer.Ordinal);

    private static readonly HashSet<string> SettingsPaths = new(["etc/dnf/dnf.conf", "etc/yum.conf", "etc/containers/registries.conf", "etc/docker/daemon.json"], StringComparer.Ordinal);

    private static readonly string[] SettingsFolders = ["etc/apt/apt.conf", "etc/yum.repos.d/", "etc/zypp/repos.d/", "etc/containers/registries.conf.d/"];

    private static readonly HashSet<string> PlainPaths = new(["etc/hosts", "etc/resolv.conf"], StringComparer.Ordinal);

    private static readonly string[] PlainFolders = ["etc/sudoers.d/", "etc/ld.so.conf.d/"];

    /// <summary>How the file of a path (without a leading '/') is kept.</summary>
    public static KeptKind Of(string path)
    {
        if (KeptFiles.IsDatabase(path))
        {
            return KeptKind.Database;
        }

        string name = path[(path.LastIndexOf('/') + 1)..];
        return AccountNames.Contains(name) ? KeptKind.Accounts
            : ToolNames.Contains(name) || SettingsPaths.Contains(path) || SettingsFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)) ? KeptKind.Settings
            : PlainNames.Contains(name) || PlainPaths.Contains(path) || IsPackageSource(path) || PlainFolders.Any(folder => path.StartsWith(folder, StringComparison.Ordinal)) || IsCertificate(path, name) ? KeptKind.Plain
            : KeptKind.None;
    }

    // Authorities' own lie elsewhere, by the hundred.
    private static bool IsCertificate(string path, string name)
        => (name.EndsWith(".crt", StringComparison.Ordinal) || name.EndsWith(".cer", StringComparison.Ordinal) || name.EndsWith(".pem", StringComparison.Ordinal))
            && !path.StartsWith("usr/share/ca-certificates/", StringComparison.Ordinal) && !path.StartsWith("etc/ssl/certs/", StringComparison.Ordinal) && !path.StartsWith("etc/pki/", StringComparison.Ordinal)
            && !path.Contains("/certifi/", StringComparison.Ordinal) && !path.EndsWith("/cert.pem", StringComparison.Ordinal) && path != "etc/ssl/cert.pem";

    // Where packages come from, and what apk and dpkg were told beside their databases.
    private static bool IsPackageSource(string path)
        => path is "etc/apt/sources.list" or "etc/apk/repositories" or "etc/apk/world" or "var/lib/dpkg/arch"
            || (path.StartsWith("etc/apt/sources.list.d/", StringComparison.Ordinal) && (path.EndsWith(".list", StringComparison.Ordinal) || path.EndsWith(".sources", StringComparison.Ordinal)));
}
