using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Auditing.Signing;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Trust;
using BaseImage.Engine.Tests.Trust.Attestations;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Auditing;

/// <summary>What is stated about images, and by whom: rules over results made by hand, and an audit of a layout that has it all inside.</summary>
public sealed class AttestationRuleTests
{
    private const string Builder = "https://ci.example.org/runner", Source = "https://git.example.org/images";
    private static readonly string[] Rules = ["BI4013", "BI4014", "BI4015", "BI4016"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(AttestationStatus.Trusted, AuditStatus.Pass)]
    [InlineData(AttestationStatus.Accepted, AuditStatus.Pass)]
    [InlineData(AttestationStatus.Skipped, AuditStatus.Skipped)]
    [InlineData(AttestationStatus.NotAttested, AuditStatus.Fail)]
    [InlineData(AttestationStatus.NoPolicy, AuditStatus.Fail)]
    [InlineData(AttestationStatus.UntrustedRoot, AuditStatus.Fail)]
    [InlineData(AttestationStatus.SignatureInvalid, AuditStatus.Fail)]
    [InlineData(AttestationStatus.SubjectMismatch, AuditStatus.Fail)]
    [InlineData(AttestationStatus.Revoked, AuditStatus.Fail)]
    [Fires("BI4013", "BI4015")]
    [Quiet("BI4013", "BI4015")]
    public void What_the_policy_does_not_accept_fails(AttestationStatus status, AuditStatus expected)
    {
        TestFacts facts = Facts(Provenance(status), Result(PredicateKind.Spdx, status, new JObject { ["spdxVersion"] = "SPDX-2.3" }));
        foreach (string rule in (string[])["BI4013", "BI4015"])
        {
            AuditResult row = facts.Row(rule);
            Assert.Equal(expected, row.Status);
            Assert.True(expected is not AuditStatus.Fail || row.Findings[0].Message.StartsWith($"{status}: ", StringComparison.Ordinal), row.Message);
        }
    }

    [Fact]
    public void Nothing_is_passed_where_nothing_was_verified()
    {
        foreach (string rule in Rules)
        {
            Assert.Equal(AuditStatus.Skipped, new TestFacts().Row(rule).Status);
            Assert.Equal(AuditStatus.Skipped, new TestFacts { Attestations = new AttestationFacts { Skipped = "There is no policy." } }.Row(rule).Status);
            Assert.Throws<TrustPolicyNotFoundException>(() => new TestFacts { Attestations = new AttestationFacts { Failure = new TrustPolicyNotFoundException("/none") } }.Row(rule));
        }

        // What nobody who is trusted states is judged by the rules that ask for a signer alone.
        TestFacts none = Facts(Provenance(AttestationStatus.UntrustedKey));
        Assert.Equal((AuditStatus.Skipped, AuditStatus.Skipped), (none.Row("BI4014").Status, none.Row("BI4016").Status));
    }

    [Fact]
    public void A_statement_about_another_platform_is_none_about_this_one()
    {
        TestFacts facts = Facts(Provenance(AttestationStatus.Trusted, platform: Platform.LinuxArm64));
        Assert.Equal(AuditStatus.Fail, facts.Row("BI4015").Status);
        facts.Platform = Platform.LinuxArm64;
        Assert.Equal(AuditStatus.Pass, facts.Row("BI4015").Status);
    }

    [Theory]
    [InlineData(null, null, AuditStatus.Pass)]
    [InlineData(Builder, null, AuditStatus.Pass)]
    [InlineData(Builder + "2", null, AuditStatus.Fail)]
    [InlineData("https://ci.example.org/*", null, AuditStatus.Fail)]
    [InlineData(Builder, "https://git.example.org/*", AuditStatus.Pass)]
    [InlineData(null, "https://git.example.com/*", AuditStatus.Fail)]
    public void A_builder_or_source_that_the_policy_does_not_allow_fails(string? builder, string? source, AuditStatus expected)
    {
        AuditPolicy policy = AuditPolicy.None with { Limits = new PolicyLimits { AllowedBuilders = builder is null ? null : [builder], AllowedSources = source is null ? null : [source] } };
        Assert.Equal(expected, Facts(Provenance(AttestationStatus.Trusted)).Row("BI4015", policy).Status);
    }

