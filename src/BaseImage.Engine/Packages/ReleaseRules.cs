using BaseImage.Definitions;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>What must hold of a Release file beside its signature.</summary>
internal static class ReleaseRules
{
    /// <summary>How far a Date may lie after the time at which it is judged: clocks differ.</summary>
    public static readonly TimeSpan ClockTolerance = TimeSpan.FromDays(1);

    /// <summary>Checks suite, origin and times.</summary>
    /// <param name="release">The Release file.</param>
    /// <param name="archiveId">The archive's id; those of known distributions have a known Origin and Label.</param>
    /// <param name="suite">The suite that was asked for, by code name or suite name.</param>
    /// <param name="asOf">The time to judge at.</param>
    /// <param name="earlier">The Date that the present lock was made from; null where there is none.</param>
    public static void Check(ReleaseFile release, string archiveId, string suite, DateTimeOffset asOf, DateTimeOffset? earlier)
    {
        if (!IsSuite(release, archiveId, suite) || !IsArchive(release, archiveId))
        {
            throw new ReleaseNotWantedException(release.Name, $"suite '{suite}' of the archive '{archiveId}'", $"suite '{release.Suite}' (code name '{release.Codename}') of '{release.Origin}', label '{release.Label}'");
        }

        if (release.Date > asOf + ClockTolerance)
        {
            throw new ReleaseInFutureException(release.Name, release.Date, asOf);
        }

        if (release.ValidUntil is { } until && asOf > until)
        {
            throw new ReleaseExpiredException(release.Name, release.Date, until, asOf);
        }

        if (earlier is { } before && release.Date < before)
        {
            throw new ReleaseDateWentBackException(release.Name, release.Date, before);
        }
    }

    /// <summary>
    /// True when the Release file is of this suite: by code name or by suite name. Ubuntu gives every pocket of a release
    /// its code name, so there the suite alone tells noble from noble-updates.
    /// </summary>
    public static bool IsSuite(ReleaseFile release, string archiveId, string suite)
        => DistributionArchives.Distribution(archiveId) == "ubuntu"
            ? suite == release.Suite && release.Codename == suite.Split('-')[0]
            : suite == release.Codename || suite == release.Suite
            // Until Debian 10 the security archive had the suite in front of the slash as its code name.
            || (suite.EndsWith("/updates", StringComparison.Ordinal) && suite[..^"/updates".Length] == release.Codename);

    /// <summary>True when Origin and Label are those of the archive, as far as they are known.</summary>
    public static bool IsArchive(ReleaseFile release, string archiveId) => archiveId switch
    {
        "debian" => release is { Origin: "Debian", Label: "Debian" },
        "debian-security" => release is { Origin: "Debian", Label: "Debian-Security" },
        "ubuntu" or "ubuntu-security" or "ubuntu-ports" or "ubuntu-ports-security" => release is { Origin: "Ubuntu", Label: "Ubuntu" },
        _ => true,
    };
}
