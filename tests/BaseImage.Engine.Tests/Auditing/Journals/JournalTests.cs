using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Journals;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing.Journals;

public sealed class JournalTests : IDisposable
{
    private readonly TempFolder _folder = new("journal");

    private string Path => _folder.Combine("audit.journal");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task An_audit_of_hundreds_that_was_stopped_goes_on()
    {
        const int Images = 300, StoppedAfter = 120;
        Source whole = new(), first = new(), second = new();
        List<AuditResult> expected = [], resumed = [];
        using (IAuditJournal journal = await OpenAsync())
        {
            for (int i = 0; i < StoppedAfter; i++)
            {
                await AuditAsync(first, $"image{i}", journal);
            }
        }

        using (IAuditJournal journal = await OpenAsync())
        {
            for (int i = 0; i < Images; i++)
            {
                expected.AddRange(await AuditAsync(whole, $"image{i}", null));
                resumed.AddRange(await AuditAsync(second, $"image{i}", journal));
            }
        }

        Assert.Equal(StoppedAfter, first.Read);
        Assert.Equal(Images - StoppedAfter, second.Read);
        Assert.Equal(expected.Select(Text), resumed.Select(Text));
    }

    [Fact]
    public async Task Half_a_line_and_a_changed_one_are_audited_again()
    {
        List<AuditResult> expected;
        using (IAuditJournal journal = await OpenAsync())
        {
            expected = [.. await AuditAsync(new Source(), "a", journal), .. await AuditAsync(new Source(), "b", journal)];
        }

        byte[] whole = await File.ReadAllBytesAsync(Path, TestContext.Current.CancellationToken);
        int lastLine = whole.AsSpan(0, whole.Length - 1).LastIndexOf((byte)'\n') + 1;
        foreach (int length in Enumerable.Range(0, 12).Select(i => lastLine + (i * (whole.Length - lastLine) / 12)).Append(whole.Length - 1).Append(5))
        {
            await File.WriteAllBytesAsync(Path, whole[..length], TestContext.Current.CancellationToken);
            await ExpectAsync(length > 5 ? 1 : 2);
        }

        for (int seed = 0; seed < 40; seed++)
        {
            byte[] damaged = [.. whole];
            damaged[lastLine + new Random(seed).Next(whole.Length - lastLine - 1)] ^= (byte)(1 << (seed % 8));
            await File.WriteAllBytesAsync(Path, damaged, TestContext.Current.CancellationToken);
            await ExpectAsync(1);
        }

        // Whatever was done to it, the journal is whole again after that.
        await ExpectAsync(0);

        async Task ExpectAsync(int read)
        {
            Source source = new();
            using IAuditJournal journal = await OpenAsync();
            List<AuditResult> rows = [.. await AuditAsync(source, "a", journal), .. await AuditAsync(source, "b", journal)];
            Assert.Equal(read, source.Read);
            Assert.Equal(expected.Select(Text), rows.Select(Text));
        }
    }

    [Fact]
    public async Task Images_of_one_digest_keep_their_own_names()
    {
        Source source = new() { Digest = new string('7', 64) };
        using IAuditJournal journal = await OpenAsync();
        List<AuditResult> one = await AuditAsync(source, "one", journal), two = await AuditAsync(source, "two", journal);
        Assert.Equal(2, source.Read);
        Assert.NotEqual(one[0].Image, two[0].Image);
        Assert.Equal(two.Select(Text), (await AuditAsync(source, "two", journal)).Select(Text));
        Assert.Equal(2, source.Read);
    }

