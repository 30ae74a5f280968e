using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Packages;

public sealed class IndexLoaderTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static TestArchive Archive(TempFolder folder) => new TestArchive(folder.Combine("mirror"))
        .Add(new TestDeb("hello").Field("Depends: libc6").File("usr/bin/hello", "hello"))
        .Add(new TestDeb("base-data", "2", "all").File("usr/share/data", "data"));

    private static async Task<(LoadedSuite Suite, List<string> Names)> LoadAsync(TestArchive archive, ContentCache cache, DateTimeOffset? asOf = null, DateTimeOffset? earlier = null)
    {
        using ArchiveClient client = new(new Mirrors { Access = archive.Access, AptFolder = null }, cache, SilentReporter.Instance);
        LoadedSuite suite = await new IndexLoader(client).LoadAsync(archive.Source, archive.Suite, ["amd64"], asOf ?? Now, earlier, CancellationToken.None);
        List<string> names = [];
        foreach (LoadedPackageIndex index in suite.Packages)
        {
            await index.ReadAsync(p => names.Add($"{p["Package"]}:{p["Architecture"]}={p["Version"]}"), CancellationToken.None);
        }

        return (suite, names);
    }

    [Theory]
    [InlineData(0, "xz", true)]
    [InlineData(1, "xz", false)]
    [InlineData(2, "gz", true)]
    [InlineData(0, "", false)]
    public async Task A_signed_suite_is_loaded_in_every_form(int signing, string compression, bool byHash)
    {
        using TempFolder folder = new();
        TestArchive archive = Archive(folder);
        (archive.Signing, archive.Compressions, archive.ByHash) = ((TestSigning)signing, [compression], byHash);
        archive.Write();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        (LoadedSuite suite, List<string> names) = await LoadAsync(archive, cache);
        Assert.Equal(["base-data:all=2", "hello:amd64=1.0-1"], names.Order(StringComparer.Ordinal));
        Assert.Equal(archive.Signing == TestSigning.None ? "" : archive.Key.Fingerprint, suite.Index.Signer);
        Assert.Equal(archive.ReleasePath, suite.Index.Path);
        Assert.Equal(archive.Date, suite.Index.Date);
        byte[] signed = await File.ReadAllBytesAsync(Path.Combine(archive.Root, archive.ReleasePath));
        Assert.Equal(Digest.Of(signed), suite.Index.Sha256);
        Assert.Equal(signed, suite.SignedFiles[IndexLoader.SignedFileName("debian", archive.ReleasePath)]);
        Assert.Equal(archive.Signing == TestSigning.Detached ? 2 : 1, suite.SignedFiles.Count);
    }

    [Fact]
    public async Task An_expired_suite_names_the_time_to_judge_it_at()
    {
        using TempFolder folder = new();
        TestArchive archive = Archive(folder);
        archive.ValidUntil = archive.Date.AddDays(7);
        archive.Write();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        ReleaseExpiredException error = await Assert.ThrowsAsync<ReleaseExpiredException>(() => LoadAsync(archive, cache));
        Assert.Contains("debian:dists/bookworm/InRelease", error.Message, StringComparison.Ordinal);
        Assert.Contains("-AsOf 2024-01-09T03:04:05Z", error.RecommendedAction, StringComparison.Ordinal);
        Assert.NotEmpty((await LoadAsync(archive, cache, error.ValidUntil)).Names);
        Assert.NotEmpty((await LoadAsync(archive, cache, archive.Date)).Names);
        await Assert.ThrowsAsync<ReleaseExpiredException>(() => LoadAsync(archive, cache, archive.ValidUntil.Value.AddSeconds(1)));
    }

    [Fact]
    public async Task An_older_date_than_the_locks_is_refused()
    {
        using TempFolder folder = new();
        TestArchive archive = Archive(folder).Write();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        await Assert.ThrowsAsync<ReleaseDateWentBackException>(() => LoadAsync(archive, cache, earlier: archive.Date.AddSeconds(1)));
        Assert.NotEmpty((await LoadAsync(archive, cache, earlier: archive.Date)).Names);
    }

    [Fact]
    public async Task A_date_in_the_future_is_refused()
    {
        using TempFolder folder = new();
        TestArchive archive = Archive(folder).Write();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        await Assert.ThrowsAsync<ReleaseInFutureException>(() => LoadAsync(archive, cache, archive.Date.AddDays(-1).AddSeconds(-1)));
    }

    [Fact]
    public async Task Another_suite_or_archive_under_the_wanted_name_is_refused()
    {
        using TempFolder folder = new();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        TestArchive archive = Archive(folder);
        archive.Origin = "Someone";
        archive.Write();
        await Assert.ThrowsAsync<ReleaseNotWantedException>(() => LoadAsync(archive, cache));
        archive.Origin = "Debian";
        archive.Write();
        Directory.Move(Path.Combine(archive.Root, "dists", "bookworm"), Path.Combine(archive.Root, "dists", "trixie"));
        TestArchive asTrixie = new(folder.Combine("mirror"), suite: "trixie");
        File.Copy(archive.KeyringPath, asTrixie.KeyringPath);
        await Assert.ThrowsAsync<ReleaseNotWantedException>(() => LoadAsync(asTrixie, cache));
    }

    [Fact]
    public async Task A_key_that_the_keyring_lacks_is_named_with_those_it_has()
    {
        using TempFolder folder = new();
        TestArchive archive = Archive(folder).Write();
        TestKey other = TestKey.Ed25519(9);
        await File.WriteAllBytesAsync(archive.KeyringPath, other.Public);
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        ReleaseSignerUnknownException error = await Assert.ThrowsAsync<ReleaseSignerUnknownException>(() => LoadAsync(archive, cache));
        Assert.Equal([archive.Key.KeyId], error.Seen);
        Assert.Equal([other.KeyId], error.Trusted);
        Assert.Contains(archive.Key.KeyId, error.Message, StringComparison.Ordinal);
        Assert.Contains(other.KeyId, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unsigned_archive_needs_the_declaration()
    {
        using TempFolder folder = new();
        TestArchive archive = Archive(folder);
        archive.Signing = TestSigning.None;
        archive.Write();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        using ArchiveClient client = new(new Mirrors { Access = archive.Access, AptFolder = null }, cache, SilentReporter.Instance);
        ArchiveSource undeclared = archive.Source with { ChecksumsOnly = false, Keyring = archive.KeyringPath };
        await Assert.ThrowsAsync<ReleaseUnsignedException>(() => new IndexLoader(client).LoadAsync(undeclared, "bookworm", ["amd64"], Now, null, CancellationToken.None));
    }

    [Fact]
    public async Task A_component_or_architecture_that_is_not_offered_is_named()
    {
        using TempFolder folder = new();
        TestArchive archive = Archive(folder).Write();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        using ArchiveClient client = new(new Mirrors { Access = archive.Access, AptFolder = null }, cache, SilentReporter.Instance);
        IndexNotOfferedException error = await Assert.ThrowsAsync<IndexNotOfferedException>(() => new IndexLoader(client).LoadAsync(archive.Source, "bookworm", ["riscv64"], Now, null, CancellationToken.None));
        Assert.Contains("main/binary-riscv64", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_index_cut_short_in_the_mirror_is_a_mismatch_that_leaves_nothing()
    {
        using TempFolder folder = new();
        TestArchive archive = Archive(folder).Write();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        IReadOnlyList<string> before = Leftovers(folder);
        foreach (string file in Directory.EnumerateFiles(Path.Combine(archive.Root, "dists"), "*", SearchOption.AllDirectories).Where(f => !f.EndsWith("InRelease", StringComparison.Ordinal)))
        {
            await File.WriteAllBytesAsync(file, (await File.ReadAllBytesAsync(file))[..^1]);
        }

        ArchiveFileMismatchException error = await Assert.ThrowsAsync<ArchiveFileMismatchException>(() => LoadAsync(archive, cache));
        Assert.Contains("main/binary-amd64/Packages.xz", error.Message, StringComparison.Ordinal);
        Assert.Contains(archive.Root, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, Leftovers(folder));
    }

    private static IReadOnlyList<string> Leftovers(TempFolder folder) => [.. folder.List().Where(f => f.StartsWith("cache/", StringComparison.Ordinal) && !f.EndsWith('/'))];
}
