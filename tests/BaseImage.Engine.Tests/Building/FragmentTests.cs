using System.Text;
using BaseImage.Engine.Building;
using BaseImage.Engine.Images;

namespace BaseImage.Engine.Tests.Building;

public sealed class FragmentTests
{
    [Fact]
    public async Task When_one_package_changes_it_alone_is_unpacked_and_compressed()
    {
        using BuildBench bench = new();
        TestDeb[] before = [Package("one", 'a'), Package("two", 'b'), Package("three", 'c')];
        await bench.BuildAsync(bench.Lock(before));
        Assert.Equal(3, bench.Counters.PackagesUnpacked);
        bench.Opened.Clear();

        TestDeb changed = Package("two", 'B', "1.0-2");
        BuiltImage warm = await bench.BuildAsync(bench.Lock(before[0], changed, before[2]));
        Assert.Equal(["two"], bench.Opened);
        Assert.Equal(1, bench.Counters.PackagesUnpacked);
        Assert.Equal(Size, bench.Counters.BytesUnpacked);
        Assert.InRange(bench.Counters.FragmentsMade, 2, 3); // the package and what is made; the directories did not change
        Assert.InRange(bench.Counters.BytesCompressed, Size, Size + 40_000); // and the package database

        bench.ClearCache();
        BuiltImage cold = await bench.BuildAsync(bench.Lock(before[0], changed, before[2]));
        Assert.Equal(cold.Root.Digest, warm.Root.Digest);
    }

    [Fact]
    public async Task A_cold_build_opens_each_package_once_whatever_other_packages_do_to_it()
    {
        using BuildBench bench = new();
        TestDeb links = new TestDeb("zz").Link("usr/share/thing", "other").File("usr/share/other/own", "z");
        TestDeb moved = new TestDeb("aa").File("usr/share/thing/data", "a").File("usr/share/same", "a");
        TestDeb taken = new TestDeb("bb").File("usr/share/same", "b");
        BuiltImage image = await bench.BuildAsync(bench.Lock(links, moved, taken));
        Assert.Equal(3, bench.Opened.Count);
        IEnumerable<string> paths = (await BuildBench.ReadAsync(image.Manifests[0].Layers[0])).Files().Select(file => file.Path.ToString());
        Assert.Contains("usr/share/other/data", paths);
        Assert.DoesNotContain("usr/share/thing/data", paths);
        Assert.Contains(bench.Warnings, warning => warning.Contains("'/usr/share/same'", StringComparison.Ordinal) && warning.Contains("bb", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_fragments_with_a_time_after_the_epoch_are_made_again()
    {
        using BuildBench bench = new();
        TestDeb late = new("late");
        late.Data.Add("./usr/", '5', mode: 0x1ED, time: TestDeb.Time);
        late.Data.Add("./usr/late", content: "x"u8.ToArray(), time: TestDeb.Time + 1_000_000);
        TestDeb[] packages = [Package("early", 'e'), late];
        DateTimeOffset after = DateTimeOffset.FromUnixTimeSeconds(TestDeb.Time + 2_000_000);
        await bench.BuildAsync(bench.Lock(packages), epoch: after);
        await bench.BuildAsync(bench.Lock(packages), epoch: DateTimeOffset.FromUnixTimeSeconds(TestDeb.Time + 500_000));
        Assert.Equal(["early", "late", "late"], bench.Opened.Order());
        Assert.Equal(3, bench.Counters.FragmentsMade); // late, the directories, what is made
    }

    [Fact]
    public async Task A_damaged_fragment_is_made_again_and_never_used()
    {
        using BuildBench bench = new();
        TestDeb package = Package("one", 'a');
        BuiltImage first = await bench.BuildAsync(bench.Lock(package));
        string[] blobs = Directory.GetFiles(bench.Folder.Combine("cache", "blobs"), "*", SearchOption.AllDirectories);
        foreach (string blob in blobs)
        {
            byte[] bytes = await File.ReadAllBytesAsync(blob);
            bytes[bytes.Length / 2] ^= 1;
            await File.WriteAllBytesAsync(blob, bytes);
            File.SetLastWriteTimeUtc(blob, DateTime.UtcNow.AddMinutes(-5));
        }

        BuiltImage second = await bench.BuildAsync(bench.Lock(package));
        Assert.Equal(first.Root.Digest, second.Root.Digest);
        Assert.Equal(blobs.Length, bench.Counters.FragmentsMade);
        Assert.Equal(second.Manifests[0].Layers[0].Descriptor.Digest, Digest.Of(await BuildBench.BytesAsync(second.Manifests[0].Layers[0])));
    }

    [Fact]
    public async Task The_layers_annotation_lists_its_fragments()
    {
        using BuildBench bench = new();
        BuiltImage image = await bench.BuildAsync(bench.Lock(Package("one", 'a'), Package("two", 'b')));
        OciDescriptor layer = image.Manifests[0].Layers[0].Descriptor;
        string[][] lines = layer.Annotations[LayerFragments.Annotation].Split('\n').Select(line => line.Split(' ', 4)).ToArray();
        Assert.Equal([LayerPlanner.Directories, "one", "two", LayerPlanner.Made], lines.Select(line => line[3]));
        Assert.Equal(layer.Size, lines.Sum(line => long.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture)));
        byte[] blob = await BuildBench.BytesAsync(image.Manifests[0].Layers[0]);
        int offset = 0;
        foreach (string[] line in lines)
        {
            int size = int.Parse(line[1], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(line[0], Digest.Of(blob.AsSpan(offset, size)).ToString());
            offset += size;
        }
    }

    private const int Size = 2_500_000;

    private static TestDeb Package(string name, char fill, string version = "1.0-1")
        => new TestDeb(name, version).File($"usr/share/{name}/data", Encoding.ASCII.GetBytes(new string(fill, Size)));
}
