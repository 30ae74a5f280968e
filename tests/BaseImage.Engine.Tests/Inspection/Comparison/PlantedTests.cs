using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Tests.Inspection.Comparison;

/// <summary>
/// Differences that are planted, one at a time, in two images of many files: each is found, is the only one, and its cause
/// is named. Where a tool makes such differences, the tool made these.
/// </summary>
public sealed class PlantedTests : IDisposable
{
    private readonly ComparisonRoom _room = new();
    private readonly TempFolder _work = new("planted");

    public void Dispose()
    {
        _work.Dispose();
        _room.Dispose();
    }

    /// <summary>A file and how it looks in the two images; null for absent.</summary>
    private sealed record Plant(string Path, byte[]? Left, byte[]? Right);

    public static TheoryData<string, ImageDifferenceKind, DifferenceCause> Contents => new()
    {
        { "gzip time", ImageDifferenceKind.Content, DifferenceCause.GzipHeader },
        { "gzip name", ImageDifferenceKind.Content, DifferenceCause.GzipHeader },
        { "gzip level", ImageDifferenceKind.Content, DifferenceCause.Compression },
        { "xz level", ImageDifferenceKind.Content, DifferenceCause.Compression },
        { "man page date in gzip", ImageDifferenceKind.Content, DifferenceCause.Timestamp },
        { "zip times", ImageDifferenceKind.Content, DifferenceCause.ArchiveTimes },
        { "zip order", ImageDifferenceKind.Content, DifferenceCause.Order },
        { "zip level", ImageDifferenceKind.Content, DifferenceCause.Compression },
        { "jar times", ImageDifferenceKind.Content, DifferenceCause.ArchiveTimes },
        { "jar property date", ImageDifferenceKind.Content, DifferenceCause.Timestamp },
        { "ar times", ImageDifferenceKind.Content, DifferenceCause.ArchiveTimes },
        { "ar owners", ImageDifferenceKind.Content, DifferenceCause.ArchiveOwners },
        { "ar order", ImageDifferenceKind.Content, DifferenceCause.Order },
        { "tar times", ImageDifferenceKind.Content, DifferenceCause.ArchiveTimes },
        { "tar.gz order", ImageDifferenceKind.Content, DifferenceCause.Order },
        { "pyc time", ImageDifferenceKind.Content, DifferenceCause.ByteCode },
        { "pyc hash or time", ImageDifferenceKind.Content, DifferenceCause.ByteCode },
        { "pyc path", ImageDifferenceKind.Content, DifferenceCause.BuildPath },
        { "elf path", ImageDifferenceKind.Content, DifferenceCause.BuildPath },
        { "elf date", ImageDifferenceKind.Content, DifferenceCause.Timestamp },
        { "elf build id", ImageDifferenceKind.Content, DifferenceCause.BuildId },
        { "static library path", ImageDifferenceKind.Content, DifferenceCause.BuildPath },
        { "text date", ImageDifferenceKind.Content, DifferenceCause.Timestamp },
        { "text epoch", ImageDifferenceKind.Content, DifferenceCause.Timestamp },
        { "text ctime", ImageDifferenceKind.Content, DifferenceCause.Timestamp },
        { "text zone", ImageDifferenceKind.Content, DifferenceCause.TimeZone },
        { "text path", ImageDifferenceKind.Content, DifferenceCause.BuildPath },
        { "text uuid", ImageDifferenceKind.Content, DifferenceCause.RandomId },
        { "text temporary name", ImageDifferenceKind.Content, DifferenceCause.RandomId },
        { "text host", ImageDifferenceKind.Content, DifferenceCause.HostName },
        { "text builder", ImageDifferenceKind.Content, DifferenceCause.BuildHost },
        { "text locale", ImageDifferenceKind.Content, DifferenceCause.Locale },
        { "text sorted", ImageDifferenceKind.Content, DifferenceCause.Locale },
        { "text order", ImageDifferenceKind.Content, DifferenceCause.Order },
        { "text line ends", ImageDifferenceKind.Content, DifferenceCause.LineEndings },
        { "json keys", ImageDifferenceKind.Content, DifferenceCause.Order },
        { "binary time", ImageDifferenceKind.Content, DifferenceCause.Timestamp },
        { "machine id", ImageDifferenceKind.Content, DifferenceCause.RandomId },
        { "shadow day", ImageDifferenceKind.Content, DifferenceCause.Timestamp },
        { "shadow salt", ImageDifferenceKind.Content, DifferenceCause.RandomId },
        { "host key", ImageDifferenceKind.Content, DifferenceCause.RandomId },
        { "private key", ImageDifferenceKind.Content, DifferenceCause.RandomId },
        { "time zone", ImageDifferenceKind.Content, DifferenceCause.TimeZone },
        { "log", ImageDifferenceKind.Content, DifferenceCause.Log },
        { "apt list", ImageDifferenceKind.Content, DifferenceCause.PackageIndex },
        { "aux-cache", ImageDifferenceKind.Content, DifferenceCause.Cache },
        { "extra pyc", ImageDifferenceKind.File, DifferenceCause.ByteCode },
        { "extra log", ImageDifferenceKind.File, DifferenceCause.Log },
    };

