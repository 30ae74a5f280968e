using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>Debian's own archive, from wherever this machine's apt is configured to fetch it.</summary>
public sealed class RealIndexTests
{
    [Theory]
    [InlineData("debian", "bookworm", 1_000)]
    [InlineData("debian-security", "bookworm-security", 10)]
    public async Task The_machines_mirror_is_told_apart_by_its_signature_and_loaded_with_the_shipped_keyring(string id, string suite, int least)
    {
        Tools.Require(OperatingSystem.IsLinux() && (Directory.Exists("/etc/apt/sources.list.d") || File.Exists("/etc/apt/sources.list")), "apt is not configured here");
        using TempFolder folder = new();
        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        ArchiveSource archive = new() { Id = id, Suites = [suite], Keyring = "debian-bookworm" };
        Mirrors mirrors = new() { Access = new ArchiveAccess(), Environment = _ => null };
        using ArchiveClient client = new(mirrors, cache, SilentReporter.Instance);
        FetchedRelease fetched = await client.FetchReleaseAsync(archive, suite, CancellationToken.None);
        // The mirror may have been frozen at any time: its own Date is a time at which it is valid.
        DateTimeOffset asOf = ReleaseVerifier.ReadUnsigned(fetched.Content, "InRelease").Release.Date;
        LoadedSuite loaded = await new IndexLoader(client).LoadAsync(archive, suite, ["amd64"], asOf, null, CancellationToken.None);
        Keyring keyring = await Keyrings.LoadAsync("debian-bookworm", CancellationToken.None);
        Assert.Contains(loaded.Index.Signer, keyring.Fingerprints);
        int count = 0;
        foreach (LoadedPackageIndex index in loaded.Packages)
        {
            await index.ReadAsync(p =>
            {
                Assert.True(p.Has("Package") && p.Has("Version") && p.Has("SHA256") && p.Has("Filename"));
                count++;
            }, CancellationToken.None);
        }

        Assert.True(count > least, $"{count} packages");
    }

    [Theory]
    [InlineData("debian-bookworm", "4D64FEC119C2029067D6E791F8D2585B8783D481")]
    [InlineData("debian-trixie", "41587F7DB8C774BCCF131416762F67A0B2C39DE4")]
    public async Task The_shipped_keyrings_hold_the_documented_keys_and_no_others(string name, string stable)
    {
        Keyring keyring = await Keyrings.LoadAsync(name, CancellationToken.None);
        Assert.Equal(3, keyring.Fingerprints.Count);
        Assert.Contains(stable, keyring.Fingerprints);
        string readme = await File.ReadAllTextAsync(Path.Combine(Keyrings.Folder()!, "README.md"));
        Assert.All(keyring.Fingerprints, f => Assert.Contains(f, readme, StringComparison.Ordinal));
    }
}
