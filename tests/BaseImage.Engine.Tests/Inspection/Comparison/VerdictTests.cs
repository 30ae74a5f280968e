using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Inspection.Comparison;

/// <summary>What is Identical, Equivalent and Different, from any two places, and what is read for it.</summary>
public sealed class VerdictTests : IDisposable
{
    private readonly ComparisonRoom _room = new();

    public void Dispose() => _room.Dispose();

    private static byte[] Tar(string motd = "hello\n", long time = 0, int mode = 0x1A4) => new TestTar().Add("etc/", '5', mode: 0x1ED).Add("etc/motd", content: Encoding.UTF8.GetBytes(motd), time: time, mode: mode).ToArray();

    [Fact]
    public async Task TheSameManifestIsIdenticalAndNoLayerIsOpened()
    {
        string left = await _room.WriteAsync(new TestBuild(Tar())), right = await _room.WriteAsync(new TestBuild(Tar()));
        foreach (string folder in new[] { left[4..], right[4..] })
        {
            // The layers are taken away: whoever opened one would say so.
            foreach (string blob in Directory.EnumerateFiles(Path.Combine(folder, "blobs", "sha256")).Where(path => File.ReadAllBytes(path)[0] != '{'))
            {
                File.Delete(blob);
            }
        }

        ImageComparison found = Assert.Single(await _room.CompareAsync(left, right));
        Assert.Equal((ComparisonVerdict.Identical, ComparisonBasis.Digest, "", 1), (found.Verdict, found.Basis, found.Summary, found.SharedLayers));
        Assert.Empty(found.Differences);
        Assert.Equal(found.ReferenceDigest, found.DifferenceDigest);
    }

    [Theory]
    [InlineData("docker-archive", "oci")]
    [InlineData("oci", "docker-archive")]
    [InlineData("oci-archive", "oci")]
    [InlineData("docker-archive", "docker-archive")]
    public async Task PlacesDoNotMatter(string left, string right)
    {
        Assert.Equal(ComparisonVerdict.Identical, Assert.Single(await _room.CompareAsync(await _room.WriteAsync(new TestBuild(Tar()), left), await _room.WriteAsync(new TestBuild(Tar()), right))).Verdict);
        ImageComparison found = Assert.Single(await _room.CompareAsync(await _room.WriteAsync(new TestBuild(Tar()), left), await _room.WriteAsync(new TestBuild(Tar("other\n")), right)));
        Assert.Equal(ComparisonVerdict.Different, found.Verdict);
        ImageDifference content = Assert.Single(found.Differences, difference => difference.Kind is ImageDifferenceKind.Content);
        Assert.Equal(("/etc/motd", 0L, "text"), (content.Path, content.Offset, content.ContentKind));
    }

    [Fact]
    public async Task MoreDifferencesThanWereAskedForAreCountedAndTheVerdictKnowsThemAll()
    {
        TestTar many = new();
        for (int i = 0; i < 50; i++)
        {
            many.Add($"f{i:00}", content: [(byte)i]);
        }

        string left = await _room.WriteAsync(new TestBuild(Tar(time: 1))), right = await _room.WriteAsync(new TestBuild(Tar(), many.ToArray()));
        ImageComparison all = Assert.Single(await _room.CompareAsync(left, right));
        ImageComparison few = Assert.Single(await _room.CompareAsync(new ComparisonRequest { ReferenceImage = left, DifferenceImage = right, Limit = 10 }));
        Assert.Equal((0, all.Differences.Count - 10), (all.DifferencesOmitted, few.DifferencesOmitted));
        Assert.Equal(all.Differences.Take(10).Select(difference => difference.Path), few.Differences.Select(difference => difference.Path));
        Assert.Equal((all.Verdict, all.Summary), (few.Verdict, few.Summary));
    }

    [Fact]
    public async Task AnotherCompressionIsEquivalent()
    {
        ImageComparison found = await _room.CompareAsync(new TestBuild(Tar()), new TestBuild(Tar()) { Codec = Codec.Zstd });
        Assert.Equal((ComparisonVerdict.Equivalent, ComparisonBasis.Digest), (found.Verdict, found.Basis));
        Assert.Contains(found.Differences, difference => difference is { Kind: ImageDifferenceKind.Metadata, Cause: DifferenceCause.Compression, Path: "layer 0" });
    }

