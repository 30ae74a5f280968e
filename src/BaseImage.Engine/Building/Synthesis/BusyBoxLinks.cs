using System.Text;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// The links that make BusyBox a set of commands, which Debian's packages do not ship: each applet that the program has, in
/// /usr/bin or /usr/sbin as <c>busybox --list-full</c> places it, where no package has a file of that name. What
/// <c>linuxrc</c> and the package managers among the applets are for, no container needs: they can be called through
/// <c>busybox</c> and have no link. Checked against <c>busybox --list</c> of the packages in Debian 12 and 13.
/// </summary>
internal static class BusyBoxLinks
{
    private const string Program = "usr/bin/busybox";

    /// <summary>Applets that get no link.</summary>
    public static IReadOnlyList<string> NotLinked { get; } = ["busybox", "dpkg", "dpkg-deb", "linuxrc", "rpm", "rpm2cpio"];

    // What every one of the programs below has.
    private const string Bin =
        """
        [ [[ ar arch ascii ash awk base64 basename bc blkdiscard bunzip2 bzcat bzip2 cal cat chgrp chmod chown chvt clear cmp
        cp cpio crc32 cttyhack cut date dc dd deallocvt df diff dirname dmesg dnsdomainname dos2unix du dumpkmap dumpleases
        echo egrep env expand expr factor fallocate false fatattr fgrep find fold free ftpget ftpput getopt grep groups gunzip
        gzip head hexdump hostid hostname id ionice ipcalc kill killall last less link linux32 linux64 ln logger login logname
        ls lsscsi lzcat lzma lzop md5sum microcom mkdir mkfifo mknod mkpasswd mktemp more mount mt mv nc netstat nl nproc
        nsenter nslookup nuke od openvt paste patch pidof ping ping6 printf ps pwd readlink realpath renice reset resume rev
        rm rmdir run-parts sed seq setkeycodes setpriv setsid sh sha1sum sha256sum sha3sum sha512sum shred shuf sleep sort
        ssl_client stat strings stty svc svok sync tac tail tar taskset tee telnet test tftp time timeout top touch tr
        traceroute traceroute6 true truncate ts tty umount uname uncompress unexpand uniq unix2dos unlink unlzma unshare unxz
        unzip uptime usleep uudecode uuencode vi w watch wc wget which who whoami xargs xxd xz xzcat yes zcat
        """;

    private const string Sbin =
        """
        acpid adjtimex arp arping blockdev brctl chroot depmod devmem fdisk findfs freeramdisk fsfreeze fstrim getty halt
        httpd hwclock i2cdetect i2cdump i2cget i2cset i2ctransfer ifconfig ifdown ifup init insmod ip klogd loadfont loadkmap
        logread losetup lsmod mdev mim mkdosfs mke2fs mkswap modinfo modprobe nameif nologin partprobe pivot_root poweroff
        rdate reboot rmmod route run-init start-stop-daemon swapoff swapon switch_root sysctl syslogd ubirename udhcpc udhcpd
        uevent vconfig watchdog
        """;

    // What some have: by package and version, what is in /usr/bin and what in /usr/sbin.
    private static readonly Dictionary<(string Package, string Version), (string Bin, string Sbin)> More = new()
    {
        [("busybox", "1.35")] = ("", "blkid ipneigh"),
        [("busybox", "1.37")] = ("crontab ed getfattr install passwd su udhcpc6", "blkid crond nbd-client sulogin tc tunctl"),
        [("busybox-static", "1.35")] = ("crontab ed passwd su", "crond ipneigh sulogin tc telnetd tunctl"),
        [("busybox-static", "1.37")] = ("crontab ed getfattr install passwd su udhcpc6", "crond nbd-client sulogin tc telnetd tunctl"),
    };

    /// <summary>Makes them, where a BusyBox is in the image.</summary>
    public static void Run(ImageTree tree)
    {
        foreach ((string name, PackageListing listing) in tree.Packages)
        {
            if (name is "busybox" or "busybox-static" && tree.IsFile(Program))
            {
                string version = Version(listing);
                if (!More.TryGetValue((name, version), out (string Bin, string Sbin) more))
                {
                    tree.Warnings.Add($"{name}: the commands of BusyBox {version} were not reviewed. Those that its other versions have in common are linked; call others through busybox.");
                }

                Link(tree, "usr/bin", "busybox", Words(Bin).Concat(Words(more.Bin)));
                Link(tree, "usr/sbin", "../bin/busybox", Words(Sbin).Concat(Words(more.Sbin)));
            }
        }
    }

    private static void Link(ImageTree tree, string folder, string target, IEnumerable<string> names)
    {
        foreach (string name in names)
        {
            string path = $"{folder}/{name}";
            if (!tree.Exists(path))
            {
                tree.AddLink(path, target);
            }
        }
    }

    // 1.35 of 1:1.35.0-4+deb12u1.
    private static string Version(PackageListing listing)
    {
        string control = Encoding.UTF8.GetString(listing.Control);
        string line = control.Split('\n').FirstOrDefault(l => l.StartsWith("Version:", StringComparison.Ordinal)) ?? "";
        string[] parts = line[(line.Length == 0 ? 0 : "Version:".Length)..].Trim().Split(':')[^1].Split('.');
        return string.Join('.', parts.Take(2));
    }

    private static string[] Words(string? text) => text?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];
}
