using System.Text;
using BaseImage.Engine.Definitions;
using BaseImage.Errors;
using Xunit;

namespace BaseImage.Engine.Tests.Definitions;

/// <summary>A lock as a file: what is written is read again, and nothing else is.</summary>
public sealed class LockFileTests(ITestOutputHelper output)
{
    private static readonly ImageLock Sample = new()
    {
        Path = "/x/a.lock.json",
        Name = "team/a",
        DefinitionDigest = Digest.Of("definition"u8),
        SnapshotTime = new DateTimeOffset(2026, 7, 11, 10, 16, 37, TimeSpan.Zero),
        Epoch = new DateTimeOffset(2026, 7, 10, 1, 2, 3, TimeSpan.Zero),
        AsOf = new DateTimeOffset(2026, 7, 11, 10, 16, 37, TimeSpan.Zero),
        Compressor = "gzip-6/SharpCompress-0.50/1",
        Indexes =
        [
            new LockedIndex
            {
                Archive = "debian", Suite = "bookworm", Path = "dists/bookworm/InRelease", Sha256 = Digest.Of("release"u8),
                Date = new DateTimeOffset(2026, 7, 10, 1, 2, 3, TimeSpan.Zero), ValidUntil = new DateTimeOffset(2026, 7, 17, 1, 2, 3, TimeSpan.Zero),
                Signer = new string('A', 40), PackageIndexes = [new LockedPackageIndex("main/binary-amd64/Packages.xz", 5, Digest.Of("packages"u8))],
            },
        ],
        Platforms =
        [
            new LockedPlatform(Platform.LinuxAmd64, [Package("libc6", false), Package("tzdata", true)]),
            new LockedPlatform(Platform.LinuxArm64, [Package("tzdata", true)]),
        ],
        Without = new SortedDictionary<string, string>(StringComparer.Ordinal) { ["debconf"] = "Skripte laufen nicht: ä, \"x\", \\" },
    };

    [Fact]
    public void WhatIsWrittenIsReadAgain()
    {
        byte[] bytes = LockFormat.Write(Sample);
        ImageLock read = LockReader.Read(bytes, "/x/a.lock.json");
        Assert.Equal(bytes, LockFormat.Write(read));
        Assert.Equal(Sample.Platforms[0].Packages[1].Version, read.Platforms[0].Packages[1].Version);
        Assert.Equal(Sample.Without, read.Without);
        Assert.Equal(Sample.AsOf, read.AsOf);
        string text = Encoding.UTF8.GetString(bytes);
        Assert.EndsWith("}\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain('\r', text);
    }

    [Fact]
    public void LineEndsAndAMarkDoNotCount()
    {
        string text = Encoding.UTF8.GetString(LockFormat.Write(Sample)).Replace("\n", "\r\n", StringComparison.Ordinal);
        Assert.Equal(LockFormat.Write(Sample), LockFormat.Write(LockReader.Read(Encoding.UTF8.GetBytes(text), "/x/a.lock.json")));
        Assert.Equal(LockFormat.Write(Sample), LockFormat.Write(LockReader.Read(Encoding.UTF8.GetPreamble().Concat(Encoding.UTF8.GetBytes(text)).ToArray(), "/x/a.lock.json")));
    }

    [Fact]
    public void EveryByteFlippedGivesAnErrorThatNamesTheFileOrTheSameLock()
    {
        byte[] good = LockFormat.Write(Sample);
        int same = 0;
        for (int position = 0; position < good.Length; position++)
        {
            same += FlipIsHarmless(good, position, 1 << (position % 8)) ? 1 : 0;
        }

        output.WriteLine($"{good.Length} flips, {same} of them harmless");
        Assert.True(same < good.Length / 20);
    }

    [Fact]
    public void AThousandRandomFlipsGiveAnErrorThatNamesTheFileOrTheSameLock()
    {
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        Random random = new(seed);
        byte[] good = LockFormat.Write(Sample);
        for (int i = 0; i < 1000; i++)
        {
            FlipIsHarmless(good, random.Next(good.Length), random.Next(1, 256));
        }
    }

    [Fact]
    public void EveryTruncationIsAnError()
    {
        byte[] good = LockFormat.Write(Sample);
        for (int length = 0; length < good.Length - 1; length++)
        {
            Assert.Throws<LockInvalidException>(() => LockReader.Read(good.AsMemory(0, length), "/x/a.lock.json"));
        }
    }

    [Theory]
    [InlineData("\"name\": \"team/a\"", "\"name\": \"team/a\", \"extra\": 1", "'extra' is not a key of a lock")]
    [InlineData("\"size\": 7", "\"size\": -7", "'size'")]
    [InlineData("\"size\": 7", "\"size\": \"7\"", "'size'")]
    [InlineData("\"size\": 7", "\"size\": 1e99", "'size'")]
    [InlineData("pool/tzdata.deb", "../../etc/tzdata.deb", "'path'")]
    [InlineData("pool/tzdata.deb", "/etc/tzdata.deb", "'path'")]
    [InlineData("pool/tzdata.deb", "pool\\\\tzdata.deb", "'path'")]
    [InlineData("\"version\": \"1.0-1\"", "\"version\": \"x\"", "'version'")]
    [InlineData("\"version\": \"1.0-1\"", "\"version\": null", "'version'")]
    [InlineData("\"architecture\": \"all\"", "\"architecture\": \"a/b\"", "'architecture'")]
    [InlineData("\"name\": \"tzdata\"", "\"name\": \"..\"", "'name'")]
    [InlineData("\"name\": \"tzdata\"", "\"name\": \"libc6\"", "twice")]
    [InlineData("linux/arm64", "linux", "'platform'")]
    [InlineData("2026-07-10T01:02:03Z", "2026-07-10", "a time")]
    [InlineData("\"requested\": true", "\"requested\": \"true\"", "'requested'")]
    [InlineData("\"packages\": [", "\"packages\": 1, \"p\": [", "not a key")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "AA", "'signer'")]
    public void EvenWithARightIntegrityWhatIsNoLockIsRefusedWithItsPlace(string text, string replacement, string expected)
    {
        string changed = Encoding.UTF8.GetString(LockFormat.Write(Sample)).Replace(text, replacement, StringComparison.Ordinal);
        LockInvalidException error = Assert.Throws<LockInvalidException>(() => LockReader.Read(WithIntegrity(changed), "/x/a.lock.json"));
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.StartsWith($"/x/a.lock.json:{error.Line}:{error.Column}: ", error.Message, StringComparison.Ordinal);
        Assert.True(error.Line > 1);
    }

