using System.Globalization;
using BaseImage.Engine.Inspection;

namespace BaseImage.Engine.Auditing.Packages;

/// <summary>How long a release gets security fixes.</summary>
/// <param name="Id">os-release's ID.</param>
/// <param name="Version">VERSION_ID; of Alpine the first two numbers.</param>
/// <param name="Codename">Its codename.</param>
/// <param name="Until">The last day of the distribution's own security team.</param>
/// <param name="Extended">The last day of free fixes by others (Debian's LTS team); null for none.</param>
internal sealed record SupportedRelease(string Id, string Version, string Codename, DateOnly Until, DateOnly? Extended);

/// <summary>
/// The ends of life of Debian, Ubuntu and Alpine. Sources: Debian's package distro-info-data 0.58+deb12u6 (debian.csv: eol and
/// eol-lts; ubuntu.csv: eol, which is standard security maintenance, without Ubuntu Pro), which a test holds the table
/// against; alpinelinux.org/releases (the main repository). As known in November 2026; a release that is not in the table is not judged.
/// </summary>
internal static class SupportTable
{
    /// <summary>When the table was last looked at.</summary>
    public const string AsOf = "November 2026";

    private static readonly SupportedRelease[] Releases =
    [
        Row("debian", "7", "wheezy", "2016-04-25", "2018-05-31"), Row("debian", "8", "jessie", "2018-06-17", "2020-06-30"),
        Row("debian", "9", "stretch", "2020-07-18", "2022-06-30"), Row("debian", "10", "buster", "2022-09-10", "2024-06-30"),
        Row("debian", "11", "bullseye", "2024-08-14", "2026-08-31"), Row("debian", "12", "bookworm", "2026-07-11", "2028-06-30"),
        Row("debian", "13", "trixie", "2028-08-09", "2030-06-30"),
        Row("ubuntu", "14.04", "trusty", "2019-04-25"), Row("ubuntu", "14.10", "utopic", "2015-07-23"), Row("ubuntu", "15.04", "vivid", "2016-02-04"),
        Row("ubuntu", "15.10", "wily", "2016-07-28"), Row("ubuntu", "16.04", "xenial", "2021-04-30"), Row("ubuntu", "16.10", "yakkety", "2017-07-20"),
        Row("ubuntu", "17.04", "zesty", "2018-01-13"), Row("ubuntu", "17.10", "artful", "2018-07-19"), Row("ubuntu", "18.04", "bionic", "2023-05-31"),
        Row("ubuntu", "18.10", "cosmic", "2019-07-18"), Row("ubuntu", "19.04", "disco", "2020-01-23"), Row("ubuntu", "19.10", "eoan", "2020-07-17"),
        Row("ubuntu", "20.04", "focal", "2025-05-29"), Row("ubuntu", "20.10", "groovy", "2021-07-22"), Row("ubuntu", "21.04", "hirsute", "2022-01-20"),
        Row("ubuntu", "21.10", "impish", "2022-07-14"), Row("ubuntu", "22.04", "jammy", "2027-06-01"), Row("ubuntu", "22.10", "kinetic", "2023-07-20"),
        Row("ubuntu", "23.04", "lunar", "2024-01-25"), Row("ubuntu", "23.10", "mantic", "2024-07-11"), Row("ubuntu", "24.04", "noble", "2029-05-31"),
        Row("ubuntu", "24.10", "oracular", "2025-07-10"), Row("ubuntu", "25.04", "plucky", "2026-01-15"), Row("ubuntu", "25.10", "questing", "2026-07-09"),
        Row("ubuntu", "26.04", "resolute", "2031-05-29"),
        Row("alpine", "3.10", "", "2021-05-01"), Row("alpine", "3.11", "", "2021-11-01"), Row("alpine", "3.12", "", "2022-05-01"), Row("alpine", "3.13", "", "2022-11-01"),
        Row("alpine", "3.14", "", "2023-05-01"), Row("alpine", "3.15", "", "2023-11-01"), Row("alpine", "3.16", "", "2024-05-23"), Row("alpine", "3.17", "", "2024-11-22"),
        Row("alpine", "3.18", "", "2025-05-09"), Row("alpine", "3.19", "", "2025-11-01"), Row("alpine", "3.20", "", "2026-04-01"), Row("alpine", "3.21", "", "2026-11-01"),
        Row("alpine", "3.22", "", "2027-05-01"), Row("alpine", "3.23", "", "2027-11-01"),
    ];

    /// <summary>The releases of a distribution; none where the table does not know it.</summary>
    public static IEnumerable<SupportedRelease> Of(string id) => Releases.Where(release => release.Id == id);

    /// <summary>The release that an image says it is; null where the table does not have it.</summary>
    public static SupportedRelease? Find(Distribution distribution)
    {
        string version = distribution.Id == "alpine" ? string.Join('.', distribution.Version.Split('.').Take(2)) : distribution.Version;
        return Of(distribution.Id).FirstOrDefault(release => release.Version == version || (version.Length == 0 && release.Codename.Length > 0 && release.Codename == distribution.Codename));
    }

    private static SupportedRelease Row(string id, string version, string codename, string until, string? extended = null)
        => new(id, version, codename, Day(until), extended is null ? null : Day(extended));

    private static DateOnly Day(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
