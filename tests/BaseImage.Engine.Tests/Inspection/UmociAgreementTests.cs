using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Tests.Images;

namespace BaseImage.Engine.Tests.Inspection;

/// <summary>umoci unpacks what we wrote, as root, and our merged file system says the same of every path.</summary>
public sealed class UmociAgreementTests : IDisposable
{
    private const string CapNetRaw = "\x01\x00\x00\x02\x00\x20\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

    // CAP_SETUID is byte 0x80, CAP_DAC_OVERRIDE and CAP_FOWNER together 0x0A: what readers of text get wrong.
    private const string CapSetuid = "\x01\x00\x00\x02\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";
    private const string CapNewline = "\x01\x00\x00\x02\x0A\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00";

    private readonly ImageRoom _room = new();

    public void Dispose() => _room.Dispose();

    [Fact]
    public async Task EveryPathModeOwnerLinkAndContentAgrees()
    {
        string umoci = Tools.Require("umoci"), find = Tools.Require("find"), getcap = Tools.Require("getcap"), sh = Tools.Require("sh");
        Tools.Require(Environment.UserName == "root", "unpacking owners and devices needs root");
        await _room.WriteAsync($"oci:{_room.Folder.Combine("layout")}:x", TestImage.Of("i", [First(), Second(), Third()]));
        string bundle = _room.Folder.Combine("bundle"), root = Path.Combine(bundle, "rootfs");
        await Tools.RunAsync(umoci, ["unpack", "--image", $"{_room.Folder.Combine("layout")}:x", bundle]);
        await Tools.RunAsync(find, [".", "-mindepth", "1", "-fprintf", _room.Folder.Combine("list"), @"%p|%y|%m|%U|%G|%l|%n\0"], folder: root);
        await Tools.RunAsync(find, [".", "-type", "f", "-fprintf", _room.Folder.Combine("times"), @"%p|%s|%T@\0"], folder: root);
        await Tools.RunAsync(sh, ["-c", $"find . -type f -print0 | xargs -0 sha256sum -z > '{_room.Folder.Combine("sums")}'"], folder: root);
        string capabilities = await Tools.RunAsync(getcap, ["-r", "."], folder: root);

        await using ImageInspection inspection = await ImageInspection.OpenAsync($"oci:{_room.Folder.Combine("layout")}", null, _room.Paths, single: true, TestContext.Current.CancellationToken);
        InspectedImage image = await Assert.Single(inspection.Items).ReadAsync(new InspectionOptions(), TestContext.Current.CancellationToken);
        MergedFile[] files = [.. image.Merged.Files()];
        Dictionary<MergedFileBody, int> names = files.Where(f => f.Entry.Kind is ImageFileKind.File).GroupBy(f => f.Body).ToDictionary(g => g.Key, g => g.Count());

        Assert.Equal(Lines("list"), files.Select(f => string.Join('|',
            "./" + Text(f.Path), Kind(f.Entry.Kind), Convert.ToString(f.Entry.Kind is ImageFileKind.SymbolicLink ? 0x1FF : f.Entry.Mode, 8), f.Entry.Uid, f.Entry.Gid,
            f.Entry.Kind is ImageFileKind.SymbolicLink ? Encoding.Latin1.GetString(f.Entry.LinkTarget.Span) : "",
            f.IsDirectory ? f.Children.Count(c => c.IsDirectory) + 2 : f.Entry.Kind is ImageFileKind.File ? names[f.Body] : 1)).Order(StringComparer.Ordinal));
        MergedFile[] regular = [.. files.Where(f => f.Entry.Kind is ImageFileKind.File)];
        Assert.Equal(Lines("times"), regular.Select(f => $"./{Text(f.Path)}|{f.Entry.Size}|{f.Entry.ModifiedTime}.0000000000").Order(StringComparer.Ordinal));
        Assert.Equal(Lines("sums").Select(l => l[66..] + " " + l[..64]).Order(StringComparer.Ordinal), regular.Select(f => $"./{Text(f.Path)} {f.Digest.Hex}").Order(StringComparer.Ordinal));
        Assert.Equal(
            capabilities.Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal),
            image.Files.Where(f => f.Capabilities.Length > 0).Select(f => $".{f.Path} {f.Capabilities}").Order(StringComparer.Ordinal));
        Assert.Equal(4, image.Files.Count(f => f.Capabilities.Length > 0));
        Assert.True(files.Length > 40, $"only {files.Length} files");
    }

    [Fact]
    public async Task UmociReadsAnotherImageOfTheSameLayoutToo()
    {
        string umoci = Tools.Require("umoci");
        await _room.WriteAsync($"oci:{_room.Folder.Combine("layout")}:x", TestImage.Of("i", [First()]));
        await _room.WriteAsync($"oci:{_room.Folder.Combine("layout")}:y", TestImage.Of("i", [Second()]));
        Assert.Equal("x\ny\n", await Tools.RunAsync(umoci, ["list", "--layout", _room.Folder.Combine("layout")]));
        await Tools.RunAsync(umoci, ["tag", "--image", $"{_room.Folder.Combine("layout")}:x", "z"]);
        Assert.Equal(["x", "z"], (await _room.ReadAsync($"oci:{_room.Folder.Combine("layout")}"))[0].Tags);
        ImageReference pinned = await _room.WriteAsync($"oci:{_room.Folder.Combine("layout")}:z", TestImage.Of("i", [Second()]));
        Assert.Equal(pinned.ToString(), Assert.Single(await _room.ReadAsync($"oci:{_room.Folder.Combine("layout")}:z")).Reference);
    }

    [Fact]
    public async Task ImagesThatUmociMadeAreRead()
    {
        string umoci = Tools.Require("umoci");
        Tools.Require(Environment.UserName == "root", "unpacking owners needs root");
        string layout = _room.Folder.Combine("theirs"), bundle = _room.Folder.Combine("bundle");
        await Tools.RunAsync(umoci, ["init", "--layout", layout]);
        await Tools.RunAsync(umoci, ["new", "--image", $"{layout}:x"]);
        await Tools.RunAsync(umoci, ["unpack", "--image", $"{layout}:x", bundle]);
        Directory.CreateDirectory(Path.Combine(bundle, "rootfs", "etc"));
        Disk.WriteText(Path.Combine(bundle, "rootfs", "etc", "motd"), "from umoci");
        await Tools.RunAsync(umoci, ["repack", "--image", $"{layout}:x", bundle]);
        await Tools.RunAsync(umoci, ["config", "--config.user", "7:8", "--image", $"{layout}:x"]);

        ContainerImage read = Assert.Single(await _room.ReadAsync($"oci:{layout}:x"));
        Assert.Equal("7:8", read.Config.User);
        await using ImageInspection inspection = await ImageInspection.OpenAsync(read.Reference, null, _room.Paths, single: true, TestContext.Current.CancellationToken);
        InspectedImage image = await Assert.Single(inspection.Items).ReadAsync(new InspectionOptions(), TestContext.Current.CancellationToken);
        Assert.Equal(Digest.Of("from umoci"u8), Assert.Single(image.Files, f => f.Path == "/etc/motd").Digest);

        // What they made can be added to, and their own name stays.
        await _room.WriteAsync($"oci:{layout}:ours", TestImage.Of("i", [First()]));
        Assert.Equal("ours\nx\n", string.Concat((await Tools.RunAsync(umoci, ["list", "--layout", layout])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal).Select(l => l + "\n")));
    }

    private static byte[] First()
    {
        TestTar tar = new();
        foreach (string folder in new[] { "bin/", "etc/", "etc/opaque/", "etc/opaque/deep/", "etc/gone/", "etc/gone/inner/", "home/", "home/u/", "lib/", "tmp/", "var/", "var/tofile/", "var/tofile/x/" })
        {
            tar.Add(folder, '5', mode: folder == "tmp/" ? 0x3FF : 0x1ED, uid: folder.StartsWith("home/u", StringComparison.Ordinal) ? 1000 : 0, gid: folder.StartsWith("home/u", StringComparison.Ordinal) ? 1001 : 0, time: 1_600_000_000);
        }

        tar.Add("bin/su", content: "su"u8.ToArray(), mode: 0x9ED, time: 1_500_000_000);
        tar.Add("bin/wall", content: "wall"u8.ToArray(), mode: 0x5ED, gid: 5, time: 1_500_000_000);
        tar.Add("bin/su-link", '1', link: "bin/su", mode: 0x9ED, time: 1_500_000_000);
        tar.Add("bin/abs", '2', link: "/bin/su", time: 1_500_000_000);
        tar.Add("bin/rel", '2', link: "../lib/nothing", time: 1_500_000_000);
        tar.Add("lib/caf\xe9", content: "latin"u8.ToArray(), time: 1);
        tar.Add("lib/caf\xe8", content: "other"u8.ToArray(), time: 1);
        tar.Add("lib/to\xff", '2', link: "caf\xe9", time: 1);
        tar.Pax(("path", "lib/" + new string('n', 200))).Add("lib/short", content: "long name"u8.ToArray(), time: 2);
        tar.Pax(("SCHILY.xattr.security.capability", CapNetRaw)).Add("bin/ping", content: "ping"u8.ToArray(), mode: 0x1ED, time: 3);
        tar.Pax(("SCHILY.xattr.security.capability", CapSetuid)).Add("bin/setuid", content: "setuid"u8.ToArray(), mode: 0x1ED, time: 3);
        tar.Pax(("SCHILY.xattr.security.capability", CapNewline)).Add("bin/newline", content: "newline"u8.ToArray(), mode: 0x1ED, time: 3);
        tar.Add("etc/empty", content: [], time: 4);
        tar.Add("etc/large", content: [.. Enumerable.Range(0, 200_003).Select(i => (byte)(i * 7))], mode: 0x180, uid: 65532, gid: 65532, time: 4);
        tar.Add("etc/changes", content: "old"u8.ToArray(), time: 4);
        tar.Add("etc/shared", content: "shared"u8.ToArray(), time: 4);
        tar.Add("etc/shared2", '1', link: "etc/shared", time: 4);
        tar.Add("etc/opaque/low", content: "low"u8.ToArray(), time: 4).Add("etc/opaque/deep/low", content: "low"u8.ToArray(), time: 4);
        tar.Add("etc/gone/a", content: "a"u8.ToArray(), time: 4).Add("etc/gone/inner/b", content: "b"u8.ToArray(), time: 4);
        tar.Add("etc/removed", content: "r"u8.ToArray(), time: 4).Add("etc/todir", content: "f"u8.ToArray(), time: 4).Add("etc/tolink", content: "f"u8.ToArray(), time: 4);
        tar.Add("var/tofile/x/y", content: "y"u8.ToArray(), time: 4);
        tar.Add("home/u/mine", content: "m"u8.ToArray(), uid: 1000, gid: 1001, mode: 0x1A0, time: 4);
        tar.Add("tmp/fifo", '6', time: 4);
        return tar.ToArray();
    }

    private static byte[] Second()
    {
        TestTar tar = new();
        tar.Add("etc/", '5', mode: 0x1ED, time: 1_650_000_000);
        tar.Add("etc/.wh.removed").Add("etc/.wh.gone");
        tar.Add("etc/opaque/", '5', mode: 0x1C0, uid: 3, time: 1_650_000_000).Add("etc/opaque/.wh..wh..opq").Add("etc/opaque/new", content: "new"u8.ToArray(), time: 5);
        tar.Add("etc/changes", content: "new content"u8.ToArray(), mode: 0x124, uid: 9, time: 5);
        tar.Add("etc/todir/", '5', mode: 0x1ED, time: 5).Add("etc/todir/inside", content: "i"u8.ToArray(), time: 5);
        tar.Add("etc/tolink", '2', link: "changes", time: 5);
        tar.Add("var/tofile", content: "now a file"u8.ToArray(), time: 5);
        tar.Add("etc/lower-link", '1', link: "etc/empty", time: 5);
        tar.Add("home/u/", '5', mode: 0x1C0, uid: 1000, gid: 1001, time: 5);
        return tar.ToArray();
    }

    private static byte[] Third()
    {
        TestTar tar = new();
        tar.Add("etc/gone/", '5', mode: 0x1ED, time: 6).Add("etc/gone/back", content: "back"u8.ToArray(), time: 6);
        tar.Add("etc/.wh.shared");
        tar.Pax(("SCHILY.xattr.security.capability", CapNetRaw)).Add("bin/wall", content: "wall with more"u8.ToArray(), mode: 0x1ED, time: 6);
        tar.Add("bin/.wh.rel");
        foreach (int i in Enumerable.Range(0, 12))
        {
            tar.Add($"home/u/f{i}", content: Encoding.UTF8.GetBytes($"file {i}"), uid: i, gid: 2 * i, mode: 0x100 + i, time: 7 + i);
        }

        return tar.ToArray();
    }

    private string[] Lines(string file)
        => [.. Encoding.Latin1.GetString(Disk.Read(_room.Folder.Combine(file))).Split('\0', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal)];

    private static string Text(LayerPath path) => Encoding.Latin1.GetString(path.Span);

    private static char Kind(ImageFileKind kind) => kind switch
    {
        ImageFileKind.Directory => 'd',
        ImageFileKind.SymbolicLink => 'l',
        ImageFileKind.Fifo => 'p',
        ImageFileKind.CharacterDevice => 'c',
        _ => 'f',
    };
}
