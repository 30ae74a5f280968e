using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Policies;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Tests.Images;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing;

public class AuditorTests
{
    private static readonly string Token = TestSecrets.All().First(s => s.Kind == "GitHub token").Secret;

    [Fact]
    [Quiet("BI2006")]
    public async Task An_index_is_audited_platform_by_platform()
    {
        using ImageRoom room = new();
        await room.WriteAsync("oci:" + room.Folder.Combine("web"), TestImage.Of("web", [TestImage.Tar()], Platform.LinuxAmd64, Platform.LinuxArm64), "1.0");
        IReadOnlyList<AuditResult> rows = await AuditAsync(room, "oci:" + room.Folder.Combine("web"));
        string[] rules = [.. RuleCatalogue.Instance.Evaluated.Where(rule => !rule.NeedsRuntime).Select(rule => rule.Describe.Id)];
        Assert.Equal([.. rules, .. rules], rows.Select(row => row.RuleId));
        Assert.Equal([Platform.LinuxAmd64, Platform.LinuxArm64], rows.Select(row => row.Platform!).Distinct());
        Assert.All(rows, row => Assert.Contains("@sha256:", row.Image, StringComparison.Ordinal));
        Assert.All(rows, row => Assert.False(row.Digest.IsEmpty));
        Assert.All(rows, row => Assert.True(row.Status is AuditStatus.Pass or AuditStatus.Skipped || row.Severity <= Severity.Low || row.RuleId == "BI1006", $"{row.RuleId}: {row.Status} {row.Message} {string.Join('|', row.Evidence)}"));
    }