    [Fact]
    public async Task Other_rules_and_another_policy_are_another_audit()
    {
        Source source = new();
        string policy = _folder.Combine("policy.json");
        await File.WriteAllTextAsync(policy, """{ "SchemaVersion": 1, "Severities": { "BI1001": "Low" }, "Suppressions": [ { "Rule": "BI2001", "Reason": "r", "Owner": "o", "Until": "2026-06-30" } ] }""", TestContext.Current.CancellationToken);
        AuditRequest[] requests =
        [
            new() { Reference = "a" },
            new() { Reference = "a", Rules = ["BI1*"] },
            new() { Reference = "a", ExcludedRules = ["BI1001"] },
            new() { Reference = "a", PolicyPath = policy, ExcludedRules = ByDay },
        ];
        using IAuditJournal journal = await OpenAsync();
        foreach (AuditRequest request in requests.Concat(requests))
        {
            await AuditAsync(source, request with { Journal = journal }, TestFacts.Epoch);
        }

        Assert.Equal(requests.Length, source.Read);

        // A policy that says the same is the same; on the day after a suppression has run out it is not.
        await File.AppendAllTextAsync(policy, "\n\n", TestContext.Current.CancellationToken);
        await AuditAsync(source, requests[3] with { Journal = journal }, new DateTimeOffset(2026, 6, 30, 23, 59, 59, TimeSpan.Zero));
        Assert.Equal(requests.Length, source.Read);
        await AuditAsync(source, requests[3] with { Journal = journal }, new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Equal(requests.Length + 1, source.Read);
    }

    [Fact]
    public async Task Rules_that_judge_by_the_day_are_judged_on_each()
    {
        Source source = new();
        AuditRequest all = new() { Reference = "a" }, timeless = new() { Reference = "a", ExcludedRules = ByDay };
        using IAuditJournal journal = await OpenAsync();
        foreach (int hours in new[] { 0, 1, 24, 25 })
        {
            await AuditAsync(source, all with { Journal = journal }, new DateTimeOffset(2026, 6, 30, 22, 30, 0, TimeSpan.Zero).AddHours(hours));
        }

        Assert.Equal(2, source.Read);
        await AuditAsync(source, timeless with { Journal = journal }, new DateTimeOffset(2026, 6, 30, 22, 30, 0, TimeSpan.Zero));
        await AuditAsync(source, timeless with { Journal = journal }, new DateTimeOffset(2027, 6, 30, 22, 30, 0, TimeSpan.Zero));
        Assert.Equal(3, source.Read);
    }

    [Fact]
    public void Rules_that_ask_for_the_time_say_that_they_depend_on_the_day()
    {
        string rules = System.IO.Path.Combine(Tools.Root(), "src", "BaseImage.Engine", "Auditing", "Rules");
        string[] asking = [.. Directory.EnumerateFiles(rules, "*.cs", SearchOption.AllDirectories).Where(file => File.ReadAllText(file).Contains("facts.Now", StringComparison.Ordinal)).Select(file => System.IO.Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)];
        Assert.Equal(asking, RuleCatalogue.Instance.Evaluated.Where(rule => rule.DependsOnDay).Select(rule => rule.GetType().Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task How_an_image_is_run_is_another_audit_whoever_says_it()
    {
        Source source = new();
        string plain = _folder.Combine("plain.json"), policy = _folder.Combine("runs.json");
        await File.WriteAllTextAsync(plain, """{ "SchemaVersion": 1 }""", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(policy, """{ "SchemaVersion": 1, "Runtime": { "GraceSeconds": 5 } }""", TestContext.Current.CancellationToken);
        AuditRequest run = new() { Reference = "a", Rules = ["BI1002"], PolicyPath = plain, Runtime = new RuntimeRequest { ConfirmAsync = (_, _) => Task.FromResult(true) } };
        using IAuditJournal journal = await OpenAsync();
        await AuditAsync(source, run with { Journal = journal }, TestFacts.Epoch);
        await AuditAsync(source, run with { Journal = journal, PolicyPath = policy }, TestFacts.Epoch);
        Assert.Equal(2, source.Read);

        // The same effective profile, said by the caller over the policy or alone.
        await AuditAsync(source, run with { Journal = journal, RuntimeSettings = new RuntimeSettings { GraceSeconds = 5 } }, TestFacts.Epoch);
        await AuditAsync(source, run with { Journal = journal, PolicyPath = policy, RuntimeSettings = new RuntimeSettings { GraceSeconds = 10 } }, TestFacts.Epoch);
        Assert.Equal(2, source.Read);

        // Where nothing is run, what a policy says on it changes nothing.
        await AuditAsync(source, run with { Journal = journal, Runtime = null }, TestFacts.Epoch);
        await AuditAsync(source, run with { Journal = journal, Runtime = null, PolicyPath = policy }, TestFacts.Epoch);
        Assert.Equal(3, source.Read);
    }

    [Fact]
    public async Task What_could_not_be_read_is_tried_again()
    {
        Source source = new() { Fails = true };
        using IAuditJournal journal = await OpenAsync();
        Assert.Equal(AuditStatus.Error, (await AuditAsync(source, "a", journal))[0].Status);
        source.Fails = false;
        Assert.NotEqual(AuditStatus.Error, (await AuditAsync(source, "a", journal))[0].Status);
    }

    [Theory]
    [InlineData("my notes, which nobody may overwrite\n")]
    [InlineData("{\"BaseImageJournal\":2}\n")]
    [InlineData("x")]
    public async Task A_file_that_is_something_else_is_left_alone(string content)
    {
        await File.WriteAllTextAsync(Path, content, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<JournalInvalidException>(OpenAsync);
        Assert.Equal(content, await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task One_process_at_a_time_writes_it()
    {
        using IAuditJournal journal = await OpenAsync();
        await Assert.ThrowsAsync<PathNotWritableException>(OpenAsync);
        await Assert.ThrowsAsync<PathNotWritableException>(() => AuditJournal.OpenAsync(_folder.Combine("no/such/folder"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Secrets_are_masked_in_it()
    {
        string[] secrets = [.. TestSecrets.All(11).Select(s => s.Secret)];
        using (IAuditJournal journal = await OpenAsync())
        {
            await AuditAsync(new Source { Env = [.. TestSecrets.All(11).Select((s, i) => $"V{i}={s.Text.Replace("{0}", s.Secret, StringComparison.Ordinal)}")] }, "a", journal);
        }

        string text = await File.ReadAllTextAsync(Path, TestContext.Current.CancellationToken);
        Assert.Contains("BI1002", text, StringComparison.Ordinal);
        Assert.All(secrets, secret => Assert.DoesNotContain(System.Text.Json.JsonEncodedText.Encode(secret).ToString(), text, StringComparison.Ordinal));
    }

    private static string[] ByDay => [.. RuleCatalogue.Instance.Evaluated.Where(rule => rule.DependsOnDay).Select(rule => rule.Describe.Id)];

    private static string Text(AuditResult row) => Newtonsoft.Json.JsonConvert.SerializeObject(row with { Duration = TimeSpan.Zero });

    private async Task<IAuditJournal> OpenAsync() => await AuditJournal.OpenAsync(Path, TestContext.Current.CancellationToken);

    private static Task<List<AuditResult>> AuditAsync(Source source, string image, IAuditJournal? journal) => AuditAsync(source, new AuditRequest { Reference = image, Journal = journal }, TestFacts.Epoch);

    private static async Task<List<AuditResult>> AuditAsync(Source source, AuditRequest request, DateTimeOffset now)
    {
        List<AuditResult> rows = [];
        await foreach (AuditResult row in new Auditor(source, RuleCatalogue.Instance, AuditorTests.Policies, new FixedTime(now)).AuditAsync(request, SilentReporter.Instance, TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        return rows;
    }

    /// <summary>Makes an image of any name, and counts how often one is read.</summary>
    private sealed class Source : IFactsSource
    {
        public int Read { get; private set; }

        public bool Fails { get; set; }

        public string? Digest { get; init; }

        public IReadOnlyList<string> Env { get; init; } = [];

        public Task<IFactsSession> OpenAsync(string reference, Platform? platform, CancellationToken cancellationToken)
        {
            Digest digest = Digest is null ? BaseImage.Digest.Of(Encoding.UTF8.GetBytes(reference)) : BaseImage.Digest.FromSha256Hex(Digest);
            ImageFacts facts = new TestFacts { Name = reference, Config = new ImageConfig { User = "1", Env = Env } }.File("/usr/bin/x", mode: 0x9ED).Build() with { Image = $"oci:/{reference}@{digest}", Digest = digest };
            return Task.FromResult<IFactsSession>(new Session([new PendingFacts(facts.Image, facts.Platform, digest, (_, _) =>
            {
                Read++;
                return Fails ? throw new InvalidDataException("broken") : Task.FromResult(facts);
            })
            { Name = reference }]));
        }

        private sealed record Session(IReadOnlyList<PendingFacts> Items) : IFactsSession
        {
            public ValueTask DisposeAsync() => ValueTask.CompletedTask;
        }
    }
}