    [Theory, MemberData(nameof(Contents))]
    public async Task APlantedContentIsFoundAndItsCauseNamed(string name, ImageDifferenceKind kind, DifferenceCause cause)
    {
        Plant plant = await PlantAsync(name);
        ImageComparison found = await CompareAsync(plant);
        ImageDifference difference = Assert.Single(found.Differences, item => item.Kind is not ImageDifferenceKind.Layer);
        TestContext.Current.TestOutputHelper?.WriteLine($"{difference} at {difference.Offset}, {difference.ContentKind}");
        Assert.Equal((kind, plant.Path, cause), (difference.Kind, difference.Path, difference.Cause));
        Assert.NotEmpty(difference.Message);
        if (kind is ImageDifferenceKind.Content)
        {
            Assert.Equal(plant.Left!.AsSpan().CommonPrefixLength(plant.Right), difference.Offset);
            Assert.Equal(plant.Right!.Length - plant.Left!.Length, found.SizeDelta);
        }

        // The other way round it is the same.
        ImageDifference back = Assert.Single((await CompareAsync(new Plant(plant.Path, plant.Right, plant.Left))).Differences, item => item.Kind is not ImageDifferenceKind.Layer);
        Assert.Equal((difference.Kind, difference.Cause, difference.Offset), (back.Kind, back.Cause, back.Offset));
    }

    /// <summary>What looks like a known cause and is none: a difference that somebody has to look at.</summary>
    public static TheoryData<string, string, string, string> NearMisses => new()
    {
        { "/usr/share/version", "version 1.2.3", "version 1.2.4", "a version is no time" },
        { "/usr/share/package", "ca-certificates 20230311+deb12u1", "ca-certificates 20250419+deb12u1", "a version of a date is a version" },
        { "/usr/lib/unit", "ExecStart=/usr/bin/first", "ExecStart=/usr/bin/second", "a path of the running system is no build path" },
        { "/usr/lib/paths", "load /opt/a/lib.so", "load /opt/b/lib.so", "neither is one below /opt" },
        { "/etc/ports", "listen 8080", "listen 8443", "a port is no time" },
        { "/etc/sums", "d41d8cd98f00b204e9800998ecf8427e  a", "0cc175b9c0f1b6a831c399e269772661  a", "a digest is of something that differs" },
        { "/etc/mixed", "built 2026-01-01\nuser = a", "built 2026-01-02\nuser = b", "a time does not explain what else differs" },
        { "/etc/more", "a\nb", "a\nb\nc", "a line more" },
        { "/usr/lib/long", "ExecStart=/usr/lib/x86_64-linux-gnu/first", "ExecStart=/usr/lib/x86_64-linux-gnu/other", "a long path of the same length" },
        { "/etc/stage", "image: registry/app-staging1", "image: registry/app-staging2", "a name that was counted" },
        { "/etc/revision", "commit 6f0e7a8c54d24b0e9f0b3f6b5f6f2c1d0a4b4b1c", "commit 0d4cd2d60a4b4b1c8c5e8a4e3cf5b9116f0e7a8c", "another revision of the source" },
        { "/etc/address", "peer 10.0.0.1", "peer 10.0.0.2", "an address" },
        { "/etc/words", "mode fast", "mode slow", "a setting" },
        { "/etc/shadow", "root:*:19000:0:99999:7:::\n", "root:$6$a$b:19000:0:99999:7:::\n", "a password where there was none" },
        { "/etc/passwd", "a:x:1:1::/:/bin/sh\n", "a:x:0:0::/:/bin/sh\n", "an account that became root" },
        { "/etc/data.json", """{"a":1,"b":2}""", """{"b":2,"a":3}""", "keys in another order and another value" },
        { "/usr/share/man/x.1", ".TH X 1 \"June 2024\" \"tool 1.0\"", ".TH X 1 \"July 2024\" \"tool 1.1\"", "a date and a version" },
    };

