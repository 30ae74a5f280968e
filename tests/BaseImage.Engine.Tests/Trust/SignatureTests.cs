using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>What is signed is verified: every form with every key.</summary>
public sealed class SignatureTests : IDisposable
{
    private readonly SignatureRoom _room = new();

    public static TheoryData<SignatureFormat, string> FormsAndKeys
    {
        get
        {
            TheoryData<SignatureFormat, string> data = [];
            foreach (SignatureFormat format in Enum.GetValues<SignatureFormat>())
            {
                foreach (string key in new[] { "P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096" })
                {
                    data.Add(format, key);
                }
            }

            return data;
        }
    }

    public void Dispose() => _room.Dispose();

    [Theory]
    [MemberData(nameof(FormsAndKeys))]
    public async Task A_signature_of_every_form_and_key_is_trusted(SignatureFormat format, string key)
    {
        TestAuthority root = TestAuthority.Root(), signer = root.Intermediate().Leaf(key: key);
        _room.TrustRoots(roots: root);
        bool isKeyAlone = format is SignatureFormat.Cosign;
        if (isKeyAlone)
        {
            _room.Trust = new BaseImage.Ports.TrustRequest { PublicKeyPaths = [_room.PublicKey(signer)] };
        }

        ImageSignature made = await _room.SignAsync(signer, format, request => request with { Annotations = new Dictionary<string, string> { ["build"] = "42" } });
        SignatureResult result = await _room.TestAsync();
        Assert.True(result.Status == SignatureStatus.Trusted, result.Message);
        Assert.True(result.IsTrusted && result.IsAllowed);
        Assert.Equal((format, _room.Store.Subject.Digest), (result.Format, result.Digest));
        Assert.Equal(["Integrity Pass", "Authenticity Pass", "Expiry Pass", "AuthenticTimestamp Pass", "Revocation Pass"], Assert.Single(result.Signatures).Checks.Select(check => check.ToString()));
        Assert.EndsWith("@" + result.Digest, result.Reference, StringComparison.Ordinal);

        ImageSignature listed = Assert.Single(await _room.ListAsync());
        Assert.Equal("", listed.Problem);
        Assert.Equal((made.Digest, "42"), (listed.Digest, listed.Annotations["build"]));
        Assert.Equal(isKeyAlone ? 0 : 3, listed.Certificates.Count);
    }

    [Fact]
    public async Task An_image_without_signatures_is_not_signed_and_nothing_is_true()
    {
        _room.TrustRoots(roots: TestAuthority.Root());
        SignatureResult result = await _room.TestAsync();
        Assert.Equal(SignatureStatus.NotSigned, result.Status);
        Assert.False(result.IsTrusted || result.IsAllowed);
        Assert.False(new SignatureResult { Image = "x" }.IsAllowed);
    }

