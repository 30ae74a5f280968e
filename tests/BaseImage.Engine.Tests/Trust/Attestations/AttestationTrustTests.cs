using System.Security.Cryptography.X509Certificates;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Dsse;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust.Attestations;

/// <summary>Attestations that are signed with certificates, held against trust policies.</summary>
public sealed class AttestationTrustTests : IDisposable
{
    private const string Builder = "https://ci.example.org/runner";
    private static readonly TestAuthority Root = TestAuthority.Root();
    private static readonly TestAuthority Middle = Root.Intermediate();
    private static readonly TestAuthority Signer = Middle.Leaf();
    private readonly SignatureRoom _room = new();

    /// <summary>How the certificates go with a bundle.</summary>
    private enum Place
    {
        /// <summary>In annotations beside it, as we write them.</summary>
        Beside,

        /// <summary>As <c>x509CertificateChain</c>.</summary>
        Chain,

        /// <summary>As <c>certificate</c>, the signer's alone.</summary>
        Certificate,
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("P-521")]
    [InlineData("RSA-2048")]
    public async Task A_chain_that_leads_to_the_store_is_trusted_wherever_the_certificates_are(string key)
    {
        TestAuthority signer = Middle.Leaf(key: key);
        _room.TrustRoots(roots: Root);
        foreach (Place place in (Place[])[Place.Beside, Place.Chain])
        {
            _room.Store = new MemoryArtifactStore();
            await PutAsync(signer, place);
            AttestationResult result = await TestAsync();
            Assert.True(result is { Status: AttestationStatus.Trusted, IsTrusted: true, Policy: "all", Level: "strict", BuilderId: Builder }, $"{place}: {result.Status}, {result.Message}");
            Assert.Equal(signer.Certificate.Subject, result.Signer);
            Assert.Equal(["Integrity", "Authenticity", "Expiry", "AuthenticTimestamp", "Revocation"], result.Attestations[0].Checks.Select(check => check.Name));
            Assert.Equal(3, result.Attestations[0].Attestation.Certificates.Count);
        }

        // A signer's certificate alone is led on by those of the store.
        _room.Store = new MemoryArtifactStore();
        await PutAsync(signer, Place.Certificate);
        Assert.Equal(AttestationStatus.ChainBroken, (await TestAsync()).Status);
        _room.TrustRoots(roots: [Root, Middle]);
        Assert.Equal(AttestationStatus.Trusted, (await TestAsync()).Status);
    }

    [Fact]
    public async Task What_is_made_with_a_certificate_is_trusted_by_policy_by_authority_and_by_its_key_alone()
    {
        using AttestationRoom room = new();
        string image = await room.ImageAsync(), key = _room.Write("build.pem", Signer.KeyPem + "\n" + Signer.ChainPem);
        await room.Attester.AttestAsync(new AttestationRequest { Image = image, Key = new SigningKeySource { KeyPath = key }, Provenance = AttestationRoom.Built() }, SilentReporter.Instance, Token);
        _room.TrustRoots(roots: Root);
        foreach (TrustRequest trust in (TrustRequest[])[_room.Trust, new() { CertificatePaths = [_room.Write("root.pem", Root.ChainPem)] }, new() { PublicKeyPaths = [_room.PublicKey(Signer)] }])
        {
            AttestationResult result = await new AttestationTester(room.OpenAsync, _room.Clock).TestAsync(image, new AttestationPolicy { Trust = trust, BuilderIds = [AttestationRoom.Builder], RequirePinned = true }, Token);
            Assert.True(result.Status is AttestationStatus.Trusted, result.Message);
        }

        // A key that is named needs no certificates: they may have run out.
        _room.VerifyingTime = TestAuthority.Now.AddYears(30);
        Assert.Equal(AttestationStatus.Trusted, (await new AttestationTester(room.OpenAsync, _room.Clock).TestAsync(image, new AttestationPolicy { Trust = new TrustRequest { PublicKeyPaths = [_room.PublicKey(Signer)] } }, Token)).Status);
        Assert.Equal(AttestationStatus.CertificateExpired, (await new AttestationTester(room.OpenAsync, _room.Clock).TestAsync(image, new AttestationPolicy { Trust = _room.Trust }, Token)).Status);
    }

