using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Policies;

namespace BaseImage.Engine.Tests.Auditing;

public class ProvenanceRuleTests
{
    private const string Oci = "application/vnd.oci.image.", Base = "org.opencontainers.image.base.", Image = "org.opencontainers.image.";
    private static readonly string Sha = new('a', 64), Commit = new('b', 40);

    private static Dictionary<string, string> Said(params (string Name, string Value)[] pairs) => pairs.ToDictionary(p => p.Name, p => p.Value, StringComparer.Ordinal);

    private static ManifestLayer Layer(string type = Oci + "layer.v1.tar+gzip", long size = 10, Dictionary<string, string>? annotations = null)
        => new(Digest.FromSha256Hex(Sha), size, type, annotations ?? []);

    private static TestFacts Facts(Dictionary<string, string>? labels = null, Dictionary<string, string>? annotations = null, Func<ManifestFacts, ManifestFacts>? manifest = null, int steps = 1)
    {
        TestFacts facts = new()
        {
            Config = new() { Labels = labels ?? [] },
            Manifest = new ManifestFacts { MediaType = Oci + "manifest.v1+json", ConfigMediaType = Oci + "config.v1+json", Layers = [Layer()], Annotations = annotations ?? [], Stated = Platform.LinuxAmd64, Configured = Platform.LinuxAmd64 },
        };
        facts.Manifest = manifest?.Invoke(facts.Manifest) ?? facts.Manifest;
        for (int i = 0; i < steps; i++)
        {
            facts.History.Add(new ImageHistory(TestFacts.Epoch, "RUN", "", false));
        }

        return facts;
    }

    private static TestFacts Fault(string rule) => rule switch
    {
        "BI4001" => Facts(Said((Base + "name", "debian:12"))),
        "BI4003" => Facts(manifest: m => m with { Layers = [Layer(), Layer()] }),
        "BI4004" => Facts(manifest: m => m with { Layers = [Layer("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip")] }),
        "BI4005" => Facts(Said((Image + "version", "1.0")), Said((Image + "version", "2.0"))),
        "BI4006" => Facts(manifest: m => m with { Stated = Platform.LinuxArm64 }),
        "BI4007" => Facts(Said((Image + "created", "2020-05-05T00:00:00Z"))),
        "BI4008" => Facts(Said((Image + "version", "latest"))),
        "BI4009" => Facts(Said((Image + "version", "${VERSION}"))),
        "BI4010" => Facts(Said((Image + "revision", "main"))),
        _ => Facts(manifest: m => m with { Layers = [Layer(annotations: Said(("io.baseimage.fragments", $"sha256:{Sha} 9 20 dirs")))] }),
    };

    public static TheoryData<string> Rules => ["BI4001", "BI4003", "BI4004", "BI4005", "BI4006", "BI4007", "BI4008", "BI4009", "BI4010", "BI4011"];

    [Theory, MemberData(nameof(Rules))]
    [Fires("BI4001", "BI4003", "BI4004", "BI4005", "BI4006", "BI4007", "BI4008", "BI4009", "BI4010", "BI4011")]
    public void What_cannot_be_true_is_found(string rule)
    {
        AuditResult row = Fault(rule).Row(rule);
        Assert.Equal(AuditStatus.Fail, row.Status);
        Assert.Contains(row.Findings, f => f.Severity > Severity.Info);
    }

