using System.Text;
using BaseImage.Engine.Packages;
using BaseImage.Errors;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;

namespace BaseImage.Engine.Tests.Packages;

public sealed class ReleaseVerifierTests
{
    private const string Text = "Origin: Debian\nSuite: stable\nCodename: bookworm\nDate: Tue, 02 Jan 2024 03:04:05 UTC\nSHA256:\n e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855 0 main/binary-amd64/Packages\n";
    private static readonly DateTimeOffset Now = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static VerifiedRelease Verify(byte[] file, TestKey key, DateTimeOffset? asOf = null) => Verify(file, key.Public, asOf);

    private static VerifiedRelease Verify(byte[] file, byte[] keyring, DateTimeOffset? asOf = null)
        => ReleaseVerifier.VerifyInline(file, "InRelease", Keyring.Parse(keyring, "test"), asOf ?? Now);

    [Fact]
    public void A_good_signature_names_its_primary_key()
    {
        TestKey key = TestKey.Ed25519(2);
        Assert.Equal(key.Fingerprint, Verify(key.ClearSign(Text), key).Signer);
        Assert.Equal("bookworm", Verify(key.ClearSign(Text), key).Release.Codename);
    }

    [Fact]
    public void A_bound_subkey_signs_for_its_primary_key_and_an_unbound_one_does_not()
    {
        TestKey bound = TestKey.Ed25519(3, subkey: true), unbound = TestKey.Ed25519(3, subkey: true, boundSubkey: false);
        Assert.Equal(bound.Fingerprint, Verify(bound.ClearSign(Text), bound).Signer);
        ReleaseSignatureInvalidException error = Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(unbound.ClearSign(Text), unbound));
        Assert.Contains("bind", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Keys_and_signatures_are_judged_at_the_time_given()
    {
        TestKey key = TestKey.Ed25519(4, validDays: 1_826);
        byte[] file = key.ClearSign(Text);
        Assert.NotEmpty(Verify(file, key, new DateTimeOffset(2024, 6, 1, 0, 0, 0, TimeSpan.Zero)).Signer);
        Assert.Contains("expired", Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(file, key)).Message, StringComparison.Ordinal);

        TestKey lasting = TestKey.Ed25519(5);
        byte[] brief = lasting.ClearSign(Text, validDays: 10);
        Assert.NotEmpty(Verify(brief, lasting, new DateTimeOffset(2024, 1, 5, 0, 0, 0, TimeSpan.Zero)).Signer);
        Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(brief, lasting));
        Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(lasting.ClearSign(Text, made: new DateTime(2027, 1, 1, 0, 0, 0, DateTimeKind.Utc)), lasting));
        Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(lasting.ClearSign(Text, made: new DateTime(2019, 1, 1, 0, 0, 0, DateTimeKind.Utc)), lasting));
    }

    [Fact]
    public void A_revoked_key_does_not_count_and_a_retired_one_only_before()
    {
        TestKey key = TestKey.Ed25519(6);
        byte[] file = key.ClearSign(Text);
        DateTime revoked = new(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        DateTimeOffset before = new(2024, 2, 1, 0, 0, 0, TimeSpan.Zero);
        Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(file, key.Revoked(RevocationReasonTag.KeyCompromised, revoked), before));
        Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(file, key.Revoked(RevocationReasonTag.KeyRetired, revoked)));
        Assert.Equal(key.Fingerprint, Verify(file, key.Revoked(RevocationReasonTag.KeyRetired, revoked), before).Signer);
    }

    [Theory]
    [InlineData(HashAlgorithmTag.Sha1)]
    [InlineData(HashAlgorithmTag.MD5)]
    [InlineData(HashAlgorithmTag.Sha224)]
    public void A_weak_hash_is_refused(HashAlgorithmTag hash)
    {
        TestKey key = Rsa2048.Value;
        Assert.Contains("weak", Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(key.ClearSign(Text, hash), key)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(HashAlgorithmTag.Sha256)]
    [InlineData(HashAlgorithmTag.Sha384)]
    [InlineData(HashAlgorithmTag.Sha512)]
    public void Rsa_with_a_strong_hash_is_accepted(HashAlgorithmTag hash)
        => Assert.Equal(Rsa2048.Value.Fingerprint, Verify(Rsa2048.Value.ClearSign(Text, hash), Rsa2048.Value).Signer);

    [Fact]
    public void A_short_rsa_key_is_refused()
    {
        TestKey key = TestKey.Rsa(1024);
        Assert.Contains("1024 bits", Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(key.ClearSign(Text), key)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void One_good_signature_among_others_is_enough()
    {
        TestKey good = TestKey.Ed25519(7), other = TestKey.Ed25519(8);
        byte[] canonical = Encoding.UTF8.GetBytes(Text.TrimEnd('\n').Replace("\n", "\r\n", StringComparison.Ordinal));
        byte[] wrong = other.Sign("other text"u8.ToArray(), PgpSignature.CanonicalTextDocument, HashAlgorithmTag.Sha256, null, 0);
        byte[] right = good.Sign(canonical, PgpSignature.CanonicalTextDocument, HashAlgorithmTag.Sha256, null, 0);
        // A packet of a version that nobody knows stands in front.
        byte[] unknown = [0xC2, 3, 9, 1, 2];
        byte[] file = Encoding.UTF8.GetBytes($"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{Text}{Encoding.ASCII.GetString(TestKey.Armor([.. unknown, .. wrong, .. right]))}");
        Assert.Equal(good.Fingerprint, Verify(file, [.. good.Public, .. other.Public]).Signer);
        Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(file, other));
    }

    [Fact]
    public void A_signature_of_another_type_does_not_pass_for_one_of_text()
    {
        TestKey key = TestKey.Ed25519(10);
        byte[] canonical = Encoding.UTF8.GetBytes(Text.TrimEnd('\n').Replace("\n", "\r\n", StringComparison.Ordinal));
        byte[] packet = key.Sign(canonical, PgpSignature.BinaryDocument, HashAlgorithmTag.Sha256, null, 0);
        byte[] file = Encoding.UTF8.GetBytes($"-----BEGIN PGP SIGNED MESSAGE-----\n\n{Text}{Encoding.ASCII.GetString(TestKey.Armor(packet))}");
        Assert.Throws<ReleaseSignatureInvalidException>(() => Verify(file, key));
    }

    [Theory]
    [InlineData("before", "Origin: Evil\n", "")]
    [InlineData("blank before", "\n", "")]
    [InlineData("after", "", "Origin: Evil\n")]
    [InlineData("second message", "", "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\nOrigin: Evil\n")]
    public void Nothing_may_stand_around_the_signed_block(string what, string before, string after)
    {
        TestKey key = TestKey.Ed25519(11);
        byte[] file = [.. Encoding.ASCII.GetBytes(before), .. key.ClearSign(Text), .. Encoding.ASCII.GetBytes(after)];
        Assert.NotNull(what);
        Assert.ThrowsAny<BaseImageException>(() => Verify(file, key));
    }

    [Theory]
    [InlineData("Origin: Debian\n", "Origin: Debian\n\nOrigin: Evil\n")]
    [InlineData("Codename: bookworm\n", "Codename: bookworm\r\n")]
    [InlineData("Hash: SHA256\n", "Hash: SHA256\nOrigin: Evil\n")]
    [InlineData("Hash: SHA256\n\n", "Hash: SHA256\n \n")]
    [InlineData("Origin: Debian\n", "- Origin: Evil\nOrigin: Debian\n")]
    [InlineData("Origin: Debian\n", "-----BEGIN PGP SIGNATURE-----\nOrigin: Debian\n")]
    [InlineData("SHA256:\n", "MD5Sum:\n")]
    public void A_changed_text_is_refused(string old, string changed)
    {
        TestKey key = TestKey.Ed25519(12);
        string file = Encoding.UTF8.GetString(key.ClearSign(Text));
        Assert.Contains(old, file, StringComparison.Ordinal);
        Assert.ThrowsAny<BaseImageException>(() => Verify(Encoding.UTF8.GetBytes(file.Replace(old, changed, StringComparison.Ordinal)), key));
    }

    [Fact]
    public void White_space_at_line_ends_is_neither_signed_nor_read()
    {
        TestKey key = TestKey.Ed25519(13);
        string file = Encoding.UTF8.GetString(key.ClearSign(Text)).Replace("Codename: bookworm\n", "Codename: bookworm \t \n", StringComparison.Ordinal);
        Assert.Equal("bookworm", Verify(Encoding.UTF8.GetBytes(file), key).Release.Codename);
    }

    [Theory]
    [InlineData("Date: 2024-01-02", "not a date")]
    [InlineData("Date: Tue, 02 Jan 2024 03:04:05 +0500", "not a date")]
    [InlineData("X: y", "no Date")]
    public void A_date_that_is_missing_or_odd_is_refused(string line, string problem)
    {
        TestKey key = TestKey.Ed25519(14);
        byte[] file = key.ClearSign(Text.Replace("Date: Tue, 02 Jan 2024 03:04:05 UTC", line, StringComparison.Ordinal));
        Assert.Contains(problem, Assert.Throws<ReleaseInvalidException>(() => Verify(file, key)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../../../etc/passwd")]
    [InlineData("/etc/passwd")]
    [InlineData("main/../../x")]
    [InlineData("main//x")]
    [InlineData("main\\..\\x")]
    [InlineData("c:/x")]
    [InlineData("main/./x")]
    public void A_path_that_leaves_the_suite_is_refused(string path)
    {
        TestKey key = TestKey.Ed25519(15);
        byte[] file = key.ClearSign(Text.Replace("main/binary-amd64/Packages", path, StringComparison.Ordinal));
        Assert.Throws<ControlDataInvalidException>(() => Verify(file, key));
    }

    [Fact]
    public void A_detached_signature_is_read_armored_and_binary()
    {
        TestKey key = TestKey.Ed25519(16);
        byte[] file = Encoding.UTF8.GetBytes(Text);
        Keyring keyring = Keyring.Parse(key.Public, "test");
        foreach (bool armored in new[] { true, false })
        {
            byte[] signature = key.DetachSign(file, armored);
            Assert.Equal(key.Fingerprint, ReleaseVerifier.VerifyDetached(file, signature, "Release", keyring, Now).Signer);
            Assert.ThrowsAny<BaseImageException>(() => ReleaseVerifier.VerifyDetached([.. file, (byte)'\n'], signature, "Release", keyring, Now));
            Assert.ThrowsAny<BaseImageException>(() => ReleaseVerifier.VerifyDetached(file, [], "Release", keyring, Now));
        }
    }

    [Fact]
    public void A_keyring_that_is_none_is_one_clear_error()
    {
        Assert.Throws<KeyringInvalidException>(() => Keyring.Parse([], "x"));
        Assert.Throws<KeyringInvalidException>(() => Keyring.Parse("not a key"u8.ToArray(), "x"));
        Assert.Throws<KeyringInvalidException>(() => Keyring.Parse(TestKey.Default.Public[..^40], "x"));
    }

    internal static readonly Lazy<TestKey> Rsa2048 = new(() => TestKey.Rsa(2048));
}
