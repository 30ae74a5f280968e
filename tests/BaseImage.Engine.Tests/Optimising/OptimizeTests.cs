using System.Text;
using BaseImage.Engine.Tests.Auditing.Runtime;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Optimising;

/// <summary>Images are made smaller, and still do what they did: in real engines, of a real Debian.</summary>
public sealed class OptimizeTests
{
    [Theory]
    [MemberData(nameof(TestEngines.Both), MemberType = typeof(TestEngines))]
    public async Task A_full_Debian_with_one_program_loses_nine_tenths_and_works(string engine)
    {
        using OptimizeRoom room = await OptimizeRoom.OpenAsync(engine);
        string app = await room.TarAsync("app.tar", new TestTar().Add("app/", '5', mode: 0x1ED).Add("app/program", content: await DebianTree.ProgramAsync(), mode: 0x1ED));
        string image = await room.ImageAsync("full", new ImageConfig { Cmd = ["/app/program"], Env = ["LANG=C.UTF-8"], Labels = new Dictionary<string, string> { ["team"] = "web" } }, await DebianTree.TarAsync(), app);
        OptimizationResult result = await room.OptimizeAsync(image, "small", request => request with { Workers = 1 });
        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {result.SizeBefore} to {result.SizeAfter} bytes, {result.SavedPercent} % less; {result.Proof}");
        Assert.Equal(OptimizationProof.Verified, result.Verified);
        Assert.Contains("it ends with code 0", result.Proof, StringComparison.Ordinal);
        Assert.True(result.SavedPercent >= 90, $"{result.SavedPercent} %: {string.Join('\n', result.Kept)}");
        Assert.Equal("web", result.Image!.Config.Labels["team"]);
        Assert.Equal(["/app/program"], result.Image.Config.Cmd!);

        OptimizationResult again = await room.OptimizeAsync(image, "again", request => request with { Workers = 4, SkipVerification = true });
        Assert.Equal(result.Image.Digest, again.Image!.Digest);
        Assert.Equal(OptimizationProof.NotVerified, again.Verified);

        IReadOnlyList<ImageFile> files = await room.FilesAsync(result.Reference);
        Assert.Equal(result.SizeAfter, files.Where(file => file.Kind is ImageFileKind.File).Sum(file => file.Size));
        Assert.DoesNotContain(files, file => file.Path is "/usr/bin/dash" or "/usr/bin/bash" or "/usr/bin/dpkg" or "/usr/bin/apt" or "/usr/bin/perl" or "/var/lib/dpkg/status" || (file.Kind is ImageFileKind.File && (file.Mode & 0xC00) != 0));
        Assert.DoesNotContain(files, file => file.Kind is ImageFileKind.SymbolicLink && file.Path.StartsWith("/usr/bin/", StringComparison.Ordinal) && file.Path != "/usr/bin/ld.so");
        foreach (string path in (string[])["/etc/passwd", "/etc/os-release", "/usr/share/zoneinfo/Europe/Berlin", "/etc/ssl/certs/ca-certificates.crt", "/usr/share/doc/libc6/copyright", "/tmp", "/var/lib/dpkg/status.d/libc6"])
        {
            Assert.Contains(files, file => file.Path == path);
        }

        IReadOnlyList<string> packages = await room.PackagesAsync(result.Reference);
        Assert.Equal(result.Packages, packages);
        Assert.Contains("libc6", packages);
        Assert.DoesNotContain("dpkg", packages);
        Assert.DoesNotContain("bash", packages);
        Assert.Contains(result.Removed, item => item is { Reason: RemovalReason.Shell, Package: "bash" });
        Assert.Contains(result.Removed, item => item is { Reason: RemovalReason.DebugData, Path: "/app/program", Bytes: > 0 });
        Assert.Contains(result.Kept, item => item.Path == "/usr/lib/x86_64-linux-gnu/libgcc_s.so.1");
    }

