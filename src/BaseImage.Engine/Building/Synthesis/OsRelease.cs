namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// /usr/lib/os-release and the link to it, which tell programs and scanners what the image is made of. base-files brings
/// them; for an image without it they are made, with base-files' own values. Source: os-release(5).
/// </summary>
internal static class OsRelease
{
    private static readonly SortedDictionary<string, string> Versions = new(StringComparer.Ordinal)
    {
        ["bookworm"] = "12",
        ["bullseye"] = "11",
        ["duke"] = "15",
        ["forky"] = "14",
        ["trixie"] = "13",
    };

    /// <summary>Adds them where no package did.</summary>
    public static void Add(ImageTree tree, DistributionSource from)
    {
        if (tree.Exists("usr/lib/os-release") || tree.Exists("etc/os-release"))
        {
            return;
        }

        if (from.Distribution == "debian")
        {
            AddDebian(tree, from.Suite);
        }
        else
        {
            tree.AddFile("usr/lib/os-release", $"PRETTY_NAME=\"{from.Distribution} {from.Suite}\"\nNAME=\"{from.Distribution}\"\nVERSION_CODENAME={from.Suite}\nID={from.Distribution}\n");
        }

        tree.AddLink("etc/os-release", "../usr/lib/os-release");
    }

    private static void AddDebian(ImageTree tree, string suite)
    {
        const string Name = "Debian GNU/Linux";
        string? version = Versions.GetValueOrDefault(suite);
        string pretty = version is null ? $"{Name} {suite}" : $"{Name} {version} ({suite})";
        string numbers = version is null ? "" : $"VERSION_ID=\"{version}\"\nVERSION=\"{version} ({suite})\"\n";
        tree.AddFile("usr/lib/os-release",
            $"PRETTY_NAME=\"{pretty}\"\nNAME=\"{Name}\"\n{numbers}VERSION_CODENAME={suite}\nID=debian\n"
            + "HOME_URL=\"https://www.debian.org/\"\nSUPPORT_URL=\"https://www.debian.org/support\"\nBUG_REPORT_URL=\"https://bugs.debian.org/\"\n");

        // Scanners that know Debian by this file ask for the major version alone.
        if (!tree.Exists("etc/debian_version"))
        {
            tree.AddFile("etc/debian_version", (version ?? suite + "/sid") + "\n");
        }
    }
}
