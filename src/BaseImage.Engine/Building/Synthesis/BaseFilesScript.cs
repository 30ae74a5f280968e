namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// What base-files' postinst does on a new system. Its links <c>/var/run</c> and <c>/var/lock</c> are made by
/// <see cref="UsrMerge"/>. Source: base-files 12.4+deb12u15 and 13.8+deb13u8.
/// </summary>
internal static class BaseFilesScript
{
    private const long MailGroup = 8;
    private const long UtmpGroup = 43;

    /// <summary>Does it, where the package is in the image.</summary>
    public static void Run(ImageTree tree)
    {
        if (tree.Package("base-files") is not { } listing)
        {
            return;
        }

        tree.CopyFile("usr/share/base-files/dot.profile", "root/.profile");
        tree.CopyFile("usr/share/base-files/dot.bashrc", "root/.bashrc");
        tree.CopyFile("usr/share/base-files/profile", "etc/profile");
        tree.CopyFile("usr/share/base-files/motd", "etc/motd");
        foreach (string path in new[] { "mnt", "srv", "opt", "etc/opt", "var/opt", "media" })
        {
            tree.AddDirectory(path);
        }

        tree.AddDirectory("var/mail", Modes.SetGid, 0, MailGroup);
        AddLink(tree, "var/spool/mail", "../mail");
        tree.AddDirectory("run/lock", Modes.Sticky);

        // libexec came with Debian 13.
        bool libexec = listing.Scripts.Any(script => script.Text.Contains("install_local_dir /usr/local/libexec", StringComparison.Ordinal));
        foreach (string path in new[] { "share", "share/man", "bin", "games", "lib", "include", "sbin", "src", "etc" }.Concat(libexec ? ["libexec"] : []))
        {
            tree.AddDirectory("usr/local/" + path);
        }

        AddLink(tree, "usr/local/man", "share/man");
        AddEmpty(tree, "var/log/wtmp", Modes.Rw_rw_r__);
        AddEmpty(tree, "var/log/btmp", Modes.Rw_rw____);
        AddEmpty(tree, "var/log/lastlog", Modes.Rw_rw_r__);
        if (tree.Exists("etc/dpkg/origins/debian"))
        {
            AddLink(tree, "etc/dpkg/origins/default", "debian");
        }
    }

    private static void AddLink(ImageTree tree, string path, string target)
    {
        if (!tree.Exists(path))
        {
            tree.AddLink(path, target);
        }
    }

    private static void AddEmpty(ImageTree tree, string path, int mode)
    {
        if (!tree.Exists(path))
        {
            tree.AddFile(path, "", mode, 0, UtmpGroup);
        }
    }
}