    [Fact]
    public async Task A_script_keeps_its_shell_and_what_it_calls_and_no_other_shell()
    {
        using OptimizeRoom room = await OptimizeRoom.OpenAsync("dockerd");
        const string Script = "#!/bin/sh\nset -e\n# perl is only mentioned\nname=$(basename /etc/hostname)\nif echo \"$name\" | grep -q host; then sort /etc/passwd | head -n 1 > /dev/null; fi\nexit 7\n";
        string app = await room.TarAsync("app.tar", new TestTar().Add("start.sh", content: Encoding.ASCII.GetBytes(Script), mode: 0x1ED));
        string image = await room.ImageAsync("script", new ImageConfig { Entrypoint = ["/start.sh"], User = "65532:65532" }, await DebianTree.TarAsync(), app);
        OptimizationResult result = await room.OptimizeAsync(image, "small");
        Assert.Equal(OptimizationProof.Verified, result.Verified);
        Assert.Contains("code 7", result.Proof, StringComparison.Ordinal);
        HashSet<string> files = [.. (await room.FilesAsync(result.Reference)).Select(file => file.Path)];
        Assert.All((string[])["/bin", "/usr/bin/dash", "/usr/bin/sh", "/usr/bin/basename", "/usr/bin/grep", "/usr/bin/sort", "/usr/bin/head"], path => Assert.Contains(path, files));
        Assert.All((string[])["/usr/bin/bash", "/usr/bin/perl", "/usr/bin/cat", "/usr/bin/echo", "/usr/bin/python3.11"], path => Assert.DoesNotContain(path, files));
        Assert.True(result.SavedPercent >= 90, $"{result.SavedPercent}");
    }

    [Fact]
    public async Task An_interpreter_keeps_its_modules_and_what_they_load()
    {
        using OptimizeRoom room = await OptimizeRoom.OpenAsync("dockerd");
        const string Script = "import ssl, sqlite3, json, ctypes, zoneinfo, lzma, decimal, encodings.idna, socket\nassert ssl.create_default_context().get_ca_certs() is not None\nprint(zoneinfo.ZoneInfo('Europe/Berlin'), sqlite3.connect(':memory:').execute('select 1').fetchone())\n";
        string app = await room.TarAsync("app.tar", new TestTar().Add("app/", '5', mode: 0x1ED).Add("app/main.py", content: Encoding.ASCII.GetBytes(Script)));
        string image = await room.ImageAsync("python", new ImageConfig { Entrypoint = ["python3", "/app/main.py"], Env = ["PATH=/usr/local/bin:/usr/bin:/bin"] }, await DebianTree.TarAsync(), app);
        OptimizationResult result = await room.OptimizeAsync(image, "small");
        Assert.Equal(OptimizationProof.Verified, result.Verified);
        Assert.Contains("it ends with code 0", result.Proof, StringComparison.Ordinal);
        HashSet<string> files = [.. (await room.FilesAsync(result.Reference)).Select(file => file.Path)];
        Assert.All((string[])["/usr/bin/python3", "/usr/lib/python3.11/json/__init__.py", "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0", "/app/main.py"], path => Assert.Contains(path, files));
        Assert.All((string[])["/usr/bin/dash", "/usr/bin/perl", "/usr/bin/apt"], path => Assert.DoesNotContain(path, files));
    }

    [Theory]
    [MemberData(nameof(TestEngines.Both), MemberType = typeof(TestEngines))]
    public async Task What_a_policy_wrongly_takes_away_is_noticed_and_nothing_is_written(string engine)
    {
        using OptimizeRoom room = await OptimizeRoom.OpenAsync(engine);
        string image = await SmallAsync(room, ["/bin/sh", "-c", "cat /etc/wanted && exit 4"]);
        string policy = await room.PolicyAsync("""{ "Remove": ["/etc/wanted"] }""");
        OptimizedImageBrokenException broken = await Assert.ThrowsAsync<OptimizedImageBrokenException>(() => room.OptimizeAsync(image, "small", request => request with { PolicyPath = policy }));
        Assert.Contains("code 4", broken.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(room.Combine("small")));
        OptimizationResult kept = await room.OptimizeAsync(image, "small", request => request with { PolicyPath = policy, Keep = ["/etc/wanted"] });
        Assert.Equal(OptimizationProof.Verified, kept.Verified);
    }

