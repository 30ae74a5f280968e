using System.Text;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>Files that differ from build to build wherever they are, by their paths and, where that is not enough, by what they hold.</summary>
internal static class KnownPaths
{
    private const int MaxAccounts = 1 << 20;

    /// <summary>What is known of a file of both images whose bytes differ.</summary>
    internal static ContentFinding Explain(string path, ContentView left, ContentView right, bool packagesDiffer) => path switch
    {
        "/etc/shadow" or "/etc/shadow-" or "/etc/gshadow" or "/etc/gshadow-" => Shadow(left, right),
        "/etc/timezone" or "/etc/localtime" => new ContentFinding(DifferenceCause.TimeZone, "It says the time zone."),
        "/etc/hostname" or "/etc/hosts" or "/etc/mailname" => new ContentFinding(DifferenceCause.HostName, "It says the name of the host that built it."),
        "/etc/resolv.conf" => new ContentFinding(DifferenceCause.BuildHost, "It is the name resolution of the host that built it."),
        "/etc/default/locale" or "/etc/locale.conf" or "/etc/locale.gen" => new ContentFinding(DifferenceCause.Locale, "It says the language."),
        _ when packagesDiffer && (path.StartsWith("/var/lib/dpkg/", StringComparison.Ordinal) || path is "/var/lib/apt/extended_states" or "/lib/apk/db/installed" or "/usr/lib/apk/db/installed")
            => new ContentFinding(DifferenceCause.PackageVersion, "It lists packages, some of which are of another version."),
        _ => OfPath(path) is { IsKnown: true } known ? known : IsPrivateKey(left) && IsPrivateKey(right) ? new ContentFinding(DifferenceCause.RandomId, "Each is a private key of its own.") : ContentFinding.None,
    };

    /// <summary>What is known of a path alone, also where one image has no such file.</summary>
    internal static ContentFinding OfPath(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        return path is "/etc/machine-id" or "/var/lib/dbus/machine-id" ? new ContentFinding(DifferenceCause.RandomId, "The machine's id is drawn at random.")
            : path.EndsWith("/random-seed", StringComparison.Ordinal) ? new ContentFinding(DifferenceCause.RandomId, "A seed of random numbers.")
            : path.StartsWith("/etc/ssh/ssh_host_", StringComparison.Ordinal) ? new ContentFinding(DifferenceCause.RandomId, "A host key of sshd, made when the server was installed.")
            : name is "ssl-cert-snakeoil.pem" or "ssl-cert-snakeoil.key" ? new ContentFinding(DifferenceCause.RandomId, "A self-signed certificate, made when the package was installed.")
            : path == "/var/cache/ldconfig/aux-cache" ? new ContentFinding(DifferenceCause.Cache, "ldconfig keeps inode numbers and times of libraries in it.")
            : path.StartsWith("/var/cache/man/", StringComparison.Ordinal) || path.StartsWith("/var/cache/fontconfig/", StringComparison.Ordinal) || name is "icon-theme.cache" or "mimeinfo.cache" ? new ContentFinding(DifferenceCause.Cache, "A tool's cache, which holds times of the build.")
            : path.StartsWith("/var/lib/apt/lists/", StringComparison.Ordinal) || path is "/var/cache/apt/pkgcache.bin" or "/var/cache/apt/srcpkgcache.bin" || path.StartsWith("/var/cache/apk/", StringComparison.Ordinal) || path.StartsWith("/lib/apk/db/scripts", StringComparison.Ordinal)
                ? new ContentFinding(DifferenceCause.PackageIndex, "An index of the archive, of the day of the build.")
            : path.StartsWith("/var/log/", StringComparison.Ordinal) ? new ContentFinding(DifferenceCause.Log, "A log of the build.")
            : path.StartsWith("/root/.cache/", StringComparison.Ordinal) || path.StartsWith("/root/.npm/", StringComparison.Ordinal) ? new ContentFinding(DifferenceCause.Cache, "A cache of a tool that the build ran.")
            : ContentFinding.None;
    }

    /// <summary>What is known of a file that one image alone has.</summary>
    internal static ContentFinding OfMissing(string path)
        => path.EndsWith(".pyc", StringComparison.Ordinal) || path.EndsWith("/__pycache__", StringComparison.Ordinal) ? new ContentFinding(DifferenceCause.ByteCode, "Python compiles its modules when they are first run.") : OfPath(path);

    // shadow(5): name, password, day of the last change, and six more. A hash of one password differs by its salt.
    private static ContentFinding Shadow(ContentView left, ContentView right)
    {
        string[] a = Encoding.Latin1.GetString(left.Slice(0, MaxAccounts)).Split('\n'), b = Encoding.Latin1.GetString(right.Slice(0, MaxAccounts)).Split('\n');
        if (a.Length != b.Length)
        {
            return ContentFinding.None;
        }

        bool day = false, salt = false;
        foreach ((string first, string second) in a.Zip(b).Where(pair => pair.First != pair.Second))
        {
            string[] x = first.Split(':'), y = second.Split(':');
            if (x.Length != y.Length || x.Length < 3 || x[0] != y[0] || !x[3..].AsSpan().SequenceEqual(y.AsSpan(3)) || (x[1] != y[1] && !(x[1].StartsWith('$') && y[1].StartsWith('$'))))
            {
                return ContentFinding.None;
            }

            salt |= x[1] != y[1];
            day |= x[2] != y[2];
        }

        return salt ? new ContentFinding(DifferenceCause.RandomId, "A password's hash differs, as each salt makes it.")
            : day ? new ContentFinding(DifferenceCause.Timestamp, "The day of the last change of a password is the day of the build.") : ContentFinding.None;
    }

    private static bool IsPrivateKey(ContentView view)
    {
        string head = Encoding.Latin1.GetString(view.Slice(0, 64));
        return head.StartsWith("-----BEGIN ", StringComparison.Ordinal) && head.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
    }
}
