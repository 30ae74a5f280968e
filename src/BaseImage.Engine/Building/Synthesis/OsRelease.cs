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

    private static readonly SortedDictionary<string, (string Number, string Name)> UbuntuVersions = new(StringComparer.Ordinal)
    {
        ["jammy"] = ("22.04", "Jammy Jellyfish"),
        ["noble"] = ("24.04", "Noble Numbat"),
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
        else if (from.Distribution == "ubuntu" && UbuntuVersions.TryGetValue(from.Suite, out (string Number, string Name) ubuntu))
        {
            tree.AddFile("usr/lib/os-release",
                $"PRETTY_NAME=\"Ubuntu {ubuntu.Number} LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"{ubuntu.Number}\"\nVERSION=\"{ubuntu.Number} LTS ({ubuntu.Name})\"\nVERSION_CODENAME={from.Suite}\nID=ubuntu\nID_LIKE=debian\n"
                + $"HOME_URL=\"https://www.ubuntu.com/\"\nSUPPORT_URL=\"https://help.ubuntu.com/\"\nBUG_REPORT_URL=\"https://bugs.launchpad.net/ubuntu/\"\nUBUNTU_CODENAME={from.Suite}\n");
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
