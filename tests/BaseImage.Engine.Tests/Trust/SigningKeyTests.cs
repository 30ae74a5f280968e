using System.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using BaseImage.Ports;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Generators;
using Org.BouncyCastle.Crypto.Macs;
using Org.BouncyCastle.Crypto.Parameters;

namespace BaseImage.Engine.Tests.Trust;

public sealed class SigningKeyTests : IDisposable
{
    private static readonly PbeParameters Pbe = new(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 2000);
    private readonly TempFolder _folder = new();

    public static TheoryData<string> Kinds => new("P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_pem_file_with_its_chain_in_any_order_gives_key_and_chain(string kind)
    {
        TestAuthority root = TestAuthority.Root(), stranger = TestAuthority.Root("CN=Stranger"), leaf = root.Intermediate().Leaf(key: kind);
        string text = string.Concat(leaf.Chain.Reverse().Select(one => one.ExportCertificatePem() + "\n")) + stranger.ChainPem + leaf.KeyPem;
        using SigningKey key = await SigningKey.OpenAsync(new SigningKeySource { KeyPath = Write("key.pem", text) }, TestContext.Current.CancellationToken);
        Assert.Equal(leaf.Chain.Select(one => one.Thumbprint), key.Chain.Select(one => one.Thumbprint));
        foreach (SignatureForm form in Enum.GetValues<SignatureForm>())
        {
            byte[] signature = key.Sign("data"u8, form);
            Assert.True(key.Public.Verifies("data"u8, signature, form));
            Assert.False(key.Public.Verifies("datum"u8, signature, form));
            Assert.False(key.Public.Verifies("data"u8, signature.AsSpan(..^1), form));
            Assert.False(key.Public.Verifies("data"u8, [], form));
            Assert.False(key.Public.Verifies("data"u8, [.. signature, 0], form));
        }
    }

    [Fact]
    public async Task Keys_are_read_in_every_form_that_openssl_writes()
    {
        ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        RSA rsa = RSA.Create(2048);
        foreach ((AsymmetricAlgorithm key, string pem) in new (AsymmetricAlgorithm, string)[]
        {
            (ec, ec.ExportECPrivateKeyPem()), (ec, ec.ExportPkcs8PrivateKeyPem()), (rsa, rsa.ExportRSAPrivateKeyPem()), (rsa, rsa.ExportPkcs8PrivateKeyPem()),
        })
        {
            using SigningKey read = await SigningKey.OpenAsync(new SigningKeySource { KeyPath = Write("key.pem", pem) }, TestContext.Current.CancellationToken);
            Assert.Empty(read.Chain);
            Assert.Equal(Digest.Of(key.ExportSubjectPublicKeyInfo()), read.Public.Fingerprint);
        }
    }

    [Fact]
    public async Task A_password_opens_pem_and_pfx_and_is_in_no_message()
    {
        TestAuthority leaf = TestAuthority.Root().Leaf();
        string pem = Write("key.pem", leaf.Key.ExportEncryptedPkcs8PrivateKeyPem("right-horse", Pbe) + "\n" + leaf.ChainPem);
        string pfx = _folder.Combine("key.pfx");
        await File.WriteAllBytesAsync(pfx, new X509Certificate2Collection { leaf.WithKey(), leaf.Issuer!.Certificate }.Export(X509ContentType.Pfx, "right-horse")!, TestContext.Current.CancellationToken);
        foreach (string path in new[] { pem, pfx })
        {
            using SigningKey key = await SigningKey.OpenAsync(new SigningKeySource { KeyPath = path, Password = Secure("right-horse") }, TestContext.Current.CancellationToken);
            Assert.Equal(leaf.Chain.Select(one => one.Thumbprint), key.Chain.Select(one => one.Thumbprint));
            Assert.True(key.Public.Verifies("data"u8, key.Sign("data"u8, SignatureForm.Jose), SignatureForm.Jose));
            KeyPasswordInvalidException wrong = await Assert.ThrowsAsync<KeyPasswordInvalidException>(() => SigningKey.OpenAsync(new SigningKeySource { KeyPath = path, Password = Secure("wrong-horse") }, TestContext.Current.CancellationToken));
            Assert.DoesNotContain("horse", wrong.ToString(), StringComparison.Ordinal);
            Assert.Contains(path, wrong.Message, StringComparison.Ordinal);
            Assert.Contains("protected", (await Assert.ThrowsAsync<KeyPasswordInvalidException>(() => SigningKey.OpenAsync(new SigningKeySource { KeyPath = path }, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task A_key_that_cosign_wrote_is_opened()
    {
        ECDsa ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string path = Write("cosign.key", CosignKey(ec.ExportPkcs8PrivateKey(), "right-horse"));
        using SigningKey key = await SigningKey.OpenAsync(new SigningKeySource { KeyPath = path, Password = Secure("right-horse") }, TestContext.Current.CancellationToken);
        Assert.Equal(Digest.Of(ec.ExportSubjectPublicKeyInfo()), key.Public.Fingerprint);
        await Assert.ThrowsAsync<KeyPasswordInvalidException>(() => SigningKey.OpenAsync(new SigningKeySource { KeyPath = path, Password = Secure("wrong-horse") }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_certificate_of_the_pipeline_signs_and_stays_its_owners()
    {
        TestAuthority leaf = TestAuthority.Root().Leaf(key: "RSA-2048");
        using X509Certificate2 certificate = leaf.WithKey();
        string issuers = Write("issuers.pem", leaf.Issuer!.ChainPem);
        using (SigningKey key = await SigningKey.OpenAsync(new SigningKeySource { Certificate = certificate, CertificatePaths = [issuers] }, TestContext.Current.CancellationToken))
        {
            Assert.Equal(2, key.Chain.Count);
        }

        Assert.True(certificate.HasPrivateKey);
        await Assert.ThrowsAsync<SigningKeyNotFoundException>(() => SigningKey.OpenAsync(new SigningKeySource { Certificate = leaf.Certificate }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_thumbprint_finds_a_certificate_of_the_users_store()
    {
        TestAuthority leaf = TestAuthority.Root().Leaf(key: "RSA-2048");
        using X509Certificate2 certificate = X509CertificateLoader.LoadPkcs12(leaf.WithKey().Export(X509ContentType.Pfx), null, X509KeyStorageFlags.PersistKeySet | X509KeyStorageFlags.Exportable);
        using X509Store store = new(StoreName.My, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadWrite);
        store.Add(certificate);
        try
        {
            foreach (string thumbprint in new[] { certificate.Thumbprint, certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant() })
            {
                using SigningKey key = await SigningKey.OpenAsync(new SigningKeySource { Thumbprint = thumbprint }, TestContext.Current.CancellationToken);
                Assert.Equal(certificate.Thumbprint, key.Chain[0].Thumbprint);
            }
        }
        finally
        {
            store.Remove(certificate);
        }

        await Assert.ThrowsAsync<SigningKeyNotFoundException>(() => SigningKey.OpenAsync(new SigningKeySource { Thumbprint = certificate.Thumbprint }, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<KeyInvalidException>(() => SigningKey.OpenAsync(new SigningKeySource { Thumbprint = "not one" }, TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("RSA-1024")]
    [InlineData("brainpool")]
    public async Task Keys_of_other_sizes_and_curves_are_refused(string kind)
        => await Assert.ThrowsAsync<KeyNotSupportedException>(() => SigningKey.OpenAsync(new SigningKeySource { KeyPath = Write("key.pem", TestAuthority.NewKey(kind).ExportPkcs8PrivateKeyPem()) }, TestContext.Current.CancellationToken));

    [Fact]
    public async Task A_key_of_none_of_the_certificates_two_keys_and_damaged_files_are_refused()
    {
        TestAuthority leaf = TestAuthority.Root().Leaf(), other = TestAuthority.Root().Leaf();
        foreach (string text in new[] { leaf.KeyPem + "\n" + other.ChainPem, leaf.KeyPem + "\n" + other.KeyPem, leaf.KeyPem[..^40], leaf.KeyPem.Replace("MIG", "MAG", StringComparison.Ordinal), "no key at all" })
        {
            await Assert.ThrowsAsync<KeyInvalidException>(() => SigningKey.OpenAsync(new SigningKeySource { KeyPath = Write("key.pem", text) }, TestContext.Current.CancellationToken));
        }

        await Assert.ThrowsAsync<SigningKeyNotFoundException>(() => SigningKey.OpenAsync(new SigningKeySource { KeyPath = Write("key.pem", leaf.ChainPem) }, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<PathNotFoundException>(() => SigningKey.OpenAsync(new SigningKeySource { KeyPath = _folder.Combine("none.pem") }, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Public_keys_are_read_from_keys_and_certificates_and_never_from_private_ones()
    {
        TestAuthority leaf = TestAuthority.Root().Leaf();
        IReadOnlyList<VerificationKey> keys = await VerificationKey.ReadAsync(Write("keys.pem", leaf.Key.ExportSubjectPublicKeyInfoPem() + "\n" + leaf.Certificate.ExportCertificatePem()), TestContext.Current.CancellationToken);
        Assert.Equal(2, keys.Count);
        Assert.True(keys[0].IsSameKey(keys[1]));
        string der = _folder.Combine("leaf.cer");
        await File.WriteAllBytesAsync(der, leaf.Certificate.RawData, TestContext.Current.CancellationToken);
        Assert.True(Assert.Single(await VerificationKey.ReadAsync(der, TestContext.Current.CancellationToken)).IsSameKey(keys[0]));
        await Assert.ThrowsAsync<KeyInvalidException>(() => VerificationKey.ReadAsync(Write("key.pem", leaf.KeyPem), TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<KeyInvalidException>(() => VerificationKey.ReadAsync(Write("none.pem", ""), TestContext.Current.CancellationToken));
    }

    // The form of go-securesystemslib, written here from its parts.
    private static string CosignKey(byte[] pkcs8, string password)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(32), nonce = RandomNumberGenerator.GetBytes(24);
        byte[] key = SCrypt.Generate(Encoding.UTF8.GetBytes(password), salt, 1024, 8, 1, 32);
        XSalsa20Engine cipher = new();
        cipher.Init(true, new ParametersWithIV(new KeyParameter(key), nonce));
        byte[] stream = new byte[32 + pkcs8.Length];
        pkcs8.CopyTo(stream, 32);
        cipher.ProcessBytes(stream, stream);
        Poly1305 mac = new();
        mac.Init(new KeyParameter(stream[..32]));
        mac.BlockUpdate(stream, 32, pkcs8.Length);
        byte[] tag = new byte[16];
        mac.DoFinal(tag, 0);
        string json = $$"""{"kdf":{"name":"scrypt","params":{"N":1024,"r":8,"p":1},"salt":"{{Convert.ToBase64String(salt)}}"},"cipher":{"name":"nacl/secretbox","nonce":"{{Convert.ToBase64String(nonce)}}"},"ciphertext":"{{Convert.ToBase64String([.. tag, .. stream[32..]])}}"}""";
        return new string(PemEncoding.Write("ENCRYPTED SIGSTORE PRIVATE KEY", Encoding.UTF8.GetBytes(json)));
    }

    private static SecureString Secure(string text)
    {
        SecureString secure = new();
        foreach (char c in text)
        {
            secure.AppendChar(c);
        }

        return secure;
    }

    private string Write(string name, string text)
    {
        string path = _folder.Combine(name);
        File.WriteAllText(path, text);
        return path;
    }
}
