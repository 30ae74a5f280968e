using System.Net.Sockets;
using BaseImage.Engine.Building.ContainerBuild.Context;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>A context's tar depends on names, contents and who may run a file, and on nothing else.</summary>
public sealed class ContextTests
{
    [Fact]
    public async Task Order_umask_and_times_do_not_matter()
    {
        Random random = new(20260106);
        for (int round = 0; round < 20; round++)
        {
            string[] names = [.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => string.Join('/', Enumerable.Range(0, random.Next(1, 4)).Select(_ => "abcé -+.Z"[random.Next(9)] + "x" + random.Next(3))))];
            names = [.. names.Where(name => !names.Any(other => other != name && other.StartsWith(name + "/", StringComparison.Ordinal))).Distinct(StringComparer.Ordinal)];
            using TempFolder first = new("context"), second = new("context");
            Lay(first, names, (UnixFileMode)0x1A4, (UnixFileMode)0x1ED, DateTime.UnixEpoch.AddDays(1000));
            random.Shuffle(names);
            Lay(second, names, (UnixFileMode)0x1B6, (UnixFileMode)0x1C0, DateTime.UnixEpoch.AddDays(19_000));
            Assert.Equal(await TarAsync(first), await TarAsync(second));
        }
    }

    [Fact]
    public async Task A_shuffled_order_has_the_same_files()
    {
        using TempFolder folder = new("context");
        Lay(folder, ["a", "b/c", "b/d", "e"], (UnixFileMode)0x1A4, (UnixFileMode)0x1ED, DateTime.UnixEpoch);
        byte[] usual = await TarAsync(folder), shuffled = await TarAsync(folder, order: 7);
        Assert.NotEqual(usual, shuffled);
        Assert.Equal(Names(usual).Order(StringComparer.Ordinal), Names(shuffled).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Links_are_sent_as_links_and_never_followed()
    {
        using TempFolder outside = new("outside"), folder = new("context");
        await File.WriteAllTextAsync(outside.Combine("key"), "secret");
        Lay(folder, ["Dockerfile", "d/file"], (UnixFileMode)0x1A4, (UnixFileMode)0x1ED, DateTime.UnixEpoch);
        File.CreateSymbolicLink(folder.Combine("to-file"), outside.Combine("key"));
        Directory.CreateSymbolicLink(folder.Combine("to-folder"), outside.Path);
        Directory.CreateSymbolicLink(folder.Combine("d", "circle"), "..");
        byte[] tar = await TarAsync(folder);
        Assert.Equal(["Dockerfile File", "d Directory", "d/circle SymbolicLink", "d/file File", "to-file SymbolicLink", "to-folder SymbolicLink"], Names(tar));
        Assert.DoesNotContain("secret", System.Text.Encoding.Latin1.GetString(tar), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../../etc/shadow", true)]
    [InlineData("../..", true)]
    [InlineData("..", false)]
    [InlineData("../other/x", false)]
    [InlineData("/etc/shadow", false)]
    public async Task A_link_out_of_the_context_is_told_where_podman_builds(string target, bool refused)
    {
        using TempFolder folder = new("context");
        Lay(folder, ["Dockerfile", "d/file"], (UnixFileMode)0x1A4, (UnixFileMode)0x1ED, DateTime.UnixEpoch);
        File.CreateSymbolicLink(folder.Combine("d", "link"), target);
        Exception? failure = await Record.ExceptionAsync(() => BuildContext.OpenAsync(folder.Path, folder.Combine("Dockerfile"), takesIgnoreFile: false, rereadsIgnoreFile: true, TestContext.Current.CancellationToken));
        Assert.Equal(refused, failure is BuildContextInvalidException);
        Assert.Equal(refused, failure is not null);
        Assert.Contains("d/link SymbolicLink", Names(await TarAsync(folder)));
    }

    [Fact]
    public async Task Names_with_line_breaks_are_names()
    {
        Tools.Require(!OperatingSystem.IsWindows(), "names with line breaks cannot be made on Windows");
        using TempFolder folder = new("context");
        await File.WriteAllTextAsync(folder.Combine("a\nb"), "x");
        await File.WriteAllTextAsync(folder.Combine(new string('n', 200)), "x");
        Assert.Equal([@"a\x0ab File", new string('n', 200) + " File"], Names(await TarAsync(folder)));
    }

    [Fact]
    public async Task A_fifo_is_an_error_and_not_a_wait_unless_it_is_ignored()
    {
        Tools.Require(!OperatingSystem.IsWindows(), "fifos are not made on Windows");
        using TempFolder folder = new("context");
        await File.WriteAllTextAsync(folder.Combine("Dockerfile"), "x");
        await Tools.RunAsync("mkfifo", [folder.Combine("pipe")]);
        BuildContextInvalidException failure = await Assert.ThrowsAsync<BuildContextInvalidException>(() => TarAsync(folder));
        Assert.Contains(folder.Combine("pipe"), failure.Message, StringComparison.Ordinal);
        await File.WriteAllTextAsync(folder.Combine(".dockerignore"), "pipe\n.dockerignore\n");
        Assert.Equal(["Dockerfile File"], Names(await TarAsync(folder)));
    }

    [Fact]
    public async Task A_socket_is_passed_over()
    {
        Tools.Require(!OperatingSystem.IsWindows(), "sockets are no files on Windows");
        using TempFolder folder = new("context");
        using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(folder.Combine("s")));
        await File.WriteAllTextAsync(folder.Combine("Dockerfile"), "x");
        Assert.Equal(["Dockerfile File"], Names(await TarAsync(folder)));
    }

    [Theory]
    [InlineData("Dockerfile\n.dockerignore\n", false, ".baseimage.Dockerfile", "")]
    [InlineData("Dockerfile\n.dockerignore\n", true, "Dockerfile", ".dockerignore File,Dockerfile File,")]
    [InlineData("other\n", false, "Dockerfile", ".dockerignore File,Dockerfile File,")]
    public async Task A_dockerfile_that_is_ignored_is_sent_where_no_copy_meets_it(string ignore, bool takesBack, string sentAs, string others)
    {
        using TempFolder folder = new("context");
        await File.WriteAllTextAsync(folder.Combine("Dockerfile"), "x");
        await File.WriteAllTextAsync(folder.Combine(".dockerignore"), ignore);
        BuildContext context = await BuildContext.OpenAsync(folder.Path, folder.Combine("Dockerfile"), takesBack, rereadsIgnoreFile: false, TestContext.Current.CancellationToken);
        Assert.Equal(sentAs, context.Dockerfile);
        Assert.Equal(others, string.Concat(Names(await TarAsync(folder, takesBack: takesBack)).Where(name => !name.StartsWith(".baseimage", StringComparison.Ordinal)).Select(name => name + ",")));
    }

    [Fact]
    public async Task A_dockerfiles_own_ignore_file_comes_before_the_common_one()
    {
        using TempFolder folder = new("context");
        Lay(folder, ["web.Dockerfile", "a", "b"], (UnixFileMode)0x1A4, (UnixFileMode)0x1ED, DateTime.UnixEpoch);
        await File.WriteAllTextAsync(folder.Combine(".dockerignore"), "a\n");
        await File.WriteAllTextAsync(folder.Combine("web.Dockerfile.dockerignore"), "b\n*.dockerignore\n");
        Assert.Equal(["a File", "web.Dockerfile File"], Names(await TarAsync(folder, dockerfile: "web.Dockerfile")));
    }

    [Fact]
    public async Task What_returns_from_a_folder_that_is_left_out_comes_with_its_folder()
    {
        using TempFolder folder = new("context");
        Lay(folder, ["a/b/c.go", "a/b/d", "e/f"], (UnixFileMode)0x1A4, (UnixFileMode)0x1ED, DateTime.UnixEpoch);
        await File.WriteAllTextAsync(folder.Combine(".dockerignore"), "*\n!**/*.go\n");
        Assert.Equal([".baseimage.Dockerfile File", "a Directory", "a/b Directory", "a/b/c.go File"], Names(await TarAsync(folder)));
    }

    private static void Lay(TempFolder folder, IEnumerable<string> names, UnixFileMode file, UnixFileMode directory, DateTime time)
    {
        foreach (string name in names)
        {
            string path = folder.Combine(name);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "content of " + name);
            Modes.Set(path, file);
            File.SetLastWriteTimeUtc(path, time);
        }

        foreach (string path in Directory.EnumerateDirectories(folder.Path, "*", SearchOption.AllDirectories))
        {
            Modes.Set(path, directory);
            Directory.SetLastWriteTimeUtc(path, time);
        }
    }

    private static async Task<byte[]> TarAsync(TempFolder folder, int? order = null, bool takesBack = false, string dockerfile = "Dockerfile")
    {
        using TempFolder place = new("cache");
        using ContentCache cache = ContentCache.Open(place.Path);
        BuildContext context = await BuildContext.OpenAsync(folder.Path, folder.Combine(dockerfile), takesBack, rereadsIgnoreFile: false, TestContext.Current.CancellationToken);
        await using FileStream tar = await context.WriteAsync(cache, "FROM scratch\n"u8.ToArray(), 1_700_000_000, order, SilentReporter.Instance, TestContext.Current.CancellationToken);
        using MemoryStream bytes = new();
        await tar.CopyToAsync(bytes);
        return bytes.ToArray();
    }

    private static List<string> Names(byte[] tar)
    {
        List<string> names = [];
        TarReader reader = new(new MemoryStream(tar), "t");
        while (reader.Next() is { } entry)
        {
            names.Add($"{entry.Path} {entry.Kind}");
        }

        return names;
    }
}
