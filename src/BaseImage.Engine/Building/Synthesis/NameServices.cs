namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// /etc/nsswitch.conf: libc-bin's own where the package is in the image (its postinst copies it), else files and DNS, in
/// the order that resolvers without glibc (Go's) follow too. And netbase's /etc/hosts and /etc/networks.
/// </summary>
internal static class NameServices
{
    private const string Default =
        """
        # /etc/nsswitch.conf

        passwd:         files
        group:          files
        shadow:         files
        gshadow:        files

        hosts:          files dns
        networks:       files

        protocols:      db files
        services:       db files
        ethers:         db files
        rpc:            db files

        netgroup:       nis

        """;

    private const string Hosts = "127.0.0.1\tlocalhost\n::1\t\tlocalhost ip6-localhost ip6-loopback\nff02::1\t\tip6-allnodes\nff02::2\t\tip6-allrouters\n\n";
    private const string Networks = "default\t\t0.0.0.0\nloopback\t127.0.0.0\nlink-local\t169.254.0.0\n\n";

    /// <summary>Adds what is missing.</summary>
    public static void Add(ImageTree tree)
    {
        if (!tree.HasBase || tree.Package("libc-bin") is not null)
        {
            tree.CopyFile("usr/share/libc-bin/nsswitch.conf", "etc/nsswitch.conf");
        }

        if (!tree.HasBase)
        {
            AddFile(tree, "etc/nsswitch.conf", Default.ReplaceLineEndings("\n"));
        }

        if (tree.Package("netbase") is not null)
        {
            AddFile(tree, "etc/hosts", Hosts);
            AddFile(tree, "etc/networks", Networks);
        }
    }

    private static void AddFile(ImageTree tree, string path, string content)
    {
        if (!tree.Exists(path))
        {
            tree.AddFile(path, content);
        }
    }
}
