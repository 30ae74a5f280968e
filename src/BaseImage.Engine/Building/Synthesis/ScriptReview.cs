using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// Says of which packages the scripts are not known. A script is known when it is in <see cref="KnownScripts"/>, or when
/// nothing is left of it without comments and the parts that debhelper adds and that an image has no use for. For the
/// others what is done by the package's name is done all the same, and the user is told: never silence, never a failure.
/// </summary>
internal static partial class ScriptReview
{
    // Alternatives are read from the script; menus, upgrades from older versions, ldconfig and services have no place in
    // an image that runs one program.
    private static readonly HashSet<string> Harmless = new(StringComparer.Ordinal)
    {
        "dh_installalternatives", "dh_installmenu", "dh_makeshlibs", "dh_installdeb", "dh_installsystemd", "dh_installinit", "dh_installman", "dh_icons",
    };

    private static readonly HashSet<string> DoneByName = new(StringComparer.Ordinal)
    {
        "base-files", "base-passwd", "bash", "ca-certificates", "debianutils", "libc-bin", "netbase", "tzdata",
    };

    /// <summary>One warning a package and script.</summary>
    public static IEnumerable<string> Warnings(string package, string version, PackageListing listing)
    {
        foreach (PackageScript script in listing.Scripts)
        {
            Digest digest = Identify(script.Text, version);
            if (KnownScripts.Contains(package, script.Name, digest) || IsHarmless(script.Text))
            {
                continue;
            }

            yield return DoneByName.Contains(package)
                ? $"{package} {version}: its {script.Name} ({digest}) is not the one that was reviewed. What is known to be needed of it was done; if it does more, that is not in the image."
                : $"{package} {version}: its {script.Name} ({digest}) was not run and is not known; if it makes files, they are not in the image. Add them by the definition's Files, Accounts or Alternatives.";
        }

        if (package is not ("libc6" or "libc-bin") && listing.Entries.Any(e => e.Entry.Kind == ImageFileKind.File && e.Entry.Path.ToString().StartsWith("etc/ld.so.conf.d/", StringComparison.Ordinal)))
        {
            yield return $"{package} {version}: it adds library directories through /etc/ld.so.conf.d, which need a linker cache that is not made; set LD_LIBRARY_PATH in the definition's Config.Env.";
        }
    }

    /// <summary>
    /// The SHA-256 of a script as it is reviewed: with <c>@VERSION@</c> for the package's own version, which some scripts
    /// name, and without debhelper's, so that a rebuilt package need not be reviewed again.
    /// </summary>
    public static Digest Identify(string script, string version)
        => Digest.Of(Encoding.UTF8.GetBytes(DebhelperVersion().Replace(script.Replace(version, "@VERSION@", StringComparison.Ordinal), "$1")));

    private static bool IsHarmless(string script)
    {
        string? section = null;
        foreach (string raw in script.ReplaceLineEndings("\n").Split('\n'))
        {
            string line = raw.Trim();
            if (section is null && SectionStart().Match(line) is { Success: true } start)
            {
                section = start.Groups[1].Value;
            }
            else if (section is not null && line == "# End automatically added section")
            {
                section = null;
            }
            else if (section is not null ? !Harmless.Contains(section) : line.Length > 0 && !line.StartsWith('#') && line is not ("set -e" or "exit 0"))
            {
                return false;
            }
        }

        return section is null;
    }

    [GeneratedRegex(@"(# Automatically added by dh_[a-z_]+)/[0-9][^\n]*", RegexOptions.CultureInvariant)]
    private static partial Regex DebhelperVersion();

    [GeneratedRegex(@"^# Automatically added by (dh_[a-z_]+)(/|$)", RegexOptions.CultureInvariant)]
    private static partial Regex SectionStart();
}
