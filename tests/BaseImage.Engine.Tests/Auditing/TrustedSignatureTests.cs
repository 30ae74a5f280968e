using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Signing;
using BaseImage.Engine.Images;
using BaseImage.Engine.Tests.Images;
using BaseImage.Engine.Tests.Trust;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing;

public sealed class TrustedSignatureTests
{
    [Theory]
    [InlineData(SignatureStatus.Trusted, AuditStatus.Pass)]
    [InlineData(SignatureStatus.Accepted, AuditStatus.Pass)]
    [InlineData(SignatureStatus.Skipped, AuditStatus.Skipped)]
    [InlineData(SignatureStatus.NotSigned, AuditStatus.Fail)]
    [InlineData(SignatureStatus.NoPolicy, AuditStatus.Fail)]
    [InlineData(SignatureStatus.UntrustedRoot, AuditStatus.Fail)]
    [InlineData(SignatureStatus.SignatureInvalid, AuditStatus.Fail)]
    [InlineData(SignatureStatus.Revoked, AuditStatus.Fail)]
    [Fires("BI4012")]
    [Quiet("BI4012")]
    public void What_the_policy_does_not_accept_fails(SignatureStatus status, AuditStatus expected)
    {
        TestFacts facts = new() { Signatures = new SignatureFacts { Result = new SignatureResult { Image = "web", Status = status, Message = "Because." } } };
        AuditResult row = facts.Row("BI4012");
        Assert.Equal(expected, row.Status);
        if (expected is AuditStatus.Fail)
        {
            Assert.Contains(status.ToString(), row.Findings[0].Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void What_was_not_verified_is_skipped_and_what_could_not_be_is_no_pass()
    {
        Assert.Equal(AuditStatus.Skipped, new TestFacts().Row("BI4012").Status);
        Assert.Equal(AuditStatus.Skipped, new TestFacts { Signatures = new SignatureFacts { Skipped = "There is no policy." } }.Row("BI4012").Status);
        Assert.Throws<TrustPolicyNotFoundException>(() => new TestFacts { Signatures = new SignatureFacts { Failure = new TrustPolicyNotFoundException("/none") } }.Row("BI4012"));
    }

    [Fact]
    public async Task An_audit_verifies_what_lies_beside_the_image()
    {
        using ImageRoom room = new();
        using SignatureRoom trust = new();
        trust.TrustRoots(roots: TestAuthority.Root());
        CancellationToken token = TestContext.Current.CancellationToken;
        ImageReference layout = await room.WriteAsync($"oci:{room.Folder.Combine("layout")}", TestImage.Of("web", [TestImage.Tar()]), "latest");
        ImageReference archive = await room.WriteAsync($"docker-archive:{room.Folder.Combine("web.tar")}", TestImage.Of("web", [TestImage.Tar()]), "latest");
        SignatureFactsSource source = new(
            new SignatureTester((reference, stop) => ArtifactStores.OpenAsync(reference, room.Paths, stop), TimeProvider.System),
            new BaseImage.Engine.Trust.Attestations.AttestationTester((reference, stop) => ArtifactStores.OpenAsync(reference, room.Paths, stop), TimeProvider.System));
        Assert.Equal(SignatureStatus.NotSigned, (await source.ReadAsync(layout.ToString(), trust.Trust, SilentReporter.Instance, token)).Result?.Status);
        Assert.NotEqual("", (await source.ReadAsync(archive.ToString(), trust.Trust, SilentReporter.Instance, token)).Skipped);
        Assert.IsType<TrustPolicyNotFoundException>((await source.ReadAsync(layout.ToString(), new TrustRequest { PolicyPath = "/none/trustpolicy.json" }, SilentReporter.Instance, token)).Failure);

        Auditor auditor = new(new BaseImage.Engine.Auditing.InspectionFacts(() => room.Paths, room.Shelf), RuleCatalogue.Instance, AuditorTests.Policies, TimeProvider.System, signatures: source);
        List<AuditResult> rows = [];
        await foreach (AuditResult row in auditor.AuditAsync(new AuditRequest { Reference = layout.ToString(), Rules = ["BI4012"], Trust = trust.Trust }, SilentReporter.Instance, token))
        {
            rows.Add(row);
        }

        Assert.Equal(AuditStatus.Fail, Assert.Single(rows).Status);
    }

    [Fact]
    public void Another_policy_store_or_day_is_another_mark()
    {
        using SignatureRoom room = new();
        TestAuthority root = TestAuthority.Root();
        room.TrustRoots(roots: root);
        string first = SignatureFactsSource.Mark(room.Trust, TestAuthority.Now);
        Assert.Equal(first, SignatureFactsSource.Mark(room.Trust, TestAuthority.Now.AddMinutes(1)));
        Assert.NotEqual(first, SignatureFactsSource.Mark(room.Trust, TestAuthority.Now.AddDays(1)));
        room.Put("ca/test", TestAuthority.Root("CN=Other"));
        Assert.NotEqual(first, SignatureFactsSource.Mark(room.Trust, TestAuthority.Now));
    }
}
