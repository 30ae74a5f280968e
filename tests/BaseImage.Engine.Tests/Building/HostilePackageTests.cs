using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Building;

/// <summary>A hostile package ends a build with one clear error that names it, and leaves nothing behind.</summary>
public sealed class HostilePackageTests
{
    public static TheoryData<string> Kinds => ["traversal", "absolute", "link above root", "device", "fifo", "hard link to nowhere", "hard link out", "lying size", "cut", "not a package", "loop", "file and directory", "other name", "flipped"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Ends_in_one_typed_error_and_leaves_nothing(string kind)
    {
        using BuildBench bench = new();
        TestDeb sound = new TestDeb("sound").File("opt/dir/file", "x");
        await bench.BuildAsync(bench.Lock(sound));
        IReadOnlyList<string> before = Settled(bench.Folder);

        TestDeb deb = new TestDeb("hostile").File("opt/hostile", "x");
        byte[] bytes = Make(kind, deb);
        ImageLock imageLock = TestLocks.LockOf((Platform.LinuxAmd64, [bench.Packages.Add(sound, sound.ToArray()), bench.Packages.Add(deb, bytes)]));
        BaseImageException error = await Assert.ThrowsAnyAsync<BaseImageException>(() => bench.BuildAsync(imageLock));
        Assert.NotEmpty(error.RecommendedAction);
        Assert.True(kind is "loop" || error.Message.Contains("hostile", StringComparison.Ordinal), error.Message);
        // A package that is sound by itself may have been listed; whatever failed has left nothing.
        IEnumerable<string> left = Settled(bench.Folder).Except(before);
        Assert.True(left.All(path => kind is "loop" or "file and directory" && path.Contains("entries/package-listing", StringComparison.Ordinal)), string.Join('\n', left));
    }

    private static byte[] Make(string kind, TestDeb deb)
    {
        TestTar data = deb.Data;
        switch (kind)
        {
            case "traversal":
                data.Add("./../../etc/passwd", content: "x"u8.ToArray());
                break;
            case "absolute":
                data.Add("/etc/passwd", content: "x"u8.ToArray());
                break;
            case "link above root":
                data.Add("./opt/link", '2', link: "../../../../etc");
                break;
            case "device":
                data.Add("./dev/sda", '4');
                break;
            case "fifo":
                data.Add("./opt/pipe", '6');
                break;
            case "hard link to nowhere":
                data.Add("./opt/hard", '1', link: "./opt/absent");
                break;
            case "hard link out":
                data.Add("./opt/hard", '1', link: "./../../etc/shadow");
                break;
            case "lying size":
                data.Add("./opt/long", content: "x"u8.ToArray(), size: 1L << 32);
                break;
            case "loop":
                deb.Link("opt/a", "b").Link("opt/b", "a");
                data.Add("./opt/a/x", content: "x"u8.ToArray());
                break;
            case "file and directory":
                deb.File("opt/dir", "x");
                break;
            case "other name":
                return new TestDeb("somebody-else").File("opt/hostile", "x").ToArray();
            case "cut":
                return deb.ToArray()[..^700];
            case "not a package":
                return "no package at all"u8.ToArray();
            case "flipped":
                byte[] bytes = deb.ToArray();
                bytes[^40] ^= 0x10;
                return bytes;
        }

        return deb.ToArray();
    }

    private static List<string> Settled(TempFolder folder) => [.. folder.List().Where(path => !path.EndsWith('/') && !path.EndsWith("/lock", StringComparison.Ordinal))];
}
