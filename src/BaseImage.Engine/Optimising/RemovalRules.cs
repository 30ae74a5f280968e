using BaseImage.Engine.Building;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising;

/// <summary>What goes because of where it lies, and what stays because of where it lies.</summary>
internal sealed class RemovalRules
{
    private static readonly string[] Documents =
    [
        .. Removals.Defaults.Where(pattern => pattern.StartsWith("/usr/", StringComparison.Ordinal)),
        "/usr/share/gtk-doc/**", "/usr/share/help/**", "/usr/share/bash-completion/**", "/usr/share/zsh/**", "/usr/share/fish/**", "/usr/share/doc-base/**", "/etc/bash_completion.d/**",
        "/usr/share/applications/**", "/usr/share/pixmaps/**", "/usr/share/icons/**", "/usr/share/menu/**", "/usr/share/metainfo/**", "/usr/share/vim/**", "/usr/share/emacs/**",
        "/usr/local/share/doc/**", "/usr/local/share/man/**", "/usr/local/share/info/**", "/usr/local/man/**",
    ];

    private static readonly string[] Caches =
    [
        "/var/cache/**", "/var/lib/apt/**", "/var/log/**", "/var/tmp/**", "/tmp/**", "/run/**", "/root/.cache/**", "/home/*/.cache/**", "/var/backups/**", "/var/lib/systemd/catalog/**",
        "/etc/*-", "/usr/share/mime/mime.cache",
    ];

    private static readonly string[] Development =
    [
        "/usr/include/**", "/usr/local/include/**", "/usr/lib/**/lib*.a", "/usr/local/lib/**/lib*.a", "/lib/**/lib*.a", "/usr/lib/**/*.la", "/usr/local/lib/**/*.la", "/usr/lib/*/*.o",
        "/usr/lib/**/pkgconfig/**", "/usr/share/pkgconfig/**", "/usr/local/lib/pkgconfig/**", "/usr/lib/*/cmake/**", "/usr/share/cmake*/**", "/usr/share/aclocal/**", "/usr/lib/debug/**", "/usr/src/linux-*/**",
    ];

    private static readonly string[] Managers =
    [
        "/etc/apt/**", "/etc/dpkg/**", "/etc/cron.*/apt*", "/etc/cron.*/dpkg", "/etc/alternatives/README", "/etc/apk/keys/**", "/etc/apk/repositories", "/usr/share/apk/**", "/usr/lib/apt/**", "/usr/share/dpkg/**",
        "/usr/lib/dpkg/**", "/var/lib/dpkg/**", "/var/lib/debconf/**", "/var/lib/ucf/**", "/var/lib/pam/**", "/usr/share/debconf/**", "/usr/share/keyrings/**", "/lib/apk/exec/**",
        "/etc/init.d/**", "/etc/rc?.d/**", "/etc/cron.d/**", "/etc/cron.daily/**", "/etc/cron.hourly/**", "/etc/cron.weekly/**", "/etc/cron.monthly/**", "/etc/logrotate.d/**", "/etc/kernel/**", "/boot/**",
        "/lib/modules/**", "/usr/lib/modules/**", "/lib/firmware/**", "/usr/lib/firmware/**",
    ];

    private static readonly PathSet Licences = new("/usr/share/doc/*/copyright", "/usr/share/doc/*/copyright.*", "/usr/share/common-licenses/**", "/usr/share/licenses/**");

    // Data that programs find by their paths, whoever ships it.
    private static readonly PathSet Data = new(
        "/etc/**", "/usr/share/zoneinfo/**", "/usr/share/ca-certificates/**", "/usr/local/share/ca-certificates/**", "/usr/lib/os-release", "/usr/lib/locale/C.*/**", "/usr/share/misc/pci.ids", "/var/lib/misc/**");

    private static readonly PathSet Written = new("/var/log/**", "/var/cache/**", "/run/**");
    private static readonly PathSet Unwritten = new("/var/cache/apt", "/var/cache/debconf", "/var/cache/man", "/var/cache/ldconfig", "/var/log/apt", "/run/systemd");

    private readonly (PathSet Set, RemovalReason Reason)[] _sets;

    /// <summary>The rules for an environment.</summary>
    /// <param name="languages">Names of locales that stay, as <c>de_DE</c> or <c>de</c>.</param>
    public RemovalRules(IReadOnlyCollection<string> languages)
    {
        string[] kept = [.. languages.SelectMany(language => new[] { language, language.Split('_')[0] }).Distinct(StringComparer.Ordinal)];
        Locales = new PathSet(kept.SelectMany(language => new[] { $"/usr/share/locale/{language}/**", $"/usr/share/locale/{language}?*/**", $"/usr/lib/locale/{language}*/**" })
            .Concat(kept.Length > 0 ? ["/usr/lib/locale/locale-archive", "/usr/share/i18n/**"] : []));
        _sets =
        [
            (new PathSet(Documents), RemovalReason.Documentation),
            (new PathSet("/usr/share/locale/**", "/usr/local/share/locale/**", "/usr/lib/locale/**", "/usr/share/i18n/**"), RemovalReason.Locale),
            (new PathSet(Caches), RemovalReason.Cache),
            (new PathSet(Development), RemovalReason.Development),
            (new PathSet(Managers), RemovalReason.PackageManager),
        ];
    }

    private PathSet Locales { get; }

    /// <summary>Why a path goes whatever needs it; null where it does not.</summary>
    public RemovalReason? Of(LayerPath path)
    {
        if (IsLicence(path) || Locales.Has(path) || path.Span.StartsWith("usr/lib/locale/C."u8) || path.Name.Span.SequenceEqual("pyconfig.h"u8))
        {
            return null;
        }

        foreach ((PathSet set, RemovalReason reason) in _sets)
        {
            if (set.Has(path))
            {
                return reason;
            }
        }

        return null;
    }

    /// <summary>True below folders that services write logs and caches to: they stay, empty.</summary>
    public static bool IsWrittenTo(LayerPath folder) => Written.Has(folder) && !Unwritten.Has(folder);

    /// <summary>True of licences, which stay with what they cover: to hand an image on without them would break them.</summary>
    public static bool IsLicence(LayerPath path) => Licences.Has(path);

    /// <summary>True of data that stays though no package that ships it is needed.</summary>
    public static bool IsData(LayerPath path) => Data.Has(path);
}