    [Fact]
    public async Task A_static_program_without_packages_keeps_itself_and_its_owners_files()
    {
        using OptimizeRoom room = await OptimizeRoom.OpenAsync("dockerd");
        string image = await SmallAsync(room, ["/app/actor"]);
        OptimizationResult result = await room.OptimizeAsync(image, "small");
        Assert.Equal(OptimizationProof.Verified, result.Verified);
        string[] files = [.. (await room.FilesAsync(result.Reference)).Select(file => file.Path)];
        Assert.Contains("/app/actor", files);
        Assert.Contains("/etc/wanted", files);
        Assert.DoesNotContain("/bin/busybox", files);
        Assert.Contains(result.Removed, item => item.Reason is RemovalReason.Shell);
    }

    [Fact]
    public async Task Without_an_engine_nothing_is_written_unless_that_is_asked_for()
    {
        using OptimizeRoom room = OptimizeRoom.WithoutEngine();
        string image = await SmallAsync(room, ["/app/actor"]);
        OptimizationNotProvedException failure = await Assert.ThrowsAsync<OptimizationNotProvedException>(() => room.OptimizeAsync(image, "small"));
        Assert.Contains("-SkipVerification", failure.RecommendedAction, StringComparison.Ordinal);
        Assert.False(Directory.Exists(room.Combine("small")));
        OptimizationResult result = await room.OptimizeAsync(image, "small", request => request with { SkipVerification = true });
        Assert.Equal(OptimizationProof.NotVerified, result.Verified);
        Assert.NotNull(result.Image);
    }

    [Fact]
    public async Task What_is_not_confirmed_is_told_and_not_done()
    {
        using OptimizeRoom room = OptimizeRoom.WithoutEngine();
        OptimizationResult result = await room.OptimizeAsync(await SmallAsync(room, ["/app/actor"]), "small", confirm: false);
        Assert.Null(result.Image);
        Assert.Equal("", result.Reference);
        Assert.Contains(result.Removed, item => item.Paths.Contains("/bin/busybox"));
        Assert.True(result.SizeAfter > 0 && result.SizeAfter < result.SizeBefore);
        Assert.False(Directory.Exists(room.Combine("small")));
    }