    [Fact]
    public void AnotherFormatIsNamed()
    {
        string changed = Encoding.UTF8.GetString(LockFormat.Write(Sample)).Replace("\"schemaVersion\": 1", "\"schemaVersion\": 2, \"new\": 1", StringComparison.Ordinal);
        Assert.Contains("format 2", Assert.Throws<LockVersionUnknownException>(() => LockReader.Read(Encoding.UTF8.GetBytes(changed), "/x/a.lock.json")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void NoHostIsEverInALock() => Assert.DoesNotContain("://", Encoding.UTF8.GetString(LockFormat.Write(Sample)), StringComparison.Ordinal);

    private static bool FlipIsHarmless(byte[] good, int position, int mask)
    {
        byte[] bad = [.. good];
        bad[position] ^= (byte)mask;
        try
        {
            Assert.Equal(good, LockFormat.Write(LockReader.Read(bad, "/x/a.lock.json")));
            return true;
        }
        catch (BaseImageException e)
        {
            Assert.Contains("/x/a.lock.json", e.Message, StringComparison.Ordinal);
            return false;
        }
    }

    private static byte[] WithIntegrity(string text)
    {
        Newtonsoft.Json.Linq.JObject json = BaseImage.Engine.Storage.StrictJson.ParseObject(Encoding.UTF8.GetBytes(text), "test");
        string old = (string)json["integrity"]!;
        return Encoding.UTF8.GetBytes(text.Replace(old, LockFormat.IntegrityOf(json).ToString(), StringComparison.Ordinal));
    }

    private static LockedPackage Package(string name, bool requested) => new()
    {
        Name = name,
        Version = new PackageVersion("1.0-1"),
        Architecture = "all",
        Archive = "debian",
        Path = $"pool/{name}.deb",
        Size = 7,
        Sha256 = Digest.Of(Encoding.UTF8.GetBytes(name)),
        Source = name,
        SourceVersion = new PackageVersion("1.0-1"),
        Requested = requested,
        Reason = requested ? "time zones" : "",
        NeededBy = requested ? [] : ["tzdata"],
    };
}
