using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Engine.Trust;
using BaseImage.Engine.Trust.Notation;
using BaseImage.Engine.Trust.Verification;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>
/// Notation's own client and we, over one registry or layout, one trust policy and one trust store: what either signs the other
/// verifies, and what one refuses the other does.
/// </summary>
public sealed class NotationClientTests : IDisposable
{
    private const string Http = "--insecure-registry";

    private readonly NotationRoom _room = new();

    public static TheoryData<SignatureFormat, string> FormsAndKeys
    {
        get
        {
            TheoryData<SignatureFormat, string> data = [];
            foreach (string key in new[] { "P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096" })
            {
                data.Add(SignatureFormat.Notation, key);
                data.Add(SignatureFormat.NotationCose, key);
            }

            return data;
        }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _room.Dispose();

    [Theory]
    [MemberData(nameof(FormsAndKeys))]
    public async Task What_we_sign_the_client_lists_inspects_and_verifies(SignatureFormat format, string key)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        TestAuthority root = NotationRoom.Root(), signer = NotationRoom.Signer(root, key);
        _room.Trust(stores: ("ca:ours", root), identities: "\"x509.subject: C=XX, ST=Test, O=Example, CN=Signer\"");
        string image = await _room.PushAsync(registry.Address);
        ImageSignature made = await _room.SignAsync(image, signer, format, request => request with { Annotations = new Dictionary<string, string> { ["build"] = "42" }, Expiry = DateTimeOffset.UtcNow.AddDays(1) });

        Assert.Contains("Successfully verified signature", await _room.RunAsync("verify", Http, "-m", "build=42", image), StringComparison.Ordinal);
        Assert.NotEqual(0, (await _room.TryAsync("verify", Http, "-m", "build=43", image)).Code);
        Assert.Contains(made.Digest.ToString(), await _room.RunAsync("list", Http, image), StringComparison.Ordinal);
        string text = await _room.RunAsync("inspect", Http, "-o", "json", image);
        JToken seen = Assert.Single(JObject.Parse(text[text.IndexOf('{', StringComparison.Ordinal)..])["Signatures"]!);
        Assert.Equal(format == SignatureFormat.Notation ? NotationNames.Jws : NotationNames.Cose, (string?)seen["mediaType"]);
        Assert.Equal("42", (string?)seen["userDefinedAttributes"]!["build"]);
        Assert.StartsWith("BaseImage/", (string?)seen["unsignedAttributes"]!["signingAgent"], StringComparison.Ordinal);
        Assert.Equal(3, seen["certificates"]!.Count());
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync(image)).Status);
    }

    [Theory]
    [MemberData(nameof(FormsAndKeys))]
    public async Task What_the_client_signs_is_trusted_with_what_it_says(SignatureFormat format, string key)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        TestAuthority root = NotationRoom.Root();
        _room.AddKey(NotationRoom.Signer(root, key));
        _room.Trust(stores: ("ca:ours", root), identities: "\"x509.subject: C=XX, ST=Test, O=Example, CN=Signer\"");
        string image = await _room.PushAsync(registry.Address);
        await _room.RunAsync("sign", Http, "--signature-format", format == SignatureFormat.Notation ? "jws" : "cose", "-m", "build=42", "-e", "24h", image);
        SignatureResult result = await _room.TestAsync(image);
        Assert.True(result.Status == SignatureStatus.Trusted, result.Message);
        ImageSignature signature = Assert.Single(result.Signatures).Signature;
        Assert.Equal((format, "42", NotationNames.X509, 3), (signature.Format, signature.Annotations["build"], signature.SigningScheme, signature.Certificates.Count));
        Assert.StartsWith("notation", signature.SigningAgent, StringComparison.Ordinal);
        Assert.Equal(TimeSpan.FromHours(24), signature.Expiry - signature.SigningTime);
        _room.Now = DateTimeOffset.UtcNow.AddHours(25);
        Assert.Equal(SignatureStatus.SignatureExpired, (await _room.TestAsync(image)).Status);
    }

    [Theory]
    [InlineData(SignatureFormat.Notation, "jws")]
    [InlineData(SignatureFormat.NotationCose, "cose")]
    public async Task A_layout_takes_the_signatures_of_both(SignatureFormat format, string name)
    {
        TestAuthority root = NotationRoom.Root(), theirs = NotationRoom.Root("C=XX, ST=Test, O=Example, CN=Theirs");
        _room.AddKey(NotationRoom.Signer(theirs));
        _room.Trust(stores: ("ca:ours", root));
        string image = await _room.WriteLayoutAsync();
        await _room.SignAsync(image, NotationRoom.Signer(root), format);
        string[] scope = ["--oci-layout", "--scope", "example.test/web"];
        Assert.Contains("Successfully verified signature", await _room.RunAsync(["verify", .. scope, image]), StringComparison.Ordinal);

        await _room.RunAsync("sign", "--oci-layout", "--signature-format", name, image);
        SignatureResult result = await _room.TestAsync(image);
        Assert.Equal((SignatureStatus.Trusted, 2), (result.Status, result.Signatures.Count));
        _room.Trust(stores: ("ca:theirs", theirs));
        result = await _room.TestAsync(image);
        Assert.True(result.Status == SignatureStatus.Trusted, result.Message);
        Assert.Contains("Successfully verified signature", await _room.RunAsync(["verify", .. scope, image]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(SignatureFormat.Notation)]
    [InlineData(SignatureFormat.NotationCose)]
    public async Task Both_refuse_strangers_other_names_ends_of_terms_and_what_was_changed(SignatureFormat format)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        TestAuthority root = NotationRoom.Root(), signer = NotationRoom.Signer(root), stranger = NotationRoom.Root("C=XX, ST=Test, O=Example, CN=Stranger");
        string image = await _room.PushAsync(registry.Address);
        _room.Trust(stores: ("ca:ours", root));
        await _room.RefusedAsync(image, SignatureStatus.NotSigned, "no signature is associated", Http);

        await _room.SignAsync(image, signer, format);
        _room.Trust(stores: ("ca:others", stranger));
        await _room.RefusedAsync(image, SignatureStatus.UntrustedRoot, "failed", Http);
        _room.Trust(stores: ("ca:ours", root), identities: "\"x509.subject: C=XX, ST=Test, O=Example, CN=Another\"");
        await _room.RefusedAsync(image, SignatureStatus.UntrustedIdentity, "failed", Http);
        _room.Trust("skip", stores: ("ca:ours", root));
        (int code, string said) = await _room.TryAsync("verify", Http, image);
        Assert.NotEqual(0, code);
        Assert.Contains("skip", said, StringComparison.Ordinal);
        await Assert.ThrowsAsync<BaseImage.Errors.TrustPolicyInvalidException>(() => _room.TestAsync(image));

        // Changed, of another image, by a certificate for something else: one image each, so that there is no good one beside it.
        _room.Trust(stores: ("ca:ours", root));
        await RefusedAsync(registry, signer, format, SignatureStatus.SignatureInvalid, change: bytes => Changed(bytes, format));
        await RefusedAsync(registry, signer, format, SignatureStatus.Malformed, change: bytes => bytes[..^3]);
        await RefusedAsync(registry, signer, format, SignatureStatus.SubjectMismatch, digest: "sha256:" + new string('0', 64));
        await RefusedAsync(registry, root.Leaf(change: c => { TestStamps.Long(c); c.Purposes = ["1.3.6.1.5.5.7.3.1"]; }), format, SignatureStatus.CertificateUnfit);
        await RefusedAsync(registry, root.Leaf(change: c => (c.NotBefore, c.NotAfter) = (DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(-1))), format, SignatureStatus.CertificateExpired);
        await RefusedAsync(registry, signer, format, SignatureStatus.SignatureExpired, expiry: DateTimeOffset.UtcNow.AddMinutes(-1));
    }

    [Theory]
    [InlineData("jws")]
    [InlineData("cose")]
    public async Task The_clients_timestamps_keep_its_signatures_good_after_the_certificates(string name)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        TestAuthority root = NotationRoom.Root(), times = NotationRoom.Root("C=XX, O=Example, CN=Time Root");
        using TestStamps stamps = new(TestStamps.Signer(times));
        _room.AddKey(root.Leaf(change: c => (c.NotBefore, c.NotAfter) = (DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1))));
        _room.Trust(stores: [("ca:ours", root), ("tsa:times", times)]);
        string image = await _room.PushAsync(registry.Address);
        await _room.RunAsync("sign", Http, "--signature-format", name, "--timestamp-url", stamps.Listen(), "--timestamp-root-cert", _room.Write("times.pem", times.Certificate.ExportCertificatePem()), image);
        Assert.Contains("Successfully verified signature", await _room.RunAsync("verify", Http, image), StringComparison.Ordinal);
        _room.Now = DateTimeOffset.UtcNow.AddDays(9);
        SignatureResult result = await _room.TestAsync(image);
        Assert.True(result.Status == SignatureStatus.Trusted, result.Message);
        Assert.True(Assert.Single(result.Signatures).Signature.HasTimestamp);
        _room.Trust(stores: ("ca:ours", root));
        Assert.Equal(SignatureStatus.CertificateExpired, (await _room.TestAsync(image)).Status);

        // A stamp of an authority that is not trusted, to both.
        _room.Trust(stores: [("ca:ours", root), ("tsa:others", NotationRoom.Root("C=XX, O=Example, CN=Other Root"))]);
        await _room.RefusedAsync(image, SignatureStatus.TimestampUntrusted, "failed", Http);
    }

    [Theory]
    [InlineData(SignatureFormat.Notation)]
    [InlineData(SignatureFormat.NotationCose)]
    public async Task The_client_verifies_ours_with_a_timestamp_after_the_certificates(SignatureFormat format)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        TestAuthority root = NotationRoom.Root(), times = NotationRoom.Root("C=XX, O=Example, CN=Time Root");
        using TestStamps stamps = new(TestStamps.Signer(times));
        TestAuthority signer = root.Leaf(change: TestStamps.Long);
        string image = await _room.PushAsync(registry.Address);
        _room.Trust(stores: [("ca:ours", root), ("tsa:times", times)]);
        string trusted = _room.Write("times.pem", times.Certificate.ExportCertificatePem());
        ImageSignature made = await _room.SignAsync(image, signer, format, request => request with { TimestampUrl = new Uri(stamps.Listen()), TimestampCertificatePaths = [trusted] });
        Assert.True(made.HasTimestamp);
        Assert.Contains("Successfully verified signature", await _room.RunAsync("verify", Http, image), StringComparison.Ordinal);
        SignatureResult result = await _room.TestAsync(image);
        Assert.True(result.Status == SignatureStatus.Trusted, result.Message);

        // The certificate came too late for the stamp: both say so.
        image = await _room.PushAsync($"{registry.Address}/late");
        signer = root.Leaf(change: c => (c.NotBefore, c.NotAfter) = (DateTimeOffset.UtcNow.AddDays(-9), DateTimeOffset.UtcNow.AddDays(-1)));
        await KeepAsync(image, signer, format, envelope => Stamped(envelope, format, stamps));
        await _room.RefusedAsync(image, SignatureStatus.CertificateExpired, "failed", Http);
    }

    private async Task RefusedAsync(TestRegistry registry, TestAuthority signer, SignatureFormat format, SignatureStatus status, Func<byte[], byte[]>? change = null, string? digest = null, DateTimeOffset? expiry = null)
    {
        string image = await _room.PushAsync($"{registry.Address}/{Guid.NewGuid():n}");
        await KeepAsync(image, signer, format, change, digest, expiry);
        await _room.RefusedAsync(image, status, "failed", Http);
    }

    // Keeps an envelope of ours beside an image that our signer would not have made.
    private async Task KeepAsync(string image, TestAuthority signer, SignatureFormat format, Func<byte[], byte[]>? change = null, string? digest = null, DateTimeOffset? expiry = null)
    {
        await using IArtifactStore store = await _room.OpenAsync(ImageReference.Parse($"docker://{image}"), Token);
        OciDescriptor subject = await store.FindSubjectAsync(Token);
        byte[] payload = SignedPayload.Of(digest is null ? subject : subject with { Digest = Digest.Parse(digest) }, new Dictionary<string, string>());
        using BaseImage.Engine.Trust.Keys.SigningKey key = signer.SigningKey();
        ProtectedHeader header = new() { Algorithm = "", IsSigningAuthority = false, SigningTime = DateTimeOffset.UtcNow.AddHours(-1), Expiry = expiry };
        byte[] envelope = format == SignatureFormat.Notation ? JwsEnvelope.Sign(payload, key, header, "test/1") : CoseEnvelope.Sign(payload, key, header, "test/1");
        BuiltDocument document = new(format == SignatureFormat.Notation ? NotationNames.Jws : NotationNames.Cose, change?.Invoke(envelope) ?? envelope);
        SortedDictionary<string, string> none = new(StringComparer.Ordinal), annotations = new(StringComparer.Ordinal)
        {
            [NotationNames.Thumbprints] = new JArray(signer.Chain.Select(one => one.GetCertHashString(System.Security.Cryptography.HashAlgorithmName.SHA256).ToLowerInvariant())).ToString(Newtonsoft.Json.Formatting.None),
        };
        await store.WriteAsync(OciDocuments.Artifact(NotationNames.ArtifactType, subject, [(document, none)], annotations), Token);
    }

    private static byte[] Changed(byte[] envelope, SignatureFormat format)
    {
        if (format == SignatureFormat.NotationCose)
        {
            envelope[^9] ^= 1;
            return envelope;
        }

        JObject root = JObject.Parse(Encoding.UTF8.GetString(envelope));
        root["signature"] = ForgedSignatures.Flip((string)root["signature"]!, 9);
        return Encoding.UTF8.GetBytes(root.ToString(Newtonsoft.Json.Formatting.None));
    }

    private static byte[] Stamped(byte[] envelope, SignatureFormat format, TestStamps stamps)
    {
        SignatureDocument document = SignatureReader.Read(new StoredSignature(format, new OciDescriptor(MediaTypes.OciManifest, Digest.Of([]), 0), envelope))!;
        byte[] token = stamps.Stamp(document.Signature.ToArray());
        return format == SignatureFormat.Notation ? JwsEnvelope.WithTimestamp(envelope, token) : CoseEnvelope.WithTimestamp(envelope, token);
    }
}