    [Fact]
    public async Task Set_id_bits_go_unless_the_policy_keeps_them_and_hard_links_stay_one_file()
    {
        using OptimizeRoom room = OptimizeRoom.WithoutEngine();
        byte[] actor = await File.ReadAllBytesAsync("/bin/true", TestContext.Current.CancellationToken);
        string tar = await room.TarAsync("layer.tar", new TestTar().Add("app/", '5', mode: 0x1ED).Add("app/a", content: actor, mode: 0x9ED).Add("app/b", '1', link: "app/a").Add("app/c", content: actor, mode: 0x5ED)
            .Add("usr/share/doc/x/readme", content: [1]).Add("usr/share/doc/x/copyright", content: [2]).Add("var/cache/y", content: [3]).Add("tmp/", '5', mode: 0x3FF).Add("tmp/z", content: [4]));
        string image = await room.ImageAsync("setid", new ImageConfig { Cmd = ["/app/a"] }, tar);
        string policy = await room.PolicyAsync("""{ "KeepSetId": "/app/c", "Strip": false }""");
        OptimizationResult result = await room.OptimizeAsync(image, "small", request => request with { PolicyPath = policy, SkipVerification = true });
        Dictionary<string, ImageFile> files = (await room.FilesAsync(result.Reference)).ToDictionary(file => file.Path, StringComparer.Ordinal);
        Assert.Equal(0x1ED, (int)files["/app/a"].Mode);
        Assert.Equal(ImageFileKind.HardLink, files["/app/b"].Kind);
        Assert.Equal(0x5ED, (int)files["/app/c"].Mode);
        Assert.Equal(["/app", "/app/a", "/app/b", "/app/c", "/tmp", "/usr", "/usr/share", "/usr/share/doc", "/usr/share/doc/x", "/usr/share/doc/x/copyright", "/var", "/var/cache"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Contains(result.Removed, item => item.Reason is RemovalReason.SetId && item.Paths.Contains("/app/a"));
    }

    [Fact]
    public async Task Where_services_write_to_and_where_people_put_their_programs_stays()
    {
        using OptimizeRoom room = OptimizeRoom.WithoutEngine();
        byte[] program = await File.ReadAllBytesAsync("/bin/true", TestContext.Current.CancellationToken);
        string tar = await room.TarAsync("layer.tar", new TestTar().Add("usr/src/app/main", content: program, mode: 0x1ED).Add("usr/src/app/data", content: [1]).Add("var/log/web/", '5', mode: 0x1ED).Add("var/log/web/access.log", '2', link: "/dev/stdout")
            .Add("var/log/old.log", content: [1]).Add("var/cache/web/", '5', mode: 0x1ED).Add("var/cache/web/entry", content: [1]).Add("srv/data/empty/", '5', mode: 0x1ED));
        string image = await room.ImageAsync("service", new ImageConfig { Cmd = ["./main"], WorkingDir = "/usr/src/app" }, tar);
        OptimizationResult result = await room.OptimizeAsync(image, "small", request => request with { SkipVerification = true });
        string[] files = [.. (await room.FilesAsync(result.Reference)).Select(file => file.Path)];
        Assert.All((string[])["/usr/src/app/main", "/usr/src/app/data", "/var/log/web/access.log", "/var/cache/web", "/srv/data/empty"], path => Assert.Contains(path, files));
        Assert.All((string[])["/var/log/old.log", "/var/cache/web/entry"], path => Assert.DoesNotContain(path, files));
    }

    [Fact]
    public async Task An_image_that_starts_nothing_needs_to_be_told_what_it_is_for()
    {
        using OptimizeRoom room = OptimizeRoom.WithoutEngine();
        string image = await SmallAsync(room, []);
        await Assert.ThrowsAsync<ImageNotOptimizableException>(() => room.OptimizeAsync(image, "small"));
        OptimizationResult result = await room.OptimizeAsync(image, "small", request => request with { Keep = ["/bin/busybox"], SkipVerification = true });
        Assert.Contains("/bin/busybox", (await room.FilesAsync(result.Reference)).Select(file => file.Path));
    }

    [Fact]
    public async Task A_policy_with_a_mistake_says_where_it_is()
    {
        using OptimizeRoom room = OptimizeRoom.WithoutEngine();
        string image = await SmallAsync(room, ["/app/actor"]), policy = await room.PolicyAsync("""{ "Keep": ["/../x"], "Stripp": true }""");
        PolicyInvalidException failure = await Assert.ThrowsAsync<PolicyInvalidException>(() => room.OptimizeAsync(image, "small", request => request with { PolicyPath = policy }));
        Assert.Equal(2, failure.Problems.Count);
    }

    internal static async Task<string> SmallAsync(OptimizeRoom room, string[] command)
    {
        string layer = room.Combine($"{Guid.NewGuid():N}.tar");
        await File.WriteAllBytesAsync(layer, await TestRuns.LayerAsync(), TestContext.Current.CancellationToken);
        string more = await room.TarAsync("more.tar", new TestTar().Add("etc/wanted", content: "here\n"u8.ToArray()));
        return await room.ImageAsync("image", new ImageConfig { Cmd = command.Length > 0 ? command : null, Env = ["PATH=/bin"] }, layer, more);
    }
}
