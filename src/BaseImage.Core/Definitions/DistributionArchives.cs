namespace BaseImage.Definitions;

/// <summary>What is known of the archives of distributions: which a definition's <c>From</c> stands for, and how each is told.</summary>
public static class DistributionArchives
{
    // Ubuntu serves the architectures that it calls ports from a root of their own, with the very same Release files.
    private static readonly string[] UbuntuMain = ["amd64", "i386"];
    private static readonly string[] UbuntuPorts = ["arm64", "armhf", "ppc64el", "riscv64", "s390x"];

    /// <summary>The suites of each distribution, by code name.</summary>
    public static IReadOnlyDictionary<string, IReadOnlyList<string>> Suites { get; } = new SortedDictionary<string, IReadOnlyList<string>>(StringComparer.Ordinal)
    {
        ["debian"] = ["bookworm", "trixie"],
        ["ubuntu"] = ["jammy", "noble"],
    };

    /// <summary>The archives that a definition's <c>From</c> stands for.</summary>
    public static IEnumerable<ArchiveSource> Of(DistributionSource from)
    {
        string[] suites = from.Updates ? [from.Suite, from.Suite + "-updates"] : [from.Suite];
        if (from.Distribution == "ubuntu")
        {
            return Ubuntu("ubuntu", UbuntuMain).Concat(Ubuntu("ubuntu-ports", UbuntuPorts));
        }

        string keyring = KeyringOf("debian", from.Suite)!;
        ArchiveSource debian = new() { Id = "debian", Suites = suites, Keyring = keyring };
        return from.Security ? [debian, new ArchiveSource { Id = "debian-security", Suites = [from.Suite + "-security"], Keyring = keyring }] : [debian];

        IEnumerable<ArchiveSource> Ubuntu(string id, string[] architectures)
        {
            ArchiveSource archive = new() { Id = id, Suites = suites, Components = ["main", "universe"], Keyring = KeyringOf(id, from.Suite), Architectures = architectures };
            return from.Security ? [archive, archive with { Id = id + "-security", Suites = [from.Suite + "-security"] }] : [archive];
        }
    }

    /// <summary>The keyring that a known archive's suites are signed with; null for an archive that is not known.</summary>
    /// <param name="archiveId">The archive's id.</param>
    /// <param name="suite">One of its suites.</param>
    public static string? KeyringOf(string archiveId, string suite) => Distribution(archiveId) is { } distribution ? $"{distribution}-{suite.Split('-')[0]}" : null;

    /// <summary>The architectures that a known archive serves; empty for all.</summary>
    public static IReadOnlyList<string> ArchitecturesOf(string archiveId) => archiveId switch
    {
        "ubuntu" or "ubuntu-security" => UbuntuMain,
        "ubuntu-ports" or "ubuntu-ports-security" => UbuntuPorts,
        _ => [],
    };

    /// <summary>The archive whose mirrors serve this one as well, where it has none of its own; null for none.</summary>
    public static string? ServedAlongWith(string archiveId) => archiveId switch
    {
        "ubuntu-security" => "ubuntu",
        "ubuntu-ports-security" => "ubuntu-ports",
        _ => null,
    };

    /// <summary>The distribution that an archive's id belongs to; null for one that is not known.</summary>
    public static string? Distribution(string archiveId) => archiveId switch
    {
        "debian" or "debian-security" => "debian",
        "ubuntu" or "ubuntu-security" or "ubuntu-ports" or "ubuntu-ports-security" => "ubuntu",
        _ => null,
    };
}
