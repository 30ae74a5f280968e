using System.Diagnostics;
using System.Text;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing.Contents;

/// <summary>Audits in other processes, on one cache: killed meanwhile, and two at once.</summary>
public sealed class AuditKillTests
{
    private const string Variable = "BASEIMAGE_TEST_KILLED_AUDIT", Archive = "images.tar", Cache = "cache";

    /// <summary>The test runs itself in other processes, which audit until they are killed.</summary>
    [Fact]
    public async Task A_killed_audit_leaves_no_wrong_row_and_no_broken_cache()
    {
        if (await IsChildAsync())
        {
            return;
        }

        using TempFolder folder = await PrepareAsync();
        (string golden, TimeSpan duration) = await GoldenAsync(folder);
        int killed = 0;
        for (int i = 0; i < 6; i++)
        {
            Directory.Delete(folder.Combine(Cache), recursive: true);
            using Process victim = Start(folder, nameof(A_killed_audit_leaves_no_wrong_row_and_no_broken_cache));
            try
            {
                while (!Directory.Exists(folder.Combine(Cache, "tmp")) && !victim.HasExited)
                {
                    await Task.Delay(2, TestContext.Current.CancellationToken);
                }

                await Task.Delay(duration * Random.Shared.NextDouble(), TestContext.Current.CancellationToken);
            }
            finally
            {
                victim.Kill(entireProcessTree: true);
                await victim.WaitForExitAsync(CancellationToken.None);
            }

            killed += victim.ExitCode != 0 ? 1 : 0;
            Assert.Equal(golden, await RowsAsync(folder.Path));
            Assert.Equal(golden, await RowsAsync(folder.Path));
            using ContentCache after = ContentCache.Open(folder.Combine(Cache));
            Assert.Single(Directory.EnumerateDirectories(folder.Combine(Cache, "tmp")));
        }

        Assert.True(killed > 0, "every audit had ended before it was to be killed");
    }

    /// <summary>The test runs itself in two other processes at once.</summary>
    [Fact]
    public async Task Two_audits_at_once_on_one_cache_say_what_one_does()
    {
        if (await IsChildAsync())
        {
            return;
        }

        using TempFolder folder = await PrepareAsync();
        (string golden, _) = await GoldenAsync(folder);
        for (int i = 0; i < 3; i++)
        {
            Directory.Delete(folder.Combine(Cache), recursive: true);
            Process[] both = [.. Enumerable.Range(0, 2).Select(_ => Start(folder, nameof(Two_audits_at_once_on_one_cache_say_what_one_does)))];
            foreach (Process process in both)
            {
                using (process)
                {
                    await process.WaitForExitAsync(TestContext.Current.CancellationToken);
                    Assert.Equal(0, process.ExitCode);
                }
            }

            string[] said = Directory.GetFiles(folder.Path, "*.rows");
            Assert.Equal(2, said.Length);
            Assert.All(said, path => Assert.Equal(golden, File.ReadAllText(path)));
            Array.ForEach(said, File.Delete);
            Assert.Equal(golden, await RowsAsync(folder.Path));
        }
    }

    private static async Task<bool> IsChildAsync()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } folder)
        {
            return false;
        }

        string rows = await RowsAsync(folder);
        await File.WriteAllTextAsync(Path.Combine(folder, $"{Environment.ProcessId}.rows"), rows, TestContext.Current.CancellationToken);
        return true;
    }

    private static Process Start(TempFolder folder, string method)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "BaseImage.Engine.Tests" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        ProcessStartInfo start = new(program, ["-method", $"{typeof(AuditKillTests).FullName}.{method}"]);
        start.Environment[Variable] = folder.Path;
        return Process.Start(start)!;
    }

    private static async Task<(string Rows, TimeSpan Duration)> GoldenAsync(TempFolder folder)
    {
        long start = Stopwatch.GetTimestamp();
        string rows = await RowsAsync(folder.Path);
        TimeSpan duration = Stopwatch.GetElapsedTime(start);
        Assert.Contains("etc/secret", rows, StringComparison.Ordinal);
        Assert.DoesNotContain(nameof(AuditStatus.Error), rows, StringComparison.Ordinal);
        return (rows, duration);
    }

    private static async Task<string> RowsAsync(string folder)
    {
        using ContentCache cache = ContentCache.Open(Path.Combine(folder, Cache));
        InspectionFacts facts = new(() => new BaseImagePaths(Path.Combine(folder, Cache), Path.Combine(folder, "store"), []), new LayerShelf(() => cache));
        Auditor auditor = new(facts, RuleCatalogue.Instance, AuditorTests.Policies, TimeProvider.System);
        StringBuilder rows = new();
        await foreach (AuditResult row in auditor.AuditAsync(new AuditRequest { Reference = $"docker-archive:{Path.Combine(folder, Archive)}" }, SilentReporter.Instance, TestContext.Current.CancellationToken))
        {
            rows.Append(row.Image).Append(' ').Append(row.RuleId).Append(' ').Append(row.Status).Append(' ').Append(row.Message).Append('\n');
            rows.AppendJoin("", row.Findings.Select(finding => $"  {finding.Path} {finding.Message} {finding.Fingerprint}\n"));
        }

        return rows.ToString();
    }

    // Three images on one base that takes a while to look at.
    private static async Task<TempFolder> PrepareAsync()
    {
        TempFolder folder = new();
        Random random = new(1);
        TestTar shared = new();
        string token = TestSecrets.All()[0] is var first ? first.Text.Replace("{0}", first.Secret, StringComparison.Ordinal) : "";
        shared.Add("etc/secret", content: Encoding.UTF8.GetBytes(token + "\n"));
        for (int i = 0; i < 300; i++)
        {
            shared.Add($"data/{i % 20}/file{i}", content: Encoding.ASCII.GetBytes(Convert.ToHexString(Enumerable.Range(0, 20_000).Select(_ => (byte)random.Next(256)).ToArray())));
        }

        byte[] below = shared.ToArray();
        TestEngineImage[] images = [.. Enumerable.Range(0, 3).Select(i => TestEngineImage.Of([below, TestEngineImage.Tar("own", $"{i}")], """{"User":"1:1"}""", $"killed:{i}"))];
        await File.WriteAllBytesAsync(folder.Combine(Archive), TestEngineImage.ArchiveOf(images), TestContext.Current.CancellationToken);
        return folder;
    }
}