    [Fact]
    public async Task One_good_signature_among_bad_ones_is_enough_and_is_the_one_that_is_told()
    {
        TestAuthority root = TestAuthority.Root(), stranger = TestAuthority.Root("CN=Stranger");
        _room.TrustRoots(roots: root);
        await _room.SignAsync(stranger.Leaf("C=XX, ST=Y, O=Z, CN=Stranger"));
        Assert.Equal(SignatureStatus.UntrustedRoot, (await _room.TestAsync()).Status);
        await _room.SignAsync(root.Leaf());
        await _room.SignAsync(root.Leaf(), SignatureFormat.Cosign);
        SignatureResult result = await _room.TestAsync();
        Assert.Equal((SignatureStatus.Trusted, 3), (result.Status, result.Signatures.Count));
        Assert.Contains("CN=Signer", result.Signer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_cosign_signature_leaves_the_first_where_it_is()
    {
        TestAuthority first = TestAuthority.SelfSigned(), second = TestAuthority.SelfSigned();
        await _room.SignAsync(first, SignatureFormat.Cosign);
        await _room.SignAsync(second, SignatureFormat.Cosign);
        Assert.Equal(2, (await _room.ListAsync()).Count);
        foreach (TestAuthority signer in new[] { first, second })
        {
            _room.Trust = new BaseImage.Ports.TrustRequest { PublicKeyPaths = [_room.PublicKey(signer)] };
            Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        }
    }

    [Fact]
    public async Task A_self_signed_certificate_in_the_store_trusts_its_key_for_cosign_and_its_name_and_term_count()
    {
        TestAuthority signer = TestAuthority.SelfSigned();
        _room.TrustRoots(identities: "\"x509.subject: C=XX, ST=Test, O=Example, CN=Alone\"", roots: signer);
        await _room.SignAsync(signer, SignatureFormat.CosignBundle);
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        _room.VerifyingTime = TestAuthority.Now.AddYears(6);
        Assert.Equal(SignatureStatus.CertificateExpired, (await _room.TestAsync()).Status);
        _room.VerifyingTime = TestAuthority.Now;
        _room.TrustRoots(identities: "\"x509.subject: C=XX, ST=Test, O=Example, CN=Other\"", roots: signer);
        Assert.Equal(SignatureStatus.UntrustedIdentity, (await _room.TestAsync()).Status);
    }

    [Fact]
    public async Task A_certificate_signer_is_trusted_by_its_key_alone_where_the_key_is_named()
    {
        TestAuthority signer = TestAuthority.Root().Leaf();
        await _room.SignAsync(signer, SignatureFormat.Cms);
        _room.Trust = new BaseImage.Ports.TrustRequest { PublicKeyPaths = [_room.PublicKey(signer)] };
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        _room.Trust = new BaseImage.Ports.TrustRequest { CertificatePaths = [_room.Write("root.pem", signer.Issuer!.ChainPem)] };
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
    }

    [Theory]
    [InlineData(SignatureFormat.Notation)]
    [InlineData(SignatureFormat.NotationCose)]
    public async Task A_signing_authority_is_believed_about_the_time_where_it_is_trusted_as_one(SignatureFormat format)
    {
        TestAuthority root = TestAuthority.Root(), signer = root.Leaf();
        _room.TrustRoots(roots: root);
        await _room.SignAsync(signer, format, request => request with { IsSigningAuthority = true });
        Assert.Equal(SignatureStatus.UntrustedRoot, (await _room.TestAsync()).Status);
        _room.Put("signingAuthority/times", root);
        _room.TrustRoots(stores: "\"signingAuthority:times\"", roots: root);
        _room.VerifyingTime = TestAuthority.Now.AddYears(20);
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
    }

    [Theory]
    [InlineData("strict", "", SignatureStatus.SignatureExpired)]
    [InlineData("permissive", "", SignatureStatus.Accepted)]
    [InlineData("audit", "", SignatureStatus.Accepted)]
    [InlineData("strict", ",\"override\":{\"expiry\":\"log\"}", SignatureStatus.Accepted)]
    [InlineData("permissive", ",\"override\":{\"expiry\":\"enforce\"}", SignatureStatus.SignatureExpired)]
    public async Task Levels_and_overrides_say_what_an_expired_signature_comes_to(string level, string more, SignatureStatus status)
    {
        TestAuthority root = TestAuthority.Root();
        _room.TrustRoots(level, more: more, roots: root);
        await _room.SignAsync(root.Leaf(), change: request => request with { Expiry = TestAuthority.Now.AddHours(1) });
        SignatureResult result = await _room.TestAsync();
        Assert.Equal(status, result.Status);
        Assert.Equal(status == SignatureStatus.Accepted, result.IsTrusted);
        Assert.Contains("until 2026-06-01 13:00:00Z", result.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("permissive", SignatureStatus.UntrustedRoot)]
    [InlineData("audit", SignatureStatus.Accepted)]
    public async Task Audit_alone_lets_a_stranger_pass(string level, SignatureStatus status)
    {
        _room.TrustRoots(level, roots: TestAuthority.Root());
        await _room.SignAsync(TestAuthority.Root("CN=Stranger").Leaf());
        Assert.Equal(status, (await _room.TestAsync()).Status);
    }

    [Fact]
    public async Task No_level_lets_a_cosign_signature_of_an_unknown_key_pass()
    {
        _room.TrustRoots("audit", roots: TestAuthority.Root());
        await _room.SignAsync(TestAuthority.SelfSigned(), SignatureFormat.Cosign);
        Assert.Equal(SignatureStatus.UntrustedKey, (await _room.TestAsync()).Status);
        _room.Store = new MemoryArtifactStore();
        await ForgedSignatures.Bundle(_room, TestAuthority.SelfSigned());
        Assert.Equal(SignatureStatus.UntrustedKey, (await _room.TestAsync()).Status);
    }

    [Fact]
    public async Task What_no_statement_is_for_and_what_is_skipped_is_not_verified_and_says_so()
    {
        _room.TrustRoots(roots: TestAuthority.Root());
        File.WriteAllText(_room.PolicyPath, """{"version":"1.0","trustPolicies":[{"name":"other","registryScopes":["registry.example/other"],"signatureVerification":{"level":"skip"}}]}""");
        SignatureResult result = await _room.TestAsync();
        Assert.Equal((SignatureStatus.NoPolicy, false, false), (result.Status, result.IsTrusted, result.IsAllowed));
        _room.Trust = _room.Trust with { Scope = "registry.example/other" };
        result = await _room.TestAsync();
        Assert.Equal((SignatureStatus.Skipped, false, true, "skip"), (result.Status, result.IsTrusted, result.IsAllowed, result.Level));
        _room.Trust = _room.Trust with { Scope = "not a scope" };
        await Assert.ThrowsAsync<ImageReferenceInvalidException>(_room.TestAsync);
    }

    [Fact]
    public async Task Signing_refuses_what_could_not_be_verified()
    {
        TestAuthority root = TestAuthority.Root();
        await Refused(root.Leaf(change: leaf => leaf.Purposes = ["1.3.6.1.5.5.7.3.1"]), SignatureFormat.Notation);
        await Refused(root.Leaf(change: leaf => leaf.KeyUsage = null), SignatureFormat.Cms);
        await Refused(root.Leaf(change: leaf => leaf.NotAfter = TestAuthority.Now.AddDays(-1)), SignatureFormat.Notation);
        await Refused(root.Leaf() with { Issuer = null }, SignatureFormat.Notation);
        await Refused(root.Leaf() with { Issuer = null }, SignatureFormat.NotationCose);
        await Refused(root.Leaf(), SignatureFormat.NotationCose, request => request with { Expiry = TestAuthority.Now });
        await Refused(root.Leaf(), SignatureFormat.Cms, request => request with { Expiry = TestAuthority.Now.AddDays(1) });
        await Refused(root.Leaf(), SignatureFormat.Notation, request => request with { Expiry = TestAuthority.Now });
        Assert.Empty(await _room.ListAsync());
    }

    private async Task Refused(TestAuthority signer, SignatureFormat format, Func<BaseImage.Ports.SigningRequest, BaseImage.Ports.SigningRequest>? change = null)
        => await Assert.ThrowsAsync<SigningNotPossibleException>(() => _room.SignAsync(signer, format, change));
}