    [Fact]
    public async Task TimesAndHistoryAndCreationAreEquivalent()
    {
        ImageComparison found = await _room.CompareAsync(new TestBuild(Tar(time: 5)), new TestBuild(Tar(time: 6)) { Created = DateTimeOffset.UnixEpoch.AddDays(20_001), Annotations = new() { ["org.opencontainers.image.created"] = "now" } });
        Assert.Equal(ComparisonVerdict.Equivalent, found.Verdict);
        Assert.Equal(["History", "Layer", "Metadata", "Metadata", "Time"], found.Differences.Select(difference => difference.Kind.ToString()).Order(StringComparer.Ordinal));
        Assert.All(found.Differences, difference => Assert.False(difference.IsSignificant));
        Assert.All(found.Differences.Where(difference => difference.Kind is not ImageDifferenceKind.Layer), difference => Assert.Equal(DifferenceCause.Timestamp, difference.Cause));
        Assert.Equal(0, found.SizeDelta);
    }

    [Fact]
    public async Task TheSameFilesInOtherLayersAreEquivalent()
    {
        byte[] first = new TestTar().Add("etc/", '5', mode: 0x1ED).Add("etc/a", content: "a"u8.ToArray()).Add("etc/gone", content: "x"u8.ToArray()).ToArray();
        byte[] second = new TestTar().Add("etc/.wh.gone").Add("etc/b", content: "b"u8.ToArray()).ToArray();
        byte[] flat = new TestTar().Add("etc/", '5', mode: 0x1ED).Add("etc/a", content: "a"u8.ToArray()).Add("etc/b", content: "b"u8.ToArray()).ToArray();
        ImageComparison found = await _room.CompareAsync(new TestBuild(first, second), new TestBuild(flat));
        Assert.Equal((ComparisonVerdict.Equivalent, ComparisonBasis.Content), (found.Verdict, found.Basis));
        Assert.Equal(2, found.Differences.Count(difference => difference.Kind is ImageDifferenceKind.Layer));
    }

