using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Building;

public sealed class SynthesisTests
{
    [Fact]
    public async Task An_image_of_nothing_still_has_what_programs_expect()
    {
        using BuildBench bench = new();
        MergedFileSystem files = await FilesAsync(bench, BuildBench.Definition with { Accounts = [new AccountRequest("nonroot", 65532, 65532, "/home/nonroot")] }, new TestDeb("empty"));
        Assert.Equal("root:x:0:0:root:/root:/usr/sbin/nologin\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/usr/sbin/nologin\n", Text(files, "etc/passwd"));
        Assert.Equal("root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n", Text(files, "etc/group"));
        Assert.Equal("root:*::0:99999:7:::\nnobody:*::0:99999:7:::\nnonroot:*::0:99999:7:::\n", Text(files, "etc/shadow"));
        AssertEntry(files, "etc/shadow", 0x180, 0, 0);
        AssertEntry(files, "home/nonroot", 0x1C0, 65532, 65532);
        AssertEntry(files, "root", 0x1C0, 0, 0);
        AssertEntry(files, "tmp", 0x3FF, 0, 0);
        AssertEntry(files, "var/tmp", 0x3FF, 0, 0);
        AssertEntry(files, "run/lock", 0x3FF, 0, 0);
        foreach ((string link, string target) in new[] { ("bin", "usr/bin"), ("sbin", "usr/sbin"), ("lib", "usr/lib"), ("lib64", "usr/lib64"), ("var/run", "/run"), ("var/lock", "/run/lock"), ("etc/os-release", "../usr/lib/os-release") })
        {
            Assert.Equal(target, files.Find(LayerPath.FromUtf8(link))!.Entry.LinkTargetText);
            Assert.NotNull(files.Resolve(LayerPath.FromUtf8(link)));
        }

        Assert.Contains("VERSION_ID=\"12\"\n", Text(files, "usr/lib/os-release"), StringComparison.Ordinal);
        Assert.Contains("hosts:          files dns\n", Text(files, "etc/nsswitch.conf"), StringComparison.Ordinal);
        Assert.Empty(bench.Warnings);
    }

    [Theory]
    [InlineData("1:1.35.0-4+deb12u1", false)]
    [InlineData("1:1.99.0-1", true)]
    [InlineData("2", true)]
    public async Task BusyBox_is_linked_where_no_package_has_the_name_and_an_unknown_version_is_told(string version, bool warned)
    {
        using BuildBench bench = new();
        MergedFileSystem files = await FilesAsync(
            bench, BuildBench.Definition, new TestDeb("busybox-static", version).File("bin/busybox", "program"), new TestDeb("coreutils").File("bin/ls", "its own"));
        Assert.Equal("busybox", files.Find(LayerPath.FromUtf8("usr/bin/vi"))!.Entry.LinkTargetText);
        Assert.Equal("../bin/busybox", files.Find(LayerPath.FromUtf8("usr/sbin/ifconfig"))!.Entry.LinkTargetText);
        Assert.Equal(ImageFileKind.File, files.Find(LayerPath.FromUtf8("usr/bin/ls"))!.Entry.Kind);
        Assert.Null(files.Find(LayerPath.FromUtf8("usr/bin/dpkg")));
        Assert.StartsWith("root:x:0:0:root:/root:/bin/sh\n", Text(files, "etc/passwd"), StringComparison.Ordinal);
        Assert.Equal(warned, bench.Warnings.Any(warning => warning.Contains("were not reviewed", StringComparison.Ordinal)));
        Assert.Equal(!warned, files.Find(LayerPath.FromUtf8("usr/bin/crontab")) is not null);
    }