    [Theory, MemberData(nameof(NearMisses))]
    public async Task ANearMissHasNoCause(string path, string left, string right, string why)
    {
        ImageComparison found = await CompareAsync(new Plant(path, Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right)));
        ImageDifference difference = Assert.Single(found.Differences, item => item.Kind is ImageDifferenceKind.Content);
        Assert.True(difference.Cause is DifferenceCause.Unknown, $"{why}, but: {difference}");
        Assert.Equal(ComparisonVerdict.Different, found.Verdict);
    }

    public static TheoryData<string, ImageDifferenceKind, DifferenceCause, bool> Attributes => new()
    {
        { "mode umask", ImageDifferenceKind.Mode, DifferenceCause.Umask, true },
        { "mode set-id", ImageDifferenceKind.Mode, DifferenceCause.Unknown, true },
        { "owner of a builder", ImageDifferenceKind.Owner, DifferenceCause.BuildHost, true },
        { "owner", ImageDifferenceKind.Owner, DifferenceCause.Unknown, true },
        { "time", ImageDifferenceKind.Time, DifferenceCause.Timestamp, false },
        { "link", ImageDifferenceKind.Link, DifferenceCause.Unknown, true },
        { "hard link", ImageDifferenceKind.Link, DifferenceCause.Unknown, true },
        { "type", ImageDifferenceKind.Type, DifferenceCause.Unknown, true },
        { "device", ImageDifferenceKind.Type, DifferenceCause.Unknown, true },
        { "capability", ImageDifferenceKind.Xattr, DifferenceCause.Unknown, true },
        { "selinux label", ImageDifferenceKind.Xattr, DifferenceCause.BuildHost, true },
        { "added", ImageDifferenceKind.File, DifferenceCause.Unknown, true },
        { "folder time", ImageDifferenceKind.Time, DifferenceCause.Timestamp, false },
    };

    [Theory, MemberData(nameof(Attributes))]
    public async Task APlantedAttributeIsFoundAndNothingElse(string name, ImageDifferenceKind kind, DifferenceCause cause, bool different)
    {
        static TestTar Around() => new TestTar().Add("a/", '5', mode: 0x1ED, time: 7).Add("a/same", content: "same"u8.ToArray()).Add("a/other", content: "same"u8.ToArray());
        (TestTar left, TestTar right) = name switch
        {
            "mode umask" => (Around().Add("f", mode: 0x1A4), Around().Add("f", mode: 0x1B4)),
            "mode set-id" => (Around().Add("f", mode: 0x1ED), Around().Add("f", mode: 0x9ED)),
            "owner of a builder" => (Around().Add("f"), Around().Add("f", uid: 1000, gid: 1000)),
            "owner" => (Around().Add("f", uid: 5), Around().Add("f", uid: 6)),
            "time" => (Around().Add("f", time: 1), Around().Add("f", time: 2)),
            "link" => (Around().Add("f", '2', link: "a/same"), Around().Add("f", '2', link: "a/other")),
            "hard link" => (Around().Add("f", '1', link: "a/same"), Around().Add("f", content: "same"u8.ToArray())),
            "type" => (Around().Add("f", content: "x"u8.ToArray()), Around().Add("f", '2', link: "x")),
            "device" => (Around().Add("f", '3', major: 1, minor: 3), Around().Add("f", '3', major: 1, minor: 5)),
            "capability" => (Around().Add("f"), Around().Pax(("SCHILY.xattr.security.capability", "\u0001\0\0\u0002\0\u0020\0\0\0\0\0\0\0\0\0\0\0\0\0\0")).Add("f")),
            "selinux label" => (Around().Pax(("SCHILY.xattr.security.selinux", "a")).Add("f"), Around().Pax(("SCHILY.xattr.security.selinux", "b")).Add("f")),
            "added" => (Around(), Around().Add("f", content: "x"u8.ToArray())),
            _ => (Around().Add("f/", '5', time: 1), Around().Add("f/", '5', time: 2)),
        };
        ImageComparison found = await _room.CompareAsync(new TestBuild(left.ToArray()), new TestBuild(right.ToArray()));
        ImageDifference difference = Assert.Single(found.Differences, item => item.Kind is not ImageDifferenceKind.Layer);
        Assert.Equal((kind, "/f", cause), (difference.Kind, difference.Path, difference.Cause));
        Assert.Equal(different ? ComparisonVerdict.Different : ComparisonVerdict.Equivalent, found.Verdict);
        Assert.Equal("RUN make layer 0", difference.Instruction);
        Assert.Equal((0, 0L), (difference.Layer, name == "added" ? difference.SizeDelta - 1 : name == "type" ? difference.SizeDelta + 1 : difference.SizeDelta));
    }

    [Theory]
    [InlineData("tmp/tmp.k3J9sXq2Lw", "tmp/tmp.Zp81mQe0Rt", DifferenceCause.RandomId)]
    [InlineData("tmp/report-2026-01-01.txt", "tmp/report-2026-02-03.txt", DifferenceCause.Timestamp)]
    [InlineData("tmp/one", "tmp/two", DifferenceCause.Unknown)]
    public async Task NamesThatWereDrawnOrDatedBelongTogether(string first, string second, DifferenceCause cause)
    {
        static TestBuild Build(string path) => new(new TestTar().Add("tmp/", '5', mode: 0x3FF).Add(path, content: "x"u8.ToArray()).ToArray());
        ImageComparison found = await _room.CompareAsync(Build(first), Build(second));
        Assert.Equal([cause, cause], found.Differences.Where(item => item.Kind is ImageDifferenceKind.File).Select(item => item.Cause));
    }

    [Fact]
    public async Task PackagesAreToldByVersionAndExplainTheirFiles()
    {
        static byte[] Tree(string version, int size, string program, string extra) => new TestTar()
            .Add("usr/bin/hello", content: Encoding.UTF8.GetBytes(program)).Add("usr/bin/mine", content: Encoding.UTF8.GetBytes(program))
            .Add("var/lib/dpkg/status", content: Encoding.UTF8.GetBytes($"Package: hello\nStatus: install ok installed\nArchitecture: amd64\nVersion: {version}\nInstalled-Size: {size}\n\n{extra}"))
            .Add("var/lib/dpkg/info/hello.list", content: "/usr/bin/hello\n"u8.ToArray()).ToArray();
        ImageComparison found = await _room.CompareAsync(new TestBuild(Tree("1.0-9", 10, "one", "")), new TestBuild(Tree("1.0-10", 12, "two", "Package: more\nStatus: install ok installed\nArchitecture: all\nVersion: 3\nInstalled-Size: 1\n")));
        ImageDifference[] packages = [.. found.Differences.Where(item => item.Kind is ImageDifferenceKind.Package)];
        Assert.Equal(["hello:amd64 1.0-9 1.0-10 Changed 2048", "more:all  3 Added 1024"], packages.Select(item => $"{item.Path} {item.ReferenceValue} {item.DifferenceValue} {item.Change} {item.SizeDelta}"));
        Dictionary<string, ImageDifference> contents = found.Differences.Where(item => item.Kind is ImageDifferenceKind.Content).ToDictionary(item => item.Path);
        Assert.Equal((DifferenceCause.PackageVersion, "hello", 0L), (contents["/usr/bin/hello"].Cause, contents["/usr/bin/hello"].Package, contents["/usr/bin/hello"].Offset));
        Assert.Equal(DifferenceCause.PackageVersion, contents["/var/lib/dpkg/status"].Cause);
        Assert.Equal(DifferenceCause.Unknown, contents["/usr/bin/mine"].Cause);
        Assert.Equal(ImageDifferenceKind.Package, found.Differences[0].Kind);
    }

    [Fact]
    public async Task ADamagedPackageDatabaseIsAWarningAndTheRestIsCompared()
    {
        byte[] left = new TestTar().Add("var/lib/dpkg/status", content: "no control data"u8.ToArray()).ToArray(), right = new TestTar().Add("var/lib/dpkg/status", content: "none either"u8.ToArray()).ToArray();
        ImageComparison found = await _room.CompareAsync(new TestBuild(left), new TestBuild(right));
        Assert.Contains("/var/lib/dpkg/status", Assert.Single(_room.Warnings), StringComparison.Ordinal);
        Assert.Single(found.Differences, item => item.Kind is ImageDifferenceKind.Content);
    }

    private Task<ImageComparison> CompareAsync(Plant plant)
    {
        byte[] Tree(byte[]? content)
        {
            TestTar tar = new TestTar().Add("usr/", '5', mode: 0x1ED, time: 3).Add("usr/same", content: "the same in both"u8.ToArray());
            for (int i = 0; i < 20; i++)
            {
                tar.Add($"usr/file{i}", content: Encoding.UTF8.GetBytes($"content {i}"), time: i);
            }

            string[] parts = plant.Path[1..].Split('/')[..^1];
            for (int i = 1; i <= parts.Length; i++)
            {
                tar.Add(string.Join('/', parts[..i]) + "/", '5', mode: 0x1ED);
            }

            return (content is null ? tar : tar.Add(plant.Path[1..], content: content)).Add("usr/last", content: "last"u8.ToArray()).ToArray();
        }

        return _room.CompareAsync(new TestBuild(Tree(plant.Left)), new TestBuild(Tree(plant.Right)));
    }

    private async Task<Plant> PlantAsync(string name)
    {
        byte[] text = Encoding.UTF8.GetBytes(string.Join('\n', Enumerable.Range(0, 400).Select(i => $"line {i} of a text that packs well {i * 7919 % 1009}")));
        switch (name)
        {
            case "gzip time":
                return new("/usr/share/a.gz", await GzipAsync(text, "a", "2026-01-01"), await GzipAsync(text, "a", "2026-02-02"));
            case "gzip name":
                return new("/usr/share/a.gz", await GzipAsync(text, "a", "2026-01-01"), await GzipAsync(text, "b", "2026-01-01"));
            case "gzip level":
                return new("/usr/share/a.gz", await PackAsync("gzip", text, "-n1"), await PackAsync("gzip", text, "-n9"));
            case "xz level":
                return new("/usr/share/a.xz", await PackAsync("xz", text, "-0", "--check=crc32"), await PackAsync("xz", text, "-6", "--check=crc64"));
            case "man page date in gzip":
                return new("/usr/share/man/man1/x.1.gz", await PackAsync("gzip", ".TH X 1 \"June 2024\"\nfoo\n"u8.ToArray(), "-n9"), await PackAsync("gzip", ".TH X 1 \"July 2025\"\nfoo\n"u8.ToArray(), "-n9"));
            case "zip times":
                return new("/opt/a.zip", await ZipAsync("a,b", "2026, 1, 1, 0, 0, 0"), await ZipAsync("a,b", "2026, 2, 1, 0, 0, 2"));
            case "zip order":
                return new("/opt/a.zip", await ZipAsync("a,b,c", "2026, 1, 1, 0, 0, 0"), await ZipAsync("c,a,b", "2026, 1, 1, 0, 0, 0"));
            case "zip level":
                return new("/opt/a.zip", await ZipAsync("a", "2026, 1, 1, 0, 0, 0", level: 1), await ZipAsync("a", "2026, 1, 1, 0, 0, 0", level: 9));
            case "jar times":
                return new("/opt/a.jar", await ZipAsync("META-INF/MANIFEST.MF,A.class", "2026, 1, 1, 0, 0, 0"), await ZipAsync("META-INF/MANIFEST.MF,A.class", "2026, 1, 1, 0, 0, 4"));
            case "jar property date":
                return new("/opt/a.jar", await ZipAsync("META-INF/pom.properties", "2026, 1, 1, 0, 0, 0", content: "#Thu Jan 01 10:00:00 UTC 2026\\nversion=1\\n"), await ZipAsync("META-INF/pom.properties", "2026, 2, 2, 0, 0, 0", content: "#Mon Feb 02 11:30:00 UTC 2026\\nversion=1\\n"));
            case "ar times":
                return new("/usr/lib/libx.a", await ArAsync("2026-01-01", "a", "b"), await ArAsync("2026-01-02", "a", "b"));
            case "ar owners":
                byte[] archive = await ArAsync("2026-01-01", "a", "b"), owned = [.. archive];
                Encoding.ASCII.GetBytes("1000").CopyTo(owned, owned.AsSpan().IndexOf("a/  "u8) + 28);
                return new("/usr/lib/libx.a", archive, owned);
            case "ar order":
                return new("/usr/lib/libx.a", await ArAsync("2026-01-01", "a", "b"), await ArAsync("2026-01-01", "b", "a"));
            case "tar times":
                return new("/srv/x.tar", new TestTar().Add("a", content: text, time: 5).ToArray(), new TestTar().Add("a", content: text, time: 6).ToArray());
            case "tar.gz order":
                return new("/srv/x.tar.gz", await PackAsync("gzip", new TestTar().Add("a", content: text).Add("b").ToArray(), "-n"), await PackAsync("gzip", new TestTar().Add("b").Add("a", content: text).ToArray(), "-n"));
            case "pyc time":
                return new("/usr/lib/python3/__pycache__/m.cpython-311.pyc", await CompileAsync("/usr/lib/m.py", "2026-01-01", "TIMESTAMP"), await CompileAsync("/usr/lib/m.py", "2026-01-02", "TIMESTAMP"));
            case "pyc hash or time":
                return new("/usr/lib/python3/__pycache__/m.cpython-311.pyc", await CompileAsync("/usr/lib/m.py", "2026-01-01", "TIMESTAMP"), await CompileAsync("/usr/lib/m.py", "2026-01-01", "CHECKED_HASH"));
            case "pyc path":
                return new("/usr/lib/python3/__pycache__/m.cpython-311.pyc", await CompileAsync("/build/one/m.py", "2026-01-01", "TIMESTAMP"), await CompileAsync("/tmp/second-try/m.py", "2026-01-01", "TIMESTAMP"));
            case "elf path":
                return new("/usr/bin/x", await GccAsync("build-1", "-g"), await GccAsync("b2", "-g"));
            case "elf date":
                return new("/usr/bin/x", await GccAsync("d", "-DD=\"Jan  1 2026 10:00:00\""), await GccAsync("d", "-DD=\"Feb 12 2026 23:59:59\""));
            case "elf build id":
                return new("/usr/bin/x", await GccAsync("d", "-Wl,--build-id=0x0123456789abcdef"), await GccAsync("d", "-Wl,--build-id=0xfedcba9876543210"));
            case "static library path":
                return new("/usr/lib/liby.a", await LibraryAsync("build-1"), await LibraryAsync("b2"));
            case "binary time":
                return new("/var/lib/state", [0, 1, 2, .. BitConverter.GetBytes(1_767_225_600), 0, 200, 7], [0, 1, 2, .. BitConverter.GetBytes(1_769_904_000), 0, 200, 7]);
            case "private key":
                return new("/opt/app/server.key", await KeyAsync(), await KeyAsync());
            case "text line ends":
                return new("/etc/x", "a\nb\n"u8.ToArray(), "a\r\nb\r\n"u8.ToArray());
            case "extra pyc":
                return new("/usr/lib/__pycache__/x.cpython-311.pyc", null, "x"u8.ToArray());
            case "extra log":
                return new("/var/log/apt/history.log", null, "x"u8.ToArray());
            default:
                (string path, string left, string right) = Text(name);
                return new(path, Encoding.UTF8.GetBytes(left), Encoding.UTF8.GetBytes(right));
        }
    }

    private static (string Path, string Left, string Right) Text(string name) => name switch
    {
        "text date" => ("/etc/x", "a\nbuilt = 2026-01-01T10:00:00+00:00\n", "a\nbuilt = 2026-02-03T23:12:01+00:00\n"),
        "text epoch" => ("/etc/x", "SOURCE=1767225600\n", "SOURCE=1769904001\n"),
        "text ctime" => ("/etc/x", "# generated on Thu Jan  1 10:00:00 2026\nx=1\n", "# generated on Mon Feb 12 01:02:03 2026\nx=1\n"),
        "text zone" => ("/etc/x", "built 2026-01-01T10:00:00+00:00\n", "built 2026-01-01T12:00:00+02:00\n"),
        "text path" => ("/usr/lib/pkgconfig/x.pc", "srcdir=/build/x-abc/src\nprefix=/usr\n", "srcdir=/tmp/y/src\nprefix=/usr\n"),
        "text uuid" => ("/etc/x", "id=6f0e7a8c-54d2-4b0e-9f0b-3f6b5f6f2c1d\n", "id=0d4cd2d6-0a4b-4b1c-8c5e-8a4e3cf5b911\n"),
        "text temporary name" => ("/etc/x", "from=/tmp/tmp.k3J9sXq2Lw\n", "from=/tmp/tmp.Zp81mQe0Rt\n"),
        "text host" => ("/etc/x", "build host: builder-07.example.org\nok\n", "build host: laptop\nok\n"),
        "text builder" => ("/etc/x", "Built-By: alice\nVersion: 1\n", "Built-By: jenkins\nVersion: 1\n"),
        "text locale" => ("/etc/x", "LANG=C.UTF-8\n", "LANG=de_DE.UTF-8\n"),
        "text sorted" => ("/etc/x", "Apple\nZebra\napricot\nbear\n", "Apple\napricot\nbear\nZebra\n"),
        "text order" => ("/etc/x", "b\na\nd\nc\n", "c\nb\nd\na\n"),
        "json keys" => ("/etc/x.json", """{"name":"x","deps":{"a":1,"b":2}}""", """{"deps":{"b":2,"a":1},"name":"x"}"""),
        "machine id" => ("/etc/machine-id", "0123456789abcdef0123456789abcdef\n", "fedcba9876543210fedcba9876543210\n"),
        "shadow day" => ("/etc/shadow", "root:*:20454:0:99999:7:::\nbin:*:20454:0:99999:7:::\n", "root:*:20455:0:99999:7:::\nbin:*:20455:0:99999:7:::\n"),
        "shadow salt" => ("/etc/shadow", "root:$6$salt$hash:20454:0:99999:7:::\n", "root:$6$pepper$other:20455:0:99999:7:::\n"),
        "host key" => ("/etc/ssh/ssh_host_ed25519_key.pub", "ssh-ed25519 AAAA1 root@a\n", "ssh-ed25519 AAAA2 root@b\n"),
        "time zone" => ("/etc/timezone", "Etc/UTC\n", "Europe/Berlin\n"),
        "log" => ("/var/log/dpkg.log", "one", "two and more"),
        "apt list" => ("/var/lib/apt/lists/x_InRelease", "one", "two"),
        "aux-cache" => ("/var/cache/ldconfig/aux-cache", "one", "two"),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
    };

    private async Task<byte[]> GzipAsync(byte[] content, string name, string time)
    {
        Tools.Require("gzip");
        string file = _work.Combine(name);
        await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(file, DateTime.Parse(time, CultureInfo.InvariantCulture));
        await Tools.RunAsync("gzip", ["-kfN", file]);
        return await File.ReadAllBytesAsync(file + ".gz", TestContext.Current.CancellationToken);
    }

    private async Task<byte[]> PackAsync(string program, byte[] content, params string[] options)
    {
        Tools.Require(program);
        string file = _work.Combine("packed");
        await File.WriteAllBytesAsync(file, content, TestContext.Current.CancellationToken);
        await Tools.RunAsync(program, [.. options, "-kf", file]);
        string packed = file + (program == "gzip" ? ".gz" : ".xz");
        byte[] bytes = await File.ReadAllBytesAsync(packed, TestContext.Current.CancellationToken);
        File.Delete(packed);
        return bytes;
    }

    private async Task<byte[]> ZipAsync(string names, string time, int level = 6, string content = "")
    {
        Tools.Require("python3");
        string file = _work.Combine("made.zip");
        string members = string.Join("\n", names.Split(',').Select(name => $"z.writestr(zipfile.ZipInfo('{name}', ({time})), '{content}' or '{name} ' + ' '.join(str(i * 7919 % 1009) for i in range(3000)), zipfile.ZIP_DEFLATED, {level})"));
        await Tools.RunAsync("python3", ["-c", $"import zipfile\nz = zipfile.ZipFile('{file}', 'w')\n{members}\nz.close()"]);
        return await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken);
    }

    private async Task<byte[]> ArAsync(string time, params string[] members)
    {
        Tools.Require("ar");
        string archive = _work.Combine("made.a");
        File.Delete(archive);
        foreach (string member in members)
        {
            await File.WriteAllTextAsync(_work.Combine(member), $"member {member}", TestContext.Current.CancellationToken);
            File.SetLastWriteTimeUtc(_work.Combine(member), DateTime.Parse(time, CultureInfo.InvariantCulture));
        }

        await Tools.RunAsync("ar", ["qcU", archive, .. members], folder: _work.Path);
        return await File.ReadAllBytesAsync(archive, TestContext.Current.CancellationToken);
    }

    private async Task<byte[]> CompileAsync(string path, string time, string mode)
    {
        Tools.Require("python3");
        string source = _work.Combine("m.py"), compiled = _work.Combine("m.pyc");
        await File.WriteAllTextAsync(source, "def f(x):\n    return {'a': x, 'b': 'text'}\n", TestContext.Current.CancellationToken);
        File.SetLastWriteTimeUtc(source, DateTime.Parse(time, CultureInfo.InvariantCulture));
        await Tools.RunAsync("python3", ["-c", $"import py_compile\npy_compile.compile('{source}', '{compiled}', '{path}', True, invalidation_mode=py_compile.PycInvalidationMode.{mode})"]);
        return await File.ReadAllBytesAsync(compiled, TestContext.Current.CancellationToken);
    }

    private const string Source = "#include <stdio.h>\n#ifndef D\n#define D \"no date\"\n#endif\nint main(void) { printf(\"%s built\\n\", D); return 0; }\n";

    private async Task<byte[]> GccAsync(string folder, params string[] options)
    {
        Tools.Require("gcc");
        string place = _work.Combine(folder);
        Directory.CreateDirectory(place);
        await File.WriteAllTextAsync(Path.Combine(place, "x.c"), Source, TestContext.Current.CancellationToken);
        await Tools.RunAsync("gcc", ["-O2", .. options, "-o", "x", Path.Combine(place, "x.c")], folder: place);
        return await File.ReadAllBytesAsync(Path.Combine(place, "x"), TestContext.Current.CancellationToken);
    }

    private async Task<byte[]> LibraryAsync(string folder)
    {
        Tools.Require("gcc");
        string place = _work.Combine(folder);
        Directory.CreateDirectory(place);
        await File.WriteAllTextAsync(Path.Combine(place, "y.c"), "int twice(int x) { return 2 * x; }\n", TestContext.Current.CancellationToken);
        await Tools.RunAsync("gcc", ["-g", "-c", "-o", "y.o", Path.Combine(place, "y.c")], folder: place);
        File.Delete(Path.Combine(place, "y.a"));
        await Tools.RunAsync("ar", ["rcsD", "y.a", "y.o"], folder: place);
        return await File.ReadAllBytesAsync(Path.Combine(place, "y.a"), TestContext.Current.CancellationToken);
    }

    private static async Task<byte[]> KeyAsync()
    {
        Tools.Require("openssl");
        return Encoding.ASCII.GetBytes(await Tools.RunAsync("openssl", ["genpkey", "-algorithm", "ed25519"]));
    }
}