    [Theory]
    [InlineData("User")]
    [InlineData("Env")]
    [InlineData("Cmd")]
    [InlineData("Entrypoint")]
    [InlineData("WorkingDir")]
    [InlineData("Labels")]
    [InlineData("ExposedPorts")]
    [InlineData("Volumes")]
    [InlineData("StopSignal")]
    [InlineData("Healthcheck")]
    public async Task HowAContainerStartsIsDifferent(string key)
    {
        TestBuild build = new(Tar());
        ImageConfig config = key switch
        {
            "User" => build.Config with { User = "2:2" },
            "Env" => build.Config with { Env = ["PATH=/sbin"] },
            "Cmd" => build.Config with { Cmd = ["/bin/false"] },
            "Entrypoint" => build.Config with { Entrypoint = ["/bin/sh"] },
            "WorkingDir" => build.Config with { WorkingDir = "/srv" },
            "Labels" => build.Config with { Labels = new Dictionary<string, string> { ["tier"] = "front" } },
            "ExposedPorts" => build.Config with { ExposedPorts = ["80/tcp"] },
            "Volumes" => build.Config with { Volumes = ["/data"] },
            "StopSignal" => build.Config with { StopSignal = "SIGINT" },
            _ => build.Config with { Healthcheck = new ImageHealthcheck(["CMD", "true"]) },
        };
        ImageComparison found = await _room.CompareAsync(build, build with { Config = config });
        Assert.Equal((ComparisonVerdict.Different, ComparisonBasis.Digest), (found.Verdict, found.Basis));
        ImageDifference difference = Assert.Single(found.Differences);
        Assert.Equal(ImageDifferenceKind.Config, difference.Kind);
        Assert.StartsWith(key, difference.Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task LabelsThatDescribeAreEquivalent()
    {
        TestBuild build = new(Tar());
        ImageComparison found = await _room.CompareAsync(
            build with { Config = build.Config with { Labels = new Dictionary<string, string> { ["org.opencontainers.image.created"] = "2026-01-01T00:00:00Z", ["org.opencontainers.image.revision"] = "abc" } } },
            build with { Config = build.Config with { Labels = new Dictionary<string, string> { ["org.opencontainers.image.created"] = "2026-01-02T00:00:00Z", ["org.opencontainers.image.revision"] = "abd" } } });
        Assert.Equal(ComparisonVerdict.Equivalent, found.Verdict);
        Assert.Equal([DifferenceCause.Timestamp, DifferenceCause.Unknown], found.Differences.Select(difference => difference.Cause));
    }

    [Fact]
    public async Task SecretsAreNotShown()
    {
        TestBuild build = new(Tar());
        ImageComparison found = await _room.CompareAsync(
            build with { Config = build.Config with { Env = ["DB_PASSWORD=correct-horse-battery-1"] }, History = [new ImageHistory(null, "RUN curl --token ghp_0123456789abcdefghijABCDEFGHIJ456789 x", "", false)] },
            build with { Config = build.Config with { Env = ["DB_PASSWORD=correct-horse-battery-2"] }, History = [new ImageHistory(null, "RUN curl --token ghp_9876543210abcdefghijABCDEFGHIJ456789 x", "", false)] });
        string all = string.Join('\n', found.Differences.Select(difference => $"{difference} {difference.ReferenceValue} {difference.DifferenceValue} {difference.Instruction}"));
        Assert.Equal("Env: DB_PASSWORD", found.Differences[0].Path);
        Assert.DoesNotContain("battery", all, StringComparison.Ordinal);
        Assert.DoesNotContain("ghp_0123456789", all, StringComparison.Ordinal);
        Assert.DoesNotContain("ghp_9876543210", all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PlatformsArePaired()
    {
        BuiltManifest amd = new TestBuild(Tar()).Build(), arm = new TestBuild(Tar()) { Platform = Platform.LinuxArm64 }.Build(), other = new TestBuild(Tar("x")) { Platform = Platform.LinuxArm64 }.Build();
        string both = await WriteAsync("both", amd, arm), changed = await WriteAsync("changed", other, amd), one = await WriteAsync("one", amd);
        IReadOnlyList<ImageComparison> found = await _room.CompareAsync(both, changed);
        Assert.Equal([(Platform.LinuxAmd64, ComparisonVerdict.Identical), (Platform.LinuxArm64, ComparisonVerdict.Different)], found.Select(comparison => (comparison.Platform, comparison.Verdict)));

        found = await _room.CompareAsync(both, one);
        Assert.Equal([ComparisonVerdict.Identical, ComparisonVerdict.Different], found.Select(comparison => comparison.Verdict));
        Assert.Equal((ImageDifferenceKind.Platform, ImageDifferenceChange.Removed, "linux/arm64"), Assert.Single(found[1].Differences) is var missing ? (missing.Kind, missing.Change, missing.Path) : default);
        Assert.Equal(ImageDifferenceChange.Added, Assert.Single((await _room.CompareAsync(one, both))[1].Differences).Change);

        found = await _room.CompareAsync(new ComparisonRequest { ReferenceImage = both, DifferenceImage = changed, Platform = Platform.LinuxAmd64 });
        Assert.Equal(ComparisonVerdict.Identical, Assert.Single(found).Verdict);
        await Assert.ThrowsAsync<ImageNotFoundException>(() => _room.CompareAsync(new ComparisonRequest { ReferenceImage = both, DifferenceImage = one, Platform = Platform.LinuxArm64 }));
    }

    [Fact]
    public async Task ImagesOfTwoPlatformsAreDifferent()
    {
        ImageComparison found = await _room.CompareAsync(new TestBuild(Tar()), new TestBuild(Tar()) { Platform = Platform.LinuxArm64 });
        Assert.Equal((ComparisonVerdict.Different, "1 Platform"), (found.Verdict, found.Summary));
    }

    [Fact]
    public async Task KindsChooseWhatIsListedAndNotTheVerdict()
    {
        ImageComparison found = await _room.CompareAsync(new TestBuild(Tar(time: 1)), new TestBuild(Tar("other\n", time: 2)), kinds: ImageDifferenceKind.Time);
        Assert.Equal(ComparisonVerdict.Different, found.Verdict);
        Assert.Equal(ImageDifferenceKind.Time, Assert.Single(found.Differences).Kind);
        Assert.Equal("1 Content, 1 Layer, 1 Time", found.Summary);
    }

    [Fact]
    public async Task WindowsLayersAreComparedByDigest()
    {
        Platform windows = new("windows", "amd64");
        ImageComparison found = await _room.CompareAsync(new TestBuild("no tar"u8.ToArray()) { Platform = windows }, new TestBuild("nor this"u8.ToArray()) { Platform = windows });
        Assert.Equal((ComparisonVerdict.Different, ComparisonBasis.Digest), (found.Verdict, found.Basis));
        Assert.Contains("were not looked at", Assert.Single(found.Differences).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ALayerThatBothHaveIsReadOnceOnAMachine()
    {
        byte[] large = new TestTar().Add("usr/", '5', mode: 0x1ED).Add("usr/base", content: new byte[100_000]).ToArray();
        string left = await _room.WriteAsync(new TestBuild(large, Tar("one"))), right = await _room.WriteAsync(new TestBuild(large, Tar("two")));
        ImageComparison cold = Assert.Single(await _room.CompareAsync(left, right));
        Assert.Equal(1, cold.SharedLayers);
        string shared = Digest.Of(Compressed(large)).Hex;
        File.Delete(Path.Combine(left[4..], "blobs", "sha256", shared));
        File.Delete(Path.Combine(right[4..], "blobs", "sha256", shared));
        ImageComparison warm = Assert.Single(await _room.CompareAsync(left, right));
        Assert.Equal(cold.Differences.Select(difference => difference.ToString()), warm.Differences.Select(difference => difference.ToString()));
    }

    [Fact]
    public async Task ADamagedLayerIsOneErrorAndLeavesNothingBehind()
    {
        string left = await _room.WriteAsync(new TestBuild(Tar("one"))), right = await _room.WriteAsync(new TestBuild(Tar("two")));
        string blob = Path.Combine(right[4..], "blobs", "sha256", Digest.Of(Compressed(Tar("two"))).Hex);
        byte[] bytes = File.ReadAllBytes(blob);
        for (int at = 0; at < bytes.Length; at += 7)
        {
            byte[] damaged = [.. bytes];
            damaged[at] ^= 0x41;
            File.WriteAllBytes(blob, damaged);
            BaseImageException error = await Assert.ThrowsAnyAsync<BaseImageException>(() => _room.CompareAsync(left, right));
            Assert.Contains(Path.GetFileName(blob), error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(Temporary());
    }

    [Fact]
    public async Task AnImageThatIsNotThereIsNamed()
    {
        string left = await _room.WriteAsync(new TestBuild(Tar()));
        PathNotFoundException error = await Assert.ThrowsAsync<PathNotFoundException>(() => _room.CompareAsync(left, "oci:" + _room.Images.Folder.Combine("none")));
        Assert.Contains("none", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ItStopsWhenItIsToldTo()
    {
        using CancellationTokenSource stop = new();
        ComparisonRequest request = new() { ReferenceImage = await _room.WriteAsync(new TestBuild(Tar("one"))), DifferenceImage = await _room.WriteAsync(new TestBuild(Tar("two"))) };
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ImageComparison unused in _room.Comparer.CompareAsync(request, SilentReporter.Instance, stop.Token))
            {
            }
        });
        Assert.Empty(Temporary());
    }

    [Theory]
    [InlineData("image")]
    [InlineData("files that differ")]
    public async Task ItStopsInTheMiddleAndLeavesNothingBehind(string at)
    {
        using CancellationTokenSource stop = new();
        ComparisonRequest request = new() { ReferenceImage = await _room.WriteAsync(new TestBuild(Tar("one"))), DifferenceImage = await _room.WriteAsync(new TestBuild(Tar("two"))) };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (ImageComparison unused in _room.Comparer.CompareAsync(request, new Stopping(stop, at), stop.Token))
            {
            }
        });
        Assert.True(stop.IsCancellationRequested);
        Assert.Empty(Temporary());
    }

    private sealed class Stopping(CancellationTokenSource stop, string at) : IReporter
    {
        public void Verbose(string message)
        {
        }

        public void Warning(string message)
        {
        }

        public void Progress(ProgressUpdate update)
        {
            if (update.Status.Contains(at, StringComparison.Ordinal))
            {
                stop.Cancel();
            }
        }
    }

    private IReadOnlyList<string> Temporary() => [.. _room.Images.Folder.List().Where(path => path.Contains("tmp", StringComparison.Ordinal) && !path.EndsWith('/') && !path.EndsWith("/lock", StringComparison.Ordinal))];

    private static byte[] Compressed(byte[] tar)
    {
        using MemoryStream blob = new();
        using (Stream compressor = Codec.Gzip.Compress(blob))
        {
            compressor.Write(tar);
        }

        return blob.ToArray();
    }

    private async Task<string> WriteAsync(string name, params BuiltManifest[] manifests)
    {
        string place = $"oci:{_room.Images.Folder.Combine(name)}";
        await _room.Images.WriteAsync(place, new BuiltImage
        {
            Name = name,
            Manifests = manifests,
            Index = manifests.Length == 1 ? null : OciDocuments.Index(manifests.Select(manifest => manifest.Manifest.Descriptor with { Platform = manifest.Platform })),
        }, "x");
        return place;
    }
}
