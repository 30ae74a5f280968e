using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust;
using BaseImage.Engine.Trust.Cms;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Notation;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>What we sign openssl verifies, and what openssl signs, encrypts and stamps is taken here.</summary>
public sealed class OpenSslTests : IDisposable
{
    private readonly SignatureRoom _room = new();
    private readonly string _openssl = Tools.Require("openssl");

    public static TheoryData<string> Kinds => new("P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string At => TestAuthority.Now.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);

    public void Dispose() => _room.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Openssl_verifies_our_cms_signatures_and_refuses_another_payload(string kind)
    {
        TestAuthority signer = TestAuthority.Root().Intermediate().Leaf(key: kind);
        await _room.SignAsync(signer, SignatureFormat.Cms);
        (string signature, string payload) = await LayersAsync(CmsSignature.MediaType, SignedPayload.MediaType);
        string root = _room.Write("root.pem", signer.Issuer!.Issuer!.Certificate.ExportCertificatePem());
        string[] Arguments(string content) => ["cms", "-verify", "-binary", "-inform", "DER", "-in", signature, "-content", content, "-CAfile", root, "-purpose", "any", "-attime", At, "-out", "/dev/null"];
        await Tools.RunAsync(_openssl, Arguments(payload));
        Assert.NotEqual(0, (await Tools.TryRunAsync(_openssl, Arguments(_room.Write("other.json", "{}")))).Code);
    }

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    [InlineData("RSA-2048")]
    [InlineData("RSA-3072")]
    [InlineData("RSA-4096")]
    [InlineData("RSA-2048", "max", SignatureStatus.AlgorithmMismatch)]
    public async Task Openssls_cms_signatures_are_trusted_with_a_salt_as_long_as_the_hash(string kind, string salt = "digest", SignatureStatus status = SignatureStatus.Trusted)
    {
        TestAuthority signer = TestAuthority.Root().Intermediate().Leaf(key: kind);
        _room.TrustRoots(roots: signer.Issuer!.Issuer!);
        string payload = _room.Write("payload", ForgedSignatures.CmsPayload(_room)), output = _room.Write("cms", "");
        await Tools.RunAsync(_openssl, ["cms", "-sign", "-binary", "-in", payload, "-signer", _room.Write("leaf.pem", signer.Certificate.ExportCertificatePem()), "-inkey", _room.Write("key.pem", signer.KeyPem),
            "-certfile", _room.Write("chain.pem", signer.Issuer.ChainPem), "-md", "sha256", "-outform", "DER", "-out", output, .. kind.StartsWith("RSA", StringComparison.Ordinal) ? new[] { "-keyopt", "rsa_padding_mode:pss", "-keyopt", $"rsa_pss_saltlen:{salt}" } : []]);
        await ForgedSignatures.Cms(_room, await File.ReadAllBytesAsync(output, Token));
        SignatureResult result = await _room.TestAsync();
        Assert.True(result.Status == status, result.Message);
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Cosigns_payloads_are_verified_and_signed_by_openssl(string kind)
    {
        TestAuthority signer = TestAuthority.SelfSigned(key: kind);
        await _room.SignAsync(signer, SignatureFormat.Cosign);
        OciDescriptor tagged = (await _room.Store.FindTagAsync(CosignNames.Tag(_room.Store.Subject.Digest), Token))!;
        OciDescriptor layer = OciReader.Manifest(await _room.Store.ReadAsync(tagged, 1 << 20, Token), "manifest").Layers[0];
        string payload = _room.Write("payload", await _room.Store.ReadAsync(layer, 1 << 20, Token)), signature = _room.Write("signature", Convert.FromBase64String(layer.Annotations[CosignNames.Signature]));
        Assert.Contains("OK", await Tools.RunAsync(_openssl, ["dgst", "-sha256", "-verify", _room.PublicKey(signer), "-signature", signature, payload]), StringComparison.Ordinal);

        string made = _room.Write("made", "");
        await Tools.RunAsync(_openssl, ["dgst", "-sha256", "-sign", _room.Write("key.pem", signer.KeyPem), "-out", made, payload]);
        _room.Store = new MemoryArtifactStore();
        _room.Trust = new TrustRequest { PublicKeyPaths = [_room.PublicKey(signer)] };
        byte[] value = await File.ReadAllBytesAsync(made, Token);
        await ForgedSignatures.Cosign(_room, signer, annotations: beside => beside[CosignNames.Signature] = Convert.ToBase64String(value));
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
    }

    [Theory]
    [InlineData("genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-384 -aes256 -pass pass:horse")]
    [InlineData("genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072 -aes-128-cbc -pass pass:horse")]
    [InlineData("ecparam -name prime256v1 -genkey")]
    [InlineData("genrsa -traditional 2048")]
    public async Task Openssls_keys_are_read(string command)
    {
        string path = _room.Write("key.pem", "");
        string[] parts = command.Split(' ');
        await Tools.RunAsync(_openssl, [parts[0], .. parts[0] == "genrsa" ? new[] { "-out", path }.Concat(parts[1..]) : parts[1..].Concat(["-out", path])]);
        System.Security.SecureString password = new();
        foreach (char c in "horse")
        {
            password.AppendChar(c);
        }

        using SigningKey key = await SigningKey.OpenAsync(new SigningKeySource { KeyPath = path, Password = password }, Token);
        Assert.True(key.Public.Verifies("data"u8, key.Sign("data"u8, SignatureForm.Jose), SignatureForm.Jose));
    }

    [Fact]
    public async Task A_timestamp_keeps_a_signature_good_after_its_certificates_and_only_the_right_one_does()
    {
        // openssl stamps with this machine's clock.
        DateTimeOffset now = DateTimeOffset.UtcNow;
        TestAuthority root = TestAuthority.Root(change: TestStamps.Long), signer = root.Leaf(change: c => (c.NotBefore, c.NotAfter) = (now.AddDays(-1), now.AddHours(1)));
        TestAuthority stamps = TestAuthority.Root("CN=Time Root", change: TestStamps.Long), stamper = TestStamps.Signer(stamps);
        _room.SigningTime = now;
        _room.VerifyingTime = now.AddDays(2);
        _room.Put("tsa/times", stamps);
        _room.TrustRoots(stores: "\"ca:test\",\"tsa:times\"", roots: root);

        await ForgedSignatures.Notation(_room, signer);
        Assert.Equal(SignatureStatus.TimestampMissing, (await _room.TestAsync()).Status);
        _room.TrustRoots(roots: root);
        Assert.Equal(SignatureStatus.CertificateExpired, (await _room.TestAsync()).Status);
        _room.TrustRoots(stores: "\"ca:test\",\"tsa:times\"", roots: root);

        byte[] last = [];
        _room.Store = new MemoryArtifactStore();
        await ForgedSignatures.Notation(_room, signer, after: envelope => envelope["header"]![NotationNames.Timestamp] = Convert.ToBase64String(last = Stamp(stamper, Signature(envelope))));
        SignatureResult result = await _room.TestAsync();
        Assert.True(result.Status == SignatureStatus.Trusted, result.Message);
        Assert.True(Assert.Single(await _room.ListAsync()).HasTimestamp);

        // The same stamp on another signature; a changed one; one by a stranger; one from before the certificate.
        await Stamped(SignatureStatus.TimestampInvalid, signer, _ => last);
        await Stamped(SignatureStatus.TimestampInvalid, signer, signature => Changed(Stamp(stamper, signature)));
        await Stamped(SignatureStatus.TimestampInvalid, signer, signature => [.. Stamp(stamper, signature), 0]);
        await Stamped(SignatureStatus.TimestampUntrusted, signer, signature => Stamp(TestStamps.Signer(TestAuthority.Root("CN=Other", change: TestStamps.Long)), signature));
        await Stamped(SignatureStatus.CertificateNotYetValid, root.Leaf(change: c => (c.NotBefore, c.NotAfter) = (now.AddHours(2), now.AddDays(9))), signature => Stamp(stamper, signature));
        await Stamped(SignatureStatus.CertificateExpired, root.Leaf(change: c => (c.NotBefore, c.NotAfter) = (now.AddDays(-9), now.AddHours(-2))), signature => Stamp(stamper, signature));

        // The same in CMS, where the stamp is an attribute that is not signed.
        using SigningKey key = signer.SigningKey();
        SignedCms cms = new(new ContentInfo(ForgedSignatures.CmsPayload(_room)), detached: true);
        cms.Decode(CmsSignature.Sign(ForgedSignatures.CmsPayload(_room), key, now));
        cms.SignerInfos[0].AddUnsignedAttribute(new AsnEncodedData(new Oid("1.2.840.113549.1.9.16.2.14"), Stamp(stamper, cms.SignerInfos[0].GetSignature())));
        _room.Store = new MemoryArtifactStore();
        await ForgedSignatures.Cms(_room, cms.Encode());
        result = await _room.TestAsync();
        Assert.True(result.Status == SignatureStatus.Trusted, result.Message);

        // afterCertExpiry: while the certificates are good nobody asks for a stamp.
        _room.Store = new MemoryArtifactStore();
        await ForgedSignatures.Notation(_room, signer);
        _room.TrustRoots(stores: "\"ca:test\",\"tsa:times\"", more: ",\"verifyTimestamp\":\"afterCertExpiry\"", roots: root);
        _room.VerifyingTime = now;
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        _room.VerifyingTime = now.AddDays(2);
        Assert.Equal(SignatureStatus.TimestampMissing, (await _room.TestAsync()).Status);
    }

    private async Task Stamped(SignatureStatus status, TestAuthority signer, Func<byte[], byte[]> stamp)
    {
        _room.Store = new MemoryArtifactStore();
        await ForgedSignatures.Notation(_room, signer, after: envelope => envelope["header"]![NotationNames.Timestamp] = Convert.ToBase64String(stamp(Signature(envelope))));
        SignatureResult result = await _room.TestAsync();
        Assert.True(status == result.Status, $"{status} expected: {result.Status}, {result.Message}");
    }

    private static byte[] Stamp(TestAuthority stamper, byte[] data)
    {
        using TestStamps stamps = new(stamper);
        return stamps.Stamp(data);
    }

    private async Task<(string First, string Second)> LayersAsync(string first, string second)
    {
        OciManifest manifest = OciReader.Manifest(await _room.Store.ReadAsync(Assert.Single(_room.Store.Referrers), 1 << 20, Token), "manifest");
        async Task<string> Layer(string type) => _room.Write(type.Replace('/', '-'), await _room.Store.ReadAsync(manifest.Layers.Single(layer => layer.MediaType == type), 1 << 20, Token));
        return (await Layer(first), await Layer(second));
    }

    private static byte[] Signature(Newtonsoft.Json.Linq.JObject envelope) => StrictBase64.TryDecodeUrl((string)envelope["signature"]!, out byte[] bytes) ? bytes : throw new FormatException();

    private static byte[] Changed(byte[] token)
    {
        token[^5] ^= 1;
        return token;
    }
}
