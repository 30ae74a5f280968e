using System.Security.Cryptography;
using System.Text;

namespace BaseImage.Engine.Tests.Inspection;

/// <summary>A small Alpine image, its database in apk's own format, with checksums that are right.</summary>
internal sealed class AlpineTree
{
    private readonly StringBuilder _installed = new();
    private readonly TestTar _tar = new();

    /// <summary>Adds a package; a file's path and content each.</summary>
    public AlpineTree Package(string name, string version, string license, string more, params (string Path, string Content)[] files)
    {
        _installed.Append(System.Globalization.CultureInfo.InvariantCulture, $"C:Q1{Convert.ToBase64String(SHA1.HashData(Encoding.UTF8.GetBytes(name + version)))}\nP:{name}\nV:{version}\nA:x86_64\nS:100\nI:4096\nT:about {name}\nU:https://example.org/\nL:{license}\no:{name}\nm:Someone <s@example.org>\nt:1700000000\nc:0123456789abcdef0123456789abcdef01234567\n{more}");
        foreach (IGrouping<string, (string Path, string Content)> folder in files.GroupBy(file => file.Path[..file.Path.LastIndexOf('/')]))
        {
            _installed.Append(System.Globalization.CultureInfo.InvariantCulture, $"F:{folder.Key}\n");
            foreach ((string path, string content) in folder)
            {
                byte[] bytes = Encoding.UTF8.GetBytes(content);
                _installed.Append(System.Globalization.CultureInfo.InvariantCulture, $"R:{path[(path.LastIndexOf('/') + 1)..]}\na:0:0:755\nZ:Q1{Convert.ToBase64String(SHA1.HashData(bytes))}\n");
                _tar.Add(path, content: bytes, mode: 0x1ED);
            }
        }

        _installed.Append('\n');
        return this;
    }

    /// <summary>Adds a file that no package ships.</summary>
    public AlpineTree File(string path, string content, int mode = 0x1A4)
    {
        _tar.Add(path, content: Encoding.UTF8.GetBytes(content), mode: mode);
        return this;
    }

    /// <summary>The database.</summary>
    public string Installed => _installed.ToString();

    /// <summary>The layer.</summary>
    public byte[] ToTar(string database = "lib/apk/db/installed") => _tar.Add(database, content: Encoding.UTF8.GetBytes(Installed)).ToArray();

    /// <summary>What Alpine 3.20's own image has, cut down.</summary>
    public static AlpineTree Small() => new AlpineTree()
        .Package("alpine-baselayout-data", "3.6.5-r0", "GPL-2.0-only", "", ("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("etc/group", "root:x:0:root\n"))
        .Package("alpine-release", "3.20.3-r0", "MIT", "", ("etc/alpine-release", "3.20.3\n"), ("usr/lib/os-release", "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME=\"Alpine Linux v3.20\"\n"))
        .Package("musl", "1.2.5-r0", "MIT", "p:so:libc.musl-x86_64.so.1=1\n", ("lib/ld-musl-x86_64.so.1", "musl"))
        .Package("busybox", "1.36.1-r29", "GPL-2.0-only", "D:so:libc.musl-x86_64.so.1\n", ("bin/busybox", "busybox"));
}
