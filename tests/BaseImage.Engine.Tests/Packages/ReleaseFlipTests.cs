using System.Text;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Packages;

public sealed class ReleaseFlipTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static TheoryData<string, string> Kinds => new() { { "ed25519", "inline" }, { "rsa", "inline" }, { "ed25519", "detached" }, { "ed25519", "binary" } };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Every_single_byte_flip_of_a_signed_index_is_an_error_that_names_it_or_changes_nothing(string algorithm, string form)
    {
        TestKey key = algorithm == "rsa" ? ReleaseVerifierTests.Rsa2048.Value : TestKey.Ed25519(20);
        Keyring keyring = Keyring.Parse(key.Public, "test");
        string text = "Origin: Debian\nLabel: Debian\nSuite: oldstable\nCodename: bookworm\nDate: Tue, 02 Jan 2024 03:04:05 UTC\nArchitectures: amd64 arm64\nComponents: main\nDescription: made by a test\n - an escaped line\nSHA256:\n"
            + string.Concat(Enumerable.Range(0, 14).Select(i => $" {Digest.Of([(byte)i]).Hex} {i,16} main/binary-amd64/Packages.{i}\n"));
        byte[] content = form == "inline" ? key.ClearSign(text) : Encoding.UTF8.GetBytes(text);
        byte[] signature = form == "inline" ? [] : key.DetachSign(content, armored: form == "detached");
        Assert.InRange(content.Length, 1_500, 3_000);
        string sound = Read(content, signature);

        int refused = 0, same = 0;
        byte[] whole = [.. content, .. signature];
        for (int at = 0; at < whole.Length; at++)
        {
            byte old = whole[at];
            foreach (int mask in new[] { 1 << (at & 7), 255 })
            {
                whole[at] = (byte)(old ^ mask);
                try
                {
                    Assert.Equal(sound, Read(whole[..content.Length], whole[content.Length..]));
                    same++;
                }
                catch (BaseImageException e)
                {
                    Assert.Contains("debian:dists/bookworm", e.Message, StringComparison.Ordinal);
                    refused++;
                }
            }

            whole[at] = old;
        }

        Assert.True(refused > same * 10, $"{refused} refused, {same} without effect");

        string Read(byte[] file, byte[] detached)
        {
            VerifiedRelease verified = form == "inline"
                ? ReleaseVerifier.VerifyInline(file, "debian:dists/bookworm/InRelease", keyring, Now)
                : ReleaseVerifier.VerifyDetached(file, detached, "debian:dists/bookworm/Release", keyring, Now);
            return Describe(verified);
        }
    }

    [Fact]
    public async Task A_thousand_random_flips_each_of_InRelease_and_Packages_are_errors_that_name_the_file_or_change_nothing()
    {
        using TempFolder folder = new();
        TestArchive archive = new(folder.Combine("mirror")) { ByHash = false };
        for (int i = 0; i < 40; i++)
        {
            archive.Add(new TestDeb($"package{i}").File($"usr/share/{i}", $"{i}"));
        }

        archive.Write();
        string sound = await LoadAsync(archive, folder.Combine("cache-sound"));
        Random random = new(20_260_101);
        foreach (string file in new[] { "InRelease", "main/binary-amd64/Packages.xz" })
        {
            string path = Path.Combine(archive.Root, "dists", "bookworm", file);
            byte[] content = await File.ReadAllBytesAsync(path);
            IReadOnlyList<string> mirror = folder.List().Where(f => f.StartsWith("mirror/", StringComparison.Ordinal)).ToList();
            for (int i = 0; i < 1_000; i++)
            {
                byte[] flipped = [.. content];
                flipped[random.Next(flipped.Length)] ^= (byte)random.Next(1, 256);
                await File.WriteAllBytesAsync(path, flipped);
                string cache = folder.Combine("cache");
                try
                {
                    Assert.Equal(sound, await LoadAsync(archive, cache));
                }
                catch (BaseImageException e)
                {
                    Assert.Contains(Path.GetFileName(file), e.Message, StringComparison.Ordinal);
                    Assert.Empty(Directory.Exists(cache) ? Directory.EnumerateFiles(cache, "*", SearchOption.AllDirectories).Where(f => file != "InRelease") : []);
                }

                Directory.Delete(cache, recursive: true);
            }

            await File.WriteAllBytesAsync(path, content);
            Assert.Equal(mirror, folder.List().Where(f => f.StartsWith("mirror/", StringComparison.Ordinal)));
        }
    }

    private static async Task<string> LoadAsync(TestArchive archive, string cacheFolder)
    {
        using ContentCache cache = ContentCache.Open(cacheFolder);
        using ArchiveClient client = new(new Mirrors { Access = archive.Access, AptFolder = null }, cache, SilentReporter.Instance);
        LoadedSuite suite = await new IndexLoader(client).LoadAsync(archive.Source, archive.Suite, ["amd64"], Now, null, CancellationToken.None);
        StringBuilder text = new(Describe(new VerifiedRelease(suite.Release, suite.Index.Signer)));
        foreach (LoadedPackageIndex index in suite.Packages)
        {
            await index.ReadAsync(p => text.Append(Encoding.UTF8.GetString(p.Raw.Span)), CancellationToken.None);
        }

        return text.ToString();
    }

    private static string Describe(VerifiedRelease verified)
    {
        ReleaseFile r = verified.Release;
        return $"{verified.Signer}|{r.Origin}|{r.Label}|{r.Suite}|{r.Codename}|{r.Date:O}|{r.ValidUntil:O}|{r.AcquireByHash}|{string.Join(',', r.Architectures)}|{string.Join(',', r.Components)}|{string.Join('\n', r.Files.OrderBy(f => f.Key, StringComparer.Ordinal))}";
    }
}