    [Fact]
    public async Task Pythons_modules_have_their_directory_and_are_not_compiled()
    {
        using BuildBench bench = new();
        MergedFileSystem files = await FilesAsync(bench, BuildBench.Definition, new TestDeb("python3.14-minimal").File("usr/lib/python3.14/os.py", "pass"), new TestDeb("python3.x-minimal").File("usr/lib/odd", ""));
        AssertEntry(files, "usr/local/lib/python3.14/dist-packages", 0x1ED, 0, 0);
        Assert.Null(files.Find(LayerPath.FromUtf8("usr/local/lib/python3.x")));
        Assert.DoesNotContain(files.Files(), file => file.Path.ToString().EndsWith(".pyc", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_architectures_that_have_lib64_get_the_link()
    {
        using BuildBench bench = new();
        BuiltImage image = await bench.BuildAsync(bench.Lock((Platform.LinuxArm64, [new TestDeb("x", "1", "arm64").File("lib/x", "x")])));
        MergedFileSystem files = await BuildBench.ReadAsync(image.Manifests[0].Layers[0]);
        Assert.Null(files.Find(LayerPath.FromUtf8("lib64")));
        Assert.NotNull(files.Find(LayerPath.FromUtf8("usr/lib/x")));
    }

    [Fact]
    public async Task Files_of_unmerged_packages_lie_below_usr_and_a_link_to_itself_is_dropped()
    {
        using BuildBench bench = new();
        MergedFileSystem files = await FilesAsync(bench, null, new TestDeb("x").File("bin/tool", "x").File("lib/x.so.1", "lib").Link("usr/lib/x.so.1", "/lib/x.so.1").Directory("var/run/x", 0x1C0, 5, 5));
        Assert.Equal("x", Text(files, "usr/bin/tool"));
        Assert.Equal("lib", Text(files, "usr/lib/x.so.1"));
        AssertEntry(files, "run/x", 0x1C0, 5, 5);
    }

    [Fact]
    public async Task Documentation_goes_and_licences_stay()
    {
        using BuildBench bench = new();
        MergedFileSystem files = await FilesAsync(bench, BuildBench.Definition with { Remove = ["/usr/share/doc/**", "/usr/share/x", "/opt/a*/b"] }, new TestDeb("x")
            .File("usr/share/doc/x/copyright", "free").File("usr/share/doc/x/changelog.gz", "no").File("usr/share/doc/x/examples/e", "no").Link("usr/share/doc/y", "x")
            .File("usr/share/man/man1/x.1.gz", "no").File("usr/share/info/x.info", "no").File("usr/share/lintian/overrides/x", "no").File("usr/share/bug/x/script", "no")
            .File("usr/share/x/deep/file", "no").File("opt/abc/b", "no").File("opt/abc/c", "yes").Directory("opt/kept-empty").File("usr/share/locale/de/LC_MESSAGES/x.mo", "stays"));
        string[] paths = files.Files().Select(f => f.Path.ToString()).ToArray();
        Assert.Contains("usr/share/doc/x/copyright", paths);
        Assert.Contains("opt/abc/c", paths);
        Assert.Contains("opt/kept-empty", paths);
        Assert.Contains("usr/share/locale/de/LC_MESSAGES/x.mo", paths);
        Assert.DoesNotContain(paths, p => p.StartsWith("usr/share/man", StringComparison.Ordinal) || p.StartsWith("usr/share/info", StringComparison.Ordinal) || p.StartsWith("usr/share/lintian", StringComparison.Ordinal)
            || p.StartsWith("usr/share/bug", StringComparison.Ordinal) || p.StartsWith("usr/share/x", StringComparison.Ordinal) || p.Contains("changelog", StringComparison.Ordinal) || p.Contains("examples", StringComparison.Ordinal) || p == "opt/abc/b");
        Assert.DoesNotContain("changelog", Text(files, "var/lib/dpkg/status.d/x.md5sums"), StringComparison.Ordinal);
        Assert.Contains("usr/share/doc/x/copyright", Text(files, "var/lib/dpkg/status.d/x.md5sums"), StringComparison.Ordinal);
        Assert.StartsWith("Package: x\nVersion: 1.0-1\n", Text(files, "var/lib/dpkg/status.d/x"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_a_files_names_the_first_that_is_left_holds_the_content()
    {
        using BuildBench bench = new();
        TestDeb deb = new TestDeb("x").File("opt/a", "content").HardLink("opt/b", "opt/a").HardLink("opt/c", "opt/b");
        MergedFileSystem all = await FilesAsync(bench, null, deb);
        Assert.All(["opt/a", "opt/b", "opt/c"], path => Assert.Equal("content", Text(all, path)));
        Assert.Equal("opt/a", all.Find(LayerPath.FromUtf8("opt/c"))!.LinkedTo!.Value.ToString());
        MergedFileSystem fewer = await FilesAsync(bench, BuildBench.Definition with { Remove = ["/opt/a"] }, deb);
        Assert.Null(fewer.Find(LayerPath.FromUtf8("opt/a")));
        Assert.Null(fewer.Find(LayerPath.FromUtf8("opt/b"))!.LinkedTo);
        Assert.Equal("content", Text(fewer, "opt/c"));
    }

    [Fact]
    public async Task Alternatives_are_linked_by_priority_or_by_choice()
    {
        using BuildBench bench = new();
        TestDeb[] debs =
        [
            new TestDeb("a").File("usr/bin/a", "a", 0x1ED).ControlFile("postinst", "#!/bin/sh\nset -e\n# Automatically added by dh_installalternatives/13\nupdate-alternatives --install /usr/bin/tool tool /usr/bin/a 5 \\\n --slave /usr/bin/tool2 tool2 /usr/bin/a --slave /usr/share/man/man1/t.1.gz t.1.gz /usr/share/man/man1/a.1.gz\n# End automatically added section\n"),
            new TestDeb("b").File("usr/bin/b", "b", 0x1ED).ControlFile("postinst", "#!/bin/sh\nupdate-alternatives --install /usr/bin/tool tool /usr/bin/b 10\nupdate-alternatives --install /usr/bin/gone gone /usr/bin/absent 99\n"),
            new TestDeb("c").ControlFile("postinst", "#!/bin/sh\nupdate-alternatives --install /usr/bin/$x x /usr/bin/c 10\n"),
        ];
        MergedFileSystem files = await FilesAsync(bench, null, debs);
        Assert.Equal("b", Encoding.UTF8.GetString(files.Resolve(LayerPath.FromUtf8("usr/bin/tool"))!.Content!.Value.Span));
        Assert.Null(files.Find(LayerPath.FromUtf8("usr/bin/gone")));
        Assert.Contains(bench.Warnings, w => w.StartsWith("c: ", StringComparison.Ordinal) && w.Contains("alternatives", StringComparison.Ordinal));
        // b's script has a line of its own beside debhelper's, and c's, too: they are named; a's is not.
        Assert.Equal(2, bench.Warnings.Count(w => w.Contains("was not run", StringComparison.Ordinal)));

        files = await FilesAsync(bench, BuildBench.Definition with { Alternatives = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["tool"] = "/usr/bin/a" } }, debs);
        Assert.Equal("/etc/alternatives/tool", files.Find(LayerPath.FromUtf8("usr/bin/tool"))!.Entry.LinkTargetText);
        Assert.Equal("/usr/bin/a", files.Find(LayerPath.FromUtf8("etc/alternatives/tool2"))!.Entry.LinkTargetText);
        await Assert.ThrowsAsync<AlternativeNotFoundException>(() => FilesAsync(bench, BuildBench.Definition with { Alternatives = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["tool"] = "/usr/bin/none" } }, debs));
    }

    [Fact]
    public async Task A_script_that_is_not_known_is_a_warning_that_names_the_package()
    {
        using BuildBench bench = new();
        await FilesAsync(bench, null,
            new TestDeb("one").ControlFile("postinst", "#!/bin/sh\nset -e\nmkdir /etc/one\n"),
            new TestDeb("two").ControlFile("postinst", "#!/bin/sh\nset -e\n\n# nothing\n\nexit 0\n"),
            new TestDeb("tzdata").ControlFile("postinst", "#!/bin/sh\nnew words\n").File("usr/share/zoneinfo/Etc/UTC", "z"));
        Assert.Equal(2, bench.Warnings.Count);
        Assert.Contains("one 1.0-1: its postinst (sha256:", bench.Warnings[0], StringComparison.Ordinal);
        Assert.Contains("tzdata 1.0-1: its postinst", bench.Warnings[1], StringComparison.Ordinal);
        Assert.Contains("was done", bench.Warnings[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_definitions_files_win_and_local_certificates_are_trusted()
    {
        using BuildBench bench = new();
        string pem = "-----BEGIN CERTIFICATE-----\n" + GoldenCase.CertificateBase64 + "-----END CERTIFICATE-----\n";
        MergedFileSystem files = await FilesAsync(bench, BuildBench.Definition with
        {
            Files = [new AddedFile("/etc/passwd", null, "mine\n", null, 0x180, 3, 4), new AddedFile("/usr/local/share/ca-certificates/corp.crt", null, pem, null, 0x1A4, 0, 0)],
        }, new TestDeb("x"));
        Assert.Equal("mine\n", Text(files, "etc/passwd"));
        AssertEntry(files, "etc/passwd", 0x180, 3, 4);
        Assert.Equal(pem, Text(files, "etc/ssl/certs/ca-certificates.crt"));
        Assert.Equal("corp.pem", files.Find(LayerPath.FromUtf8("etc/ssl/certs/ee1f6f78.0"))!.Entry.LinkTargetText);
        Assert.Equal("/usr/local/share/ca-certificates/corp.crt", files.Find(LayerPath.FromUtf8("etc/ssl/certs/corp.pem"))!.Entry.LinkTargetText);
    }

    [Theory]
    [InlineData("/usr/bin", typeof(AddedFileInvalidException))]
    [InlineData("relative", typeof(AddedFileInvalidException))]
    [InlineData("/a/../b", typeof(AddedFileInvalidException))]
    [InlineData("/opt/x/below", typeof(AddedFileInvalidException))]
    [InlineData("/", typeof(AddedFileInvalidException))]
    public async Task A_file_that_cannot_be_placed_is_refused(string path, Type error)
    {
        using BuildBench bench = new();
        Exception thrown = await Assert.ThrowsAnyAsync<Exception>(() => FilesAsync(bench, BuildBench.Definition with { Files = [new AddedFile(path, null, "x", null, 0x1A4, 0, 0)] }, new TestDeb("x").File("opt/x", "file")));
        Assert.IsType(error, thrown);
    }

    [Fact]
    public async Task A_file_that_is_not_what_the_definition_pins_is_refused()
    {
        using BuildBench bench = new();
        AddedFile file = new("/opt/x", null, "x", Digest.Of("y"u8), 0x1A4, 0, 0);
        await Assert.ThrowsAsync<DigestMismatchException>(() => FilesAsync(bench, BuildBench.Definition with { Files = [file] }, new TestDeb("x")));
        file = new AddedFile("/opt/x", bench.Folder.Combine("missing"), null, null, 0x1A4, 0, 0);
        await Assert.ThrowsAsync<PathNotFoundException>(() => FilesAsync(bench, BuildBench.Definition with { Files = [file] }, new TestDeb("x")));
    }

    [Theory]
    [InlineData("nonroot", 65534, 5, "user id 65534 belongs to 'nobody'")]
    [InlineData("nobody", 5, 5, "there is a user of that name")]
    [InlineData("root", 0, 0, null)]
    public async Task Accounts_that_contradict_the_tables_are_refused(string name, long uid, long gid, string? problem)
    {
        using BuildBench bench = new();
        Task<MergedFileSystem> build = FilesAsync(bench, BuildBench.Definition with { Accounts = [new AccountRequest(name, uid, gid, "/srv/home")] }, new TestDeb("x"));
        if (problem is null)
        {
            Assert.Contains("root:x:0:0:root:/srv/home:", Text(await build, "etc/passwd"), StringComparison.Ordinal);
            return;
        }

        Assert.Contains(problem, (await Assert.ThrowsAsync<AccountConflictException>(() => build)).Message, StringComparison.Ordinal);
    }

    private static async Task<MergedFileSystem> FilesAsync(BuildBench bench, ImageDefinition? definition, params TestDeb[] packages)
        => await BuildBench.ReadAsync((await bench.BuildAsync(bench.Lock(packages), definition)).Manifests[0].Layers[0]);

    private static string Text(MergedFileSystem files, string path) => Encoding.UTF8.GetString(files.Find(LayerPath.FromUtf8(path))!.Content!.Value.Span);

    private static void AssertEntry(MergedFileSystem files, string path, int mode, long uid, long gid)
    {
        LayerEntry entry = files.Find(LayerPath.FromUtf8(path))!.Entry;
        Assert.Equal((mode, uid, gid), (entry.Mode, entry.Uid, entry.Gid));
    }
}
