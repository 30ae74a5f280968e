namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// What tzdata's postinst does: UTC is the zone until the definition says otherwise by a file or by TZ. Debian 12 also
/// writes its name to /etc/timezone; Debian 13 does so only where the file is there.
/// </summary>
internal static class TimeZones
{
    /// <summary>Does it, where the package is in the image.</summary>
    public static void Run(ImageTree tree)
    {
        if (tree.Package("tzdata") is not { } listing || !tree.Exists("usr/share/zoneinfo/Etc/UTC"))
        {
            return;
        }

        tree.AddLink("etc/localtime", "/usr/share/zoneinfo/Etc/UTC");
        if (!listing.Scripts.Any(script => script.Text.Contains("if test -f \"$DPKG_ROOT/etc/timezone\"", StringComparison.Ordinal)))
        {
            tree.AddFile("etc/timezone", "Etc/UTC\n");
        }
    }
}