    [Fact]
    [Fires("BI4016")]
    [Quiet("BI4016")]
    public void What_is_not_pinned_is_named()
    {
        Assert.Equal(AuditStatus.Pass, Facts(Provenance(AttestationStatus.Trusted)).Row("BI4016").Status);
        AuditResult row = Facts(Provenance(AttestationStatus.Trusted, new AttestedMaterial("installer", "https://example.org/i.sh", []))).Row("BI4016");
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Contains("'installer'", row.Findings[0].Message, StringComparison.Ordinal);
        AttestationResult silent = Provenance(AttestationStatus.Trusted);
        silent = silent with { Attestations = [silent.Attestations[0] with { Attestation = silent.Attestations[0].Attestation with { Materials = [] } }] };
        Assert.Equal(AuditStatus.Fail, Facts(silent).Row("BI4016").Status);
    }

    [Theory]
    [InlineData("pkg:deb/debian/hello@1.0?arch=amd64&distro=debian-12", AuditStatus.Pass)]
    [InlineData("pkg:deb/debian/hello@1.0?arch=amd64&upstream=hello", AuditStatus.Pass)]
    [InlineData("pkg:deb/debian/hello@1.1?arch=amd64", AuditStatus.Fail)]
    [InlineData("pkg:deb/debian/hello@1.0?arch=source", AuditStatus.Fail)]
    [InlineData("hello", AuditStatus.Fail)]
    [Fires("BI4014")]
    [Quiet("BI4014")]
    public void The_bill_lists_what_the_image_has(string url, AuditStatus expected)
    {
        JObject spdx = new() { ["spdxVersion"] = "SPDX-2.3", ["packages"] = new JArray(new JObject { ["externalRefs"] = new JArray(new JObject { ["referenceType"] = "purl", ["referenceLocator"] = url }) }) };
        JObject cyclone = new() { ["bomFormat"] = "CycloneDX", ["components"] = new JArray(new JObject { ["type"] = "operating-system" }, new JObject { ["purl"] = url }, new JObject { ["purl"] = "pkg:npm/left-pad@1.0.0" }) };
        foreach (AttestationResult sbom in (AttestationResult[])[Result(PredicateKind.Spdx, AttestationStatus.Trusted, spdx), Result(PredicateKind.CycloneDx, AttestationStatus.Trusted, cyclone)])
        {
            TestFacts facts = Facts(null, sbom);
            facts.Listed = [new ImagePackage { Name = "hello", Version = new PackageVersion("1.0"), Architecture = "amd64", Source = "hello", SourceVersion = new PackageVersion("1.0") }];
            AuditResult row = facts.Row("BI4014");
            Assert.True(expected == row.Status, row.Message);
            facts.Listed = [];
            Assert.Equal(url.Contains("arch=source", StringComparison.Ordinal) || url == "hello" ? AuditStatus.Pass : AuditStatus.Fail, facts.Row("BI4014").Status);
        }
    }

    [Fact]
    public void What_others_write_is_read_whatever_it_is()
    {
        foreach (string text in (string[])["{}", """{"spdxVersion":1,"packages":{}}""", """{"components":[1,{"purl":7},{"components":[{"purl":"pkg:apk/alpine/a%2Bb@1"}]}]}""", """{"spdxVersion":"x","packages":[{"externalRefs":[{"referenceType":"purl"}]},null]}"""])
        {
            IReadOnlySet<string> found = SbomPackageUrls.Read(StrictJson.ParseObject(System.Text.Encoding.UTF8.GetBytes(text), "sbom"));
            Assert.True(found.Count <= 1 && found.All(url => url == "pkg:apk/alpine/a+b@1"), string.Join(' ', found));
        }
    }