    [Fact]
    public async Task A_secret_that_a_later_layer_deletes_is_found()
    {
        byte[] first = new TestTar().Add("root/", '5', mode: 0x1C0).Add("root/.token", content: Encoding.UTF8.GetBytes("x\n" + Token)).Add("root/kept", content: Encoding.UTF8.GetBytes(Token)).ToArray();
        byte[] second = new TestTar().Add("root/.wh..token").ToArray();
        using ImageRoom room = new();
        await room.WriteAsync("oci-archive:" + room.Folder.Combine("a.tar"), TestImage.Of("web", [first, second]), "1.0");
        AuditResult row = Assert.Single(await AuditAsync(room, "oci-archive:" + room.Folder.Combine("a.tar"), rules: ["BI2006"]));
        Assert.Equal(["/root/.token", "/root/kept"], row.Findings.Select(f => f.Path));
        Assert.Equal([2, 1], row.Findings.Select(f => f.Line));
        Assert.Contains("layer 0 still has it", row.Findings[0].Message, StringComparison.Ordinal);
        Assert.DoesNotContain("still has it", row.Findings[1].Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Token[8..], Newtonsoft.Json.JsonConvert.SerializeObject(row), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hard_links_share_what_their_content_says()
    {
        byte[] tar = new TestTar().Add("opt/a", content: [0x7f, .. "ELF BusyBox is a multi-call binary"u8], mode: 0x1ED).Add("opt/b", '1', link: "opt/a").ToArray();
        using ImageRoom room = new();
        await room.WriteAsync("oci:" + room.Folder.Combine("web"), TestImage.Of("web", [tar]));
        Assert.Equal(["/opt/a", "/opt/b"], Assert.Single(await AuditAsync(room, "oci:" + room.Folder.Combine("web"), rules: ["bi2004"])).Findings.Select(f => f.Path));
    }

    [Fact]
    public async Task A_damaged_layer_is_a_row_and_the_rest_goes_on()
    {
        using ImageRoom room = new();
        string folder = room.Folder.Combine("web");
        BuiltImage image = TestImage.Of("web", [TestImage.Tar()], Platform.LinuxAmd64, Platform.LinuxArm64);
        await room.WriteAsync("oci:" + folder, image, "1.0");
        string blob = Path.Combine(folder, "blobs", "sha256", image.Manifests[0].Layers[0].Descriptor.Digest.Hex);
        byte[] bytes = await File.ReadAllBytesAsync(blob, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        File.Delete(blob);
        await File.WriteAllBytesAsync(blob, bytes, TestContext.Current.CancellationToken);
        IReadOnlyList<AuditResult> rows = await AuditAsync(room, "oci:" + folder);
        Assert.Equal(2, rows.Count);
        Assert.All(rows, row => Assert.Equal(("BI0000", AuditStatus.Error), (row.RuleId, row.Status)));
        Assert.NotEqual("", rows[0].Evidence[0]);

        // What needs no layer is judged all the same.
        Assert.All(await AuditAsync(room, "oci:" + folder, rules: ["BI1002"]), row => Assert.Equal(AuditStatus.Pass, row.Status));
    }

    [Theory]
    [InlineData("oci:/nowhere/at/all")]
    [InlineData("oci-archive:/nowhere.tar")]
    [InlineData("docker://[::/x")]
    [InlineData("oci:")]
    [InlineData("a b\nc")]
    [InlineData("busybox:latest")]
    public async Task An_image_that_cannot_be_read_is_a_row(string reference)
    {
        using ImageRoom room = new();
        AuditResult row = Assert.Single(await AuditAsync(room, reference));
        Assert.Equal(("BI0000", AuditStatus.Error, Severity.High), (row.RuleId, row.Status, row.Severity));
        Assert.DoesNotContain(row.Image + row.Message + row.Remediation, char.IsControl);
        Assert.NotEqual("", row.Message);
        Assert.NotEqual("", Assert.Single(row.Evidence));
    }

    [Fact]
    public async Task A_rule_that_breaks_is_its_own_row()
    {
        Auditor auditor = new(new Given(new TestFacts().Build()), new RuleCatalogue([new Broken(), RuleCatalogue.Instance.Evaluated[0]]), Policies, TimeProvider.System);
        List<AuditResult> rows = await Collect(auditor, new AuditRequest { Reference = "x" });
        Assert.Equal([AuditStatus.Pass, AuditStatus.Error], rows.Select(row => row.Status));
        Assert.Contains("it broke", rows[1].Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Windows_images_are_judged_by_configuration_alone()
    {
        TestFacts facts = new() { Platform = new Platform("windows", "amd64") };
        Auditor auditor = new(new Given(facts.Build(withFiles: false)), RuleCatalogue.Instance, Policies, TimeProvider.System);
        List<AuditResult> rows = await Collect(auditor, new AuditRequest { Reference = "x" });
        IReadOnlyDictionary<string, IAuditRule> rules = RuleCatalogue.Instance.Evaluated.ToDictionary(rule => rule.Describe.Id);
        Assert.All(rows, row => Assert.True(row.Status is AuditStatus.Skipped or AuditStatus.Pass || row.Severity <= Severity.Low, row.RuleId));
        Assert.All(rows.Where(row => rules[row.RuleId].NeedsFiles), row => Assert.Equal(AuditStatus.Skipped, row.Status));
        Assert.Equal(AuditStatus.Pass, rows.Single(row => row.RuleId == "BI1002").Status);
        Assert.Contains(rows, row => row.Message.Contains("os=windows", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Rules_are_chosen_by_wildcards_and_mistakes_are_errors()
    {
        Auditor auditor = new(new Given(new TestFacts().Build()), RuleCatalogue.Instance, Policies, TimeProvider.System);
        string[] ids = [.. (await Collect(auditor, new AuditRequest { Reference = "x", Rules = ["bi1*", "BI3001"], ExcludedRules = ["BI1002"] })).Select(row => row.RuleId)];
        Assert.Equal(("BI1001", "BI3001"), (ids[0], ids[^1]));
        Assert.All(ids[..^1], id => Assert.True(id.StartsWith("BI1", StringComparison.Ordinal) && id != "BI1002", id));
        RuleNotFoundException error = await Assert.ThrowsAsync<RuleNotFoundException>(() => Collect(auditor, new AuditRequest { Reference = "x", Rules = ["BI201"] }));
        Assert.Contains("did you mean 'BI2001'", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<RuleNotFoundException>(() => Collect(auditor, new AuditRequest { Reference = "x", ExcludedRules = ["XX*"] }));
        error = await Assert.ThrowsAsync<RuleNotFoundException>(() => Collect(auditor, new AuditRequest { Reference = "x", Rules = ["BI6*"] }));
        Assert.Contains("Test-BaseImageDockerfile", error.RecommendedAction, StringComparison.Ordinal);
        await Assert.ThrowsAsync<PathNotFoundException>(() => Collect(auditor, new AuditRequest { Reference = "x", PolicyPath = "/nowhere/policy.json" }));
    }

    [Fact]
    public async Task A_rule_that_the_policy_turns_off_is_skipped_with_its_reason()
    {
        using TempFolder folder = new();
        string path = folder.Combine("policy.json");
        await File.WriteAllTextAsync(path, """{ "SchemaVersion": 1, "Disabled": { "BI1001": "runs rootless" } }""", TestContext.Current.CancellationToken);
        Auditor auditor = new(new Given(new TestFacts().Build()), RuleCatalogue.Instance, Policies, TimeProvider.System);
        AuditResult row = Assert.Single(await Collect(auditor, new AuditRequest { Reference = "x", Rules = ["BI1001"], PolicyPath = path }));
        Assert.Equal((AuditStatus.Skipped, "The policy turns the rule off: runs rootless"), (row.Status, row.Message));
    }

    [Fact]
    public async Task Cancelling_stops()
    {
        using CancellationTokenSource source = new();
        await source.CancelAsync();
        Auditor auditor = new(new Given(new TestFacts().Build()), RuleCatalogue.Instance, Policies, TimeProvider.System);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (AuditResult _ in auditor.AuditAsync(new AuditRequest { Reference = "x" }, SilentReporter.Instance, source.Token))
            {
            }
        });
    }

    internal static PolicyReader Policies { get; } = new(new DataFiles(null!), RuleCatalogue.Instance);

    private static Task<List<AuditResult>> AuditAsync(ImageRoom room, string reference, string[]? rules = null)
        => Collect(new Auditor(new InspectionFacts(() => room.Paths, room.Shelf), RuleCatalogue.Instance, Policies, TimeProvider.System), new AuditRequest { Reference = reference, Rules = rules ?? [] });

    private static async Task<List<AuditResult>> Collect(Auditor auditor, AuditRequest request)
    {
        List<AuditResult> rows = [];
        await foreach (AuditResult row in auditor.AuditAsync(request, SilentReporter.Instance, TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    private sealed class Given(ImageFacts facts) : IFactsSource, IFactsSession
    {
        public IReadOnlyList<PendingFacts> Items => [new PendingFacts(facts.Image, facts.Platform, facts.Digest, (_, _) => Task.FromResult(facts))];

        public Task<IFactsSession> OpenAsync(string reference, Platform? platform, CancellationToken cancellationToken) => Task.FromResult<IFactsSession>(this);

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }

    private sealed class Broken : IAuditRule
    {
        public AuditRule Describe { get; } = new() { Id = "BI9999", Title = "t", Severity = Severity.Low, Category = "c", Rationale = "r", Remediation = "m" };

        public bool NeedsFiles => true;

        public RuleOutcome Evaluate(ImageFacts facts, CancellationToken cancellationToken) => throw new InvalidOperationException("it broke\u0007");
    }
}