    [Theory, MemberData(nameof(Rules))]
    [Quiet("BI4001", "BI4003", "BI4004", "BI4005", "BI4006", "BI4007", "BI4008", "BI4009", "BI4010", "BI4011")]
    public void What_agrees_is_not(string rule)
    {
        Dictionary<string, string> labels = Said(
            (Image + "version", "1.2.3"), (Image + "revision", Commit), (Image + "source", "https://example.org/x"), (Image + "created", "2026-01-02T03:04:05Z"), (Image + "description", "costs $5 and ${more} of it"),
            (Base + "name", "docker.io/library/debian:12"), (Base + "digest", "sha256:" + Sha), ("org.label-schema.vcs-ref", Commit[..7]));
        AuditResult row = Facts(labels, Said((Image + "version", "1.2.3"), (Image + "created", "2026-01-02T04:04:05+01:00")), m => m with { Layers = [Layer(size: 30, annotations: Said(("io.baseimage.fragments", $"sha256:{Sha} 10 20 dirs\nsha256:{Sha} 20 40 a name")))] }).Row(rule);
        Assert.Equal((AuditStatus.Pass, 0), (row.Status, row.Findings.Count));
    }

    [Theory]
    [InlineData("1234567", true)]
    [InlineData("r1234", false)]
    [InlineData("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-dirty", true)]
    [InlineData("bbbbbbb", true)]
    [InlineData("refs/heads/main", true)]
    [InlineData("", false)]
    public void A_revision_is_one_state(string revision, bool fails)
        => Assert.Equal(fails && revision != "1234567" ? AuditStatus.Fail : AuditStatus.Pass, Facts(Said((Image + "revision", revision))).Row("BI4010").Status);

    [Theory]
    [Fires("BI4002")]
    [Quiet("BI4002")]
    [InlineData("registry.internal/base/debian:12", "", AuditStatus.Pass)]
    [InlineData("docker.io/library/debian:12", "", AuditStatus.Fail)]
    [InlineData("", "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", AuditStatus.Pass)]
    [InlineData("", "", AuditStatus.Skipped)]
    public void Bases_are_those_that_the_policy_allows(string name, string digest, AuditStatus status)
    {
        AuditPolicy policy = new() { Limits = new PolicyLimits { AllowedBases = ["registry.internal/base/*", "sha256:aaaa*", "own"] } };
        TestFacts facts = Facts(Said((Base + "name", name), (Base + "digest", digest)));
        facts.Name = "app";
        Assert.Equal(status, facts.Row("BI4002", policy with { Limits = policy.Limits with { AllowedBases = name.Length + digest.Length == 0 ? ["registry.internal/base/*"] : policy.Limits.AllowedBases } }).Status);
        Assert.Equal(AuditStatus.Skipped, facts.Row("BI4002").Status);
        facts.Name = "own";
        Assert.Equal(status == AuditStatus.Skipped ? AuditStatus.Pass : status, facts.Row("BI4002", policy).Status);
    }

    [Fact]
    public void What_is_not_known_is_skipped_and_what_is_usual_a_note()
    {
        Assert.All(["BI4003", "BI4004", "BI4005", "BI4006", "BI4011"], rule => Assert.Equal(AuditStatus.Skipped, new TestFacts().Row(rule).Status));
        AuditResult docker = Facts(manifest: m => m with { MediaType = "application/vnd.docker.distribution.manifest.v2+json", ConfigMediaType = "application/vnd.docker.container.image.v1+json", Layers = [Layer("application/vnd.docker.image.rootfs.diff.tar.gzip")] }).Row("BI4004");
        Assert.Equal((AuditStatus.Pass, 1), (docker.Status, docker.Findings.Count));
        Assert.Equal(AuditStatus.Fail, Facts(manifest: m => m with { Layers = [Layer("application/vnd.docker.image.rootfs.diff.tar.gzip")] }).Row("BI4004").Status);
        Assert.Equal((AuditStatus.Pass, 1), (Facts(steps: 3, manifest: m => m with { Layers = [Layer(), Layer(), Layer()] }).Row("BI4001").Status, Facts(steps: 0).Row("BI4003").Findings.Count));
        TestFacts future = Facts();
        future.Created = TestFacts.Epoch.AddDays(3);
        Assert.Equal(AuditStatus.Fail, future.Row("BI4007").Status);
        future.Created = DateTimeOffset.UnixEpoch;
        Assert.Equal(AuditStatus.Pass, future.Row("BI4007").Status);
    }
}