    [Fact]
    public async Task An_audit_of_a_layout_verifies_what_lies_inside_it()
    {
        using AttestationRoom room = new();
        using SignatureRoom trust = new();
        TestAuthority root = TestAuthority.Root(change: c => c.NotAfter = DateTimeOffset.UtcNow.AddYears(10)), signer = root.Leaf(change: c => c.NotAfter = DateTimeOffset.UtcNow.AddYears(5));
        trust.TrustRoots(roots: root);
        string image = await room.ImageAsync("many", Platform.LinuxAmd64, Platform.LinuxArm64);
        SigningKeySource key = new() { KeyPath = trust.Write("build.pem", signer.KeyPem + "\n" + signer.ChainPem) };
        Assert.All(await AuditAsync(room, image, trust.Trust), row => Assert.Equal(row.RuleId is "BI4013" or "BI4015" ? AuditStatus.Fail : AuditStatus.Skipped, row.Status));
        await room.Attester.AttestAsync(new AttestationRequest { Image = image, Key = key, Sboms = [SbomFormat.Spdx, SbomFormat.CycloneDx], Provenance = AttestationRoom.Built(Platform.LinuxAmd64, Platform.LinuxArm64) }, SilentReporter.Instance, Token);
        IReadOnlyList<AuditResult> rows = await AuditAsync(room, image, trust.Trust);
        Assert.Equal(8, rows.Count);
        Assert.All(rows, row => Assert.True(row.Status is AuditStatus.Pass, $"{row.RuleId} {row.Platform}: {row.Status} {row.Message}"));

        // Of somebody else's they prove nothing.
        trust.TrustRoots(stores: "\"ca:other\"", roots: []);
        trust.Put("ca/other", TestAuthority.Root("CN=Other"));
        Assert.All(await AuditAsync(room, image, trust.Trust), row => Assert.Equal(row.RuleId is "BI4013" or "BI4015" ? AuditStatus.Fail : AuditStatus.Skipped, row.Status));
    }

    private static async Task<IReadOnlyList<AuditResult>> AuditAsync(AttestationRoom room, string image, TrustRequest trust)
    {
        SignatureFactsSource source = new(new SignatureTester(room.OpenAsync, TimeProvider.System), new AttestationTester(room.OpenAsync, TimeProvider.System));
        Auditor auditor = new(new BaseImage.Engine.Auditing.InspectionFacts(() => room.Paths, room.Shelf), RuleCatalogue.Instance, AuditorTests.Policies, TimeProvider.System, signatures: source);
        List<AuditResult> rows = [];
        await foreach (AuditResult row in auditor.AuditAsync(new AuditRequest { Reference = image, Rules = Rules, Trust = trust }, SilentReporter.Instance, Token))
        {
            rows.Add(row);
        }

        return rows;
    }

    private static TestFacts Facts(AttestationResult? provenance, params AttestationResult[] sboms) => new() { Attestations = new AttestationFacts { Provenance = provenance, Sboms = sboms } };

    private static AttestationResult Provenance(AttestationStatus status, AttestedMaterial? loose = null, Platform? platform = null)
    {
        JObject predicate = new()
        {
            ["buildDefinition"] = new JObject { ["buildType"] = "https://example.org/build", ["externalParameters"] = new JObject { ["source"] = Source } },
            ["runDetails"] = new JObject { ["builder"] = new JObject { ["id"] = Builder } },
        };
        AttestationResult result = Result(PredicateKind.Provenance, status, predicate, platform);
        AttestedMaterial pinned = new("base", "", ["sha256:" + new string('a', 64)]);
        return result with { Attestations = [.. result.Attestations.Select(verdict => verdict with { Attestation = verdict.Attestation with { BuilderId = Builder, Materials = loose is null ? [pinned] : [pinned, loose] } })] };
    }

    private static AttestationResult Result(string kind, AttestationStatus status, JObject predicate, Platform? platform = null)
    {
        ImageAttestation attestation = new() { Image = "web", Platform = platform, PredicateType = kind, Predicate = predicate.ToString() };
        bool isLooked = status is not (AttestationStatus.NotAttested or AttestationStatus.NoPolicy or AttestationStatus.Skipped);
        return new AttestationResult { Image = "web", PredicateType = kind, Status = status, Message = "Because.", Attestations = isLooked ? [new AttestationVerdict(attestation, status, "Because.", "")] : [] };
    }
}