    [Fact]
    public async Task A_signature_in_a_bundle_is_held_against_the_policy_by_its_certificates_too()
    {
        _room.TrustRoots(roots: Root);
        await _room.SignAsync(Signer, SignatureFormat.CosignBundle);
        SignatureResult result = await _room.TestAsync();
        Assert.Equal((SignatureStatus.Trusted, Signer.Certificate.Subject), (result.Status, result.Signer));
        _room.TrustRoots(identities: "\"x509.subject: C=XX, ST=Test, O=Example, CN=Somebody\"", roots: Root);
        Assert.Equal(SignatureStatus.UntrustedIdentity, (await _room.TestAsync()).Status);
    }

    public static TheoryData<string, AttestationStatus> BadOnes => new()
    {
        { "another store", AttestationStatus.UntrustedRoot },
        { "a root of the same name", AttestationStatus.UntrustedRoot },
        { "another identity", AttestationStatus.UntrustedIdentity },
        { "expired", AttestationStatus.CertificateExpired },
        { "not valid yet", AttestationStatus.CertificateNotYetValid },
        { "an authority that has expired", AttestationStatus.CertificateExpired },
        { "revoked", AttestationStatus.Revoked },
        { "an authority that is revoked", AttestationStatus.Revoked },
        { "a list that is no longer in force", AttestationStatus.RevocationUnknown },
        { "a link of the chain is missing", AttestationStatus.ChainBroken },
        { "an authority of the same name", AttestationStatus.ChainBroken },
        { "another signer's certificate", AttestationStatus.SignatureInvalid },
        { "the payload was changed", AttestationStatus.SignatureInvalid },
        { "for TLS servers", AttestationStatus.CertificateUnfit },
        { "for e-mail", AttestationStatus.CertificateUnfit },
        { "key usage not critical", AttestationStatus.CertificateUnfit },
        { "an authority signs itself", AttestationStatus.CertificateUnfit },
        { "RSA of 1024 bits", AttestationStatus.CertificateUnfit },
        { "no certificates", AttestationStatus.UntrustedKey },
        { "a log-in", AttestationStatus.UnsupportedFormat },
        { "annotations that are no certificates", AttestationStatus.Malformed },
        { "two signers' certificates", AttestationStatus.Malformed },
        { "a certificate that is none", AttestationStatus.Malformed },
        { "an empty chain", AttestationStatus.Malformed },
        { "a chain that is too long", AttestationStatus.Malformed },
        { "another image", AttestationStatus.SubjectMismatch },
        { "another builder", AttestationStatus.BuilderMismatch },
        { "no statement for the image", AttestationStatus.NoPolicy },
        { "the policy skips it", AttestationStatus.Skipped },
        { "nothing there", AttestationStatus.NotAttested },
    };

    [Theory, MemberData(nameof(BadOnes))]
    public async Task Is_refused_with_the_status_that_says_why(string what, AttestationStatus expected)
    {
        _room.TrustRoots(roots: Root);
        await ArrangeAsync(what);
        AttestationResult result = await TestAsync();
        Assert.True(expected == result.Status && !result.IsTrusted, $"{result.Status}, {result.Message}");
        Assert.Equal(expected is AttestationStatus.Skipped, result.IsAllowed);
        Assert.True(result.Message.Length > 20 && !result.Message.Any(char.IsControl), result.Message);
        Assert.Equal(expected is AttestationStatus.SubjectMismatch or AttestationStatus.BuilderMismatch, result.Signer.Length > 0);
    }

    [Theory]
    [InlineData("strict", "a root of the same name", AttestationStatus.UntrustedRoot)]
    [InlineData("permissive", "a root of the same name", AttestationStatus.UntrustedRoot)]
    [InlineData("audit", "a root of the same name", AttestationStatus.Accepted)]
    [InlineData("strict", "expired", AttestationStatus.CertificateExpired)]
    [InlineData("permissive", "expired", AttestationStatus.Accepted)]
    [InlineData("audit", "expired", AttestationStatus.Accepted)]
    [InlineData("permissive", "revoked", AttestationStatus.Accepted)]
    [InlineData("audit", "another identity", AttestationStatus.Accepted)]
    [InlineData("audit", "for TLS servers", AttestationStatus.CertificateUnfit)]
    [InlineData("audit", "the payload was changed", AttestationStatus.SignatureInvalid)]
    [InlineData("audit", "a link of the chain is missing", AttestationStatus.ChainBroken)]
    [InlineData("audit", "no certificates", AttestationStatus.UntrustedKey)]
    [InlineData("audit", "another image", AttestationStatus.SubjectMismatch)]
    [InlineData("audit", "another builder", AttestationStatus.BuilderMismatch)]
    public async Task Levels_enforce_what_they_say(string level, string what, AttestationStatus expected)
    {
        _room.TrustRoots(level, roots: Root);
        await ArrangeAsync(what, level);
        AttestationResult result = await TestAsync();
        Assert.True(expected == result.Status, $"{result.Status}, {result.Message}");
        Assert.Equal(expected is AttestationStatus.Accepted, result.IsTrusted);
        if (result.IsTrusted)
        {
            Assert.Contains("lets it pass although", result.Message, StringComparison.Ordinal);
            Assert.Contains(result.Attestations[0].Checks, check => check is { Passed: false, Action: "Log" });
        }
    }

