using System.Text;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>What gpg signs is accepted, and what gpg would not accept is not.</summary>
public sealed class GpgTests
{
    private const string Text = "Origin: Debian\nSuite: stable\nCodename: bookworm\nDate: Tue, 02 Jan 2024 03:04:05 UTC\nDescription: - dashes\n  - and more  \nSHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages\n";

    [Theory]
    [InlineData("rsa2048", false)]
    [InlineData("ed25519", false)]
    [InlineData("rsa3072", true)]
    [InlineData("ed25519", true)]
    public async Task Signatures_made_by_gpg_are_verified(string algorithm, bool subkey)
    {
        using TempFolder folder = new("gpg");
        string gpg = Tools.Require("gpg");
        string home = folder.Combine("home");
        Directory.CreateDirectory(home);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(home, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        Dictionary<string, string?> environment = new() { ["GNUPGHOME"] = home };
        string[] quiet = ["--batch", "--quiet", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", ""];
        try
        {
            await Tools.RunAsync(gpg, [.. quiet, "--quick-generate-key", "Archive <archive@example.org>", algorithm, subkey ? "cert" : "sign", "0"], environment: environment);
            string listing = await Tools.RunAsync(gpg, [.. quiet, "--list-keys", "--with-colons"], environment: environment);
            string fingerprint = listing.Split('\n').First(l => l.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
            if (subkey)
            {
                await Tools.RunAsync(gpg, [.. quiet, "--quick-add-key", fingerprint, algorithm, "sign", "0"], environment: environment);
            }

            string release = folder.Combine("Release");
            await File.WriteAllTextAsync(release, Text);
            await Tools.RunAsync(gpg, [.. quiet, "--digest-algo", "SHA512", "--clearsign", "-o", folder.Combine("InRelease"), release], environment: environment);
            await Tools.RunAsync(gpg, [.. quiet, "--armor", "--detach-sign", "-o", folder.Combine("Release.gpg"), release], environment: environment);
            await Tools.RunAsync(gpg, [.. quiet, "--detach-sign", "-o", folder.Combine("Release.bin"), release], environment: environment);
            await Tools.RunAsync(gpg, [.. quiet, "--export", "-o", folder.Combine("keyring.gpg")], environment: environment);
            await Tools.RunAsync(gpg, [.. quiet, "--armor", "--export", "-o", folder.Combine("keyring.asc")], environment: environment);

            foreach (string file in new[] { "keyring.gpg", "keyring.asc" })
            {
                Keyring keyring = await Keyrings.LoadAsync(folder.Combine(file), CancellationToken.None);
                Assert.Equal([fingerprint], keyring.Fingerprints);
                DateTimeOffset now = DateTimeOffset.UtcNow;
                byte[] inline = await File.ReadAllBytesAsync(folder.Combine("InRelease")), plain = await File.ReadAllBytesAsync(release);
                VerifiedRelease verified = ReleaseVerifier.VerifyInline(inline, "InRelease", keyring, now);
                Assert.Equal(fingerprint, verified.Signer);
                Assert.Equal("bookworm", verified.Release.Codename);
                foreach (string signature in new[] { "Release.gpg", "Release.bin" })
                {
                    Assert.Equal(fingerprint, ReleaseVerifier.VerifyDetached(plain, await File.ReadAllBytesAsync(folder.Combine(signature)), "Release", keyring, now).Signer);
                }

                byte[] changed = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(inline).Replace("bookworm", "bullseye", StringComparison.Ordinal));
                Assert.Throws<ReleaseSignatureInvalidException>(() => ReleaseVerifier.VerifyInline(changed, "InRelease", keyring, now));
            }
        }
        finally
        {
            // The agent that gpg starts for this home ends with it.
            if (Tools.Find("gpgconf") is { } gpgconf)
            {
                await Tools.TryRunAsync(gpgconf, ["--kill", "gpg-agent"], environment: environment);
            }
        }
    }

    [Fact]
    public async Task The_test_archives_own_signatures_satisfy_gpgv()
    {
        string gpgv = Tools.Require("gpgv");
        using TempFolder folder = new("gpgv");
        TestArchive archive = new TestArchive(folder.Path).Add(new TestDeb()).Write();
        await Tools.RunAsync(gpgv, ["--homedir", folder.Path, "--keyring", archive.KeyringPath, Path.Combine(archive.Root, "dists/bookworm/InRelease")]);
        archive.Signing = TestSigning.Detached;
        archive.Write();
        await Tools.RunAsync(gpgv, ["--homedir", folder.Path, "--keyring", archive.KeyringPath, Path.Combine(archive.Root, "dists/bookworm/Release.gpg"), Path.Combine(archive.Root, "dists/bookworm/Release")]);
    }
}