    [Fact]
    public void Every_status_of_a_signature_that_a_bundle_can_have_is_one_of_attestations()
    {
        // A bundle has no algorithm, no attributes, no term and no timestamp of its own.
        SignatureStatus[] others = [SignatureStatus.NotSigned, SignatureStatus.UnsupportedAttribute, SignatureStatus.AlgorithmMismatch, SignatureStatus.SignatureExpired, SignatureStatus.TimestampMissing, SignatureStatus.TimestampInvalid, SignatureStatus.TimestampUntrusted];
        Assert.Empty(Enum.GetNames<SignatureStatus>().Except(others.Select(status => status.ToString())).Except(Enum.GetNames<AttestationStatus>()));
    }

    private async Task ArrangeAsync(string what, string level = "strict")
    {
        switch (what)
        {
            case "another store":
                await PutAsync(TestAuthority.Root("CN=Stranger").Leaf());
                break;
            case "a root of the same name":
                await PutAsync(TestAuthority.Root().Leaf());
                break;
            case "another identity":
                _room.TrustRoots(level, identities: "\"x509.subject: C=XX, ST=Test, O=Example, CN=Somebody\"", roots: Root);
                await PutAsync(Signer);
                break;
            case "expired":
                await PutAsync(Middle.Leaf(change: c => c.NotAfter = TestAuthority.Now));
                break;
            case "not valid yet":
                await PutAsync(Middle.Leaf(change: c => c.NotBefore = TestAuthority.Now.AddDays(2)));
                break;
            case "an authority that has expired":
                await PutAsync(Root.Intermediate(change: c => c.NotAfter = TestAuthority.Now).Leaf());
                break;
            case "revoked":
                _room.Trust = _room.Trust with { RevocationListPaths = [_room.Write("list.crl", RefusalTests.List(Middle, Signer, 0))] };
                await PutAsync(Signer);
                break;
            case "an authority that is revoked":
                _room.Trust = _room.Trust with { RevocationListPaths = [_room.Write("list.crl", RefusalTests.List(Root, Middle, 0))] };
                await PutAsync(Signer);
                break;
            case "a list that is no longer in force":
                _room.Trust = _room.Trust with { RevocationListPaths = [_room.Write("list.crl", RefusalTests.List(Middle, null, -100))] };
                await PutAsync(Signer);
                break;
            case "a link of the chain is missing":
                await PutAsync(Signer, chain: [Signer.Certificate, Root.Certificate]);
                break;
            case "an authority of the same name":
                await PutAsync(Signer, chain: [Signer.Certificate, Root.Intermediate().Certificate, Root.Certificate]);
                break;
            case "another signer's certificate":
                await PutAsync(Signer, chain: Middle.Leaf().Chain);
                break;
            case "the payload was changed":
                await PutAsync(Signer, change: bundle => bundle["dsseEnvelope"]!["payload"] = Convert.ToBase64String([.. Convert.FromBase64String((string)bundle["dsseEnvelope"]!["payload"]!), (byte)' ']));
                break;
            case "for TLS servers":
                await PutAsync(Middle.Leaf(change: c => c.Purposes = ["1.3.6.1.5.5.7.3.1"]));
                break;
            case "for e-mail":
                await PutAsync(Middle.Leaf(change: c => c.Purposes = ["1.3.6.1.5.5.7.3.4"]), Place.Chain);
                break;
            case "key usage not critical":
                await PutAsync(Middle.Leaf(change: c => c.IsKeyUsageCritical = false));
                break;
            case "an authority signs itself":
                await PutAsync(Middle);
                break;
            case "RSA of 1024 bits":
                await PutAsync(Signer, chain: Middle.Leaf(key: "RSA-1024").Chain);
                break;
            case "no certificates":
                await PutAsync(Signer, chain: []);
                break;
            case "a log-in":
                await PutAsync(Signer, chain: [], change: bundle => bundle["verificationMaterial"] = TestAuthority.KeylessMaterial());
                break;
            case "annotations that are no certificates":
                await PutAsync(Signer, annotations: beside => beside[CosignNames.Certificate] = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
                break;
            case "two signers' certificates":
                await PutAsync(Signer, annotations: beside => beside[CosignNames.Certificate] += Root.Certificate.ExportCertificatePem() + "\n");
                break;
            case "a certificate that is none":
                await PutAsync(Signer, Place.Chain, change: bundle => bundle["verificationMaterial"]!["x509CertificateChain"]!["certificates"]![1]!["rawBytes"] = "AAAA");
                break;
            case "an empty chain":
                await PutAsync(Signer, Place.Chain, chain: []);
                break;
            case "a chain that is too long":
                await PutAsync(Signer, Place.Chain, chain: [.. Enumerable.Repeat(Signer.Certificate, 11)]);
                break;
            case "another image":
                await PutAsync(Signer, subject: Digest.Of("another"u8));
                break;
            case "another builder":
                await PutAsync(Signer, builder: "https://evil.example.org/runner");
                break;
            case "no statement for the image":
                Policy("strict", "registry.example/other");
                await PutAsync(Signer);
                break;
            case "the policy skips it":
                Policy("skip", "registry.example/team/web");
                await PutAsync(Signer);
                break;
            default:
                Assert.Equal("nothing there", what);
                break;
        }
    }

    private void Policy(string level, string scope)
    {
        string trust = level == "skip" ? "" : ",\"trustStores\":[\"ca:test\"],\"trustedIdentities\":[\"*\"]";
        File.WriteAllText(_room.PolicyPath, $$"""{"version":"1.0","trustPolicies":[{"name":"one","registryScopes":["{{scope}}"],"signatureVerification":{"level":"{{level}}"}{{trust}}}]}""");
    }

    private Task<AttestationResult> TestAsync()
        => new AttestationTester((_, _) => Task.FromResult<IArtifactStore>(_room.Store), _room.Clock).TestAsync(_room.Store.Reference.ToString(), new AttestationPolicy { Trust = _room.Trust, BuilderIds = [Builder] }, Token);

    private async Task PutAsync(TestAuthority signer, Place place = Place.Beside, IReadOnlyList<X509Certificate2>? chain = null, Action<JObject>? change = null, Action<SortedDictionary<string, string>>? annotations = null, Digest? subject = null, string builder = Builder)
    {
        JObject predicate = new()
        {
            ["buildDefinition"] = new JObject { ["buildType"] = "https://example.org/build", ["externalParameters"] = new JObject() },
            ["runDetails"] = new JObject { ["builder"] = new JObject { ["id"] = builder } },
        };
        using SigningKey key = signer.SigningKey(withChain: false);
        DsseEnvelope envelope = DsseEnvelope.Sign(CosignNames.InToto, InTotoStatement.Of(subject ?? _room.Store.Subject.Digest, "", PredicateKind.Provenance, predicate).Write(), key);
        JObject bundle = StrictJson.ParseObject(SigstoreBundle.Write(envelope, key.Public), "bundle");
        chain ??= signer.Chain;
        SortedDictionary<string, string> beside = place is Place.Beside ? BundleCertificates.Annotations(chain) : new(StringComparer.Ordinal);
        if (place is not Place.Beside)
        {
            JObject[] raw = [.. chain.Select(one => new JObject { ["rawBytes"] = Convert.ToBase64String(one.RawData) })];
            bundle["verificationMaterial"] = place is Place.Certificate ? new JObject { ["certificate"] = raw[0] } : new JObject { ["x509CertificateChain"] = new JObject { ["certificates"] = new JArray(raw.Cast<object>().ToArray()) } };
        }

        change?.Invoke(bundle);
        annotations?.Invoke(beside);
        await _room.Store.WriteAsync(
            OciDocuments.Artifact(CosignNames.Bundle, _room.Store.Subject, [(new BuiltDocument(CosignNames.Bundle, CanonicalJson.WriteCompact(bundle)), beside)], new SortedDictionary<string, string>(StringComparer.Ordinal) { [CosignNames.BundlePredicate] = PredicateKind.Provenance }),
            Token);
    }
}
