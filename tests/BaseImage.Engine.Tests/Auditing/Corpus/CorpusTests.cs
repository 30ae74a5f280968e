using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Images;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing.Corpus;

/// <summary>Faults planted with real tools are found where they are, and what only looks like one is left alone.</summary>
public class CorpusTests
{
    private static readonly HashSet<string> Known = [.. RuleCatalogue.Instance.Evaluated.Select(rule => rule.Describe.Id)];

    public static TheoryData<string> FaultyPlaces => [.. CorpusRows.Faults.Select(row => row.Where).Distinct()];

    public static TheoryData<string> InnocentPlaces => [.. CorpusRows.Innocent.Select(row => row.Where).Distinct()];

    [Fact]
    public void There_are_rows_enough_and_each_has_a_name()
    {
        Assert.True(CorpusRows.Faults.Count >= 60 && CorpusRows.Innocent.Count >= 30);
        Assert.Equal([], CorpusRows.Faults.Concat(CorpusRows.Innocent).GroupBy(row => row.Name).Where(group => group.Count() > 1).Select(group => group.Key));
        Assert.Equal([], CorpusRows.Faults.Concat(CorpusRows.Innocent).Select(row => row.Rule).Distinct().Where(rule => !Known.Contains(rule)));
    }

    [Theory, MemberData(nameof(FaultyPlaces))]
    public async Task Every_fault_is_found(string where)
    {
        CorpusRow[] rows = [.. CorpusRows.Faults.Where(row => row.Where == where)];
        IReadOnlyList<AuditResult> results = await AuditAsync(where, rows);
        Assert.Equal("", string.Join('\n', rows.Where(row => !results.Any(result => result.RuleId == row.Rule && result.Findings.Any(row.Speaks)))
            .Select(row => $"{row.Rule} {row.Name}: {string.Join(" | ", results.Where(result => result.RuleId == row.Rule).Select(result => $"{result.Status} {result.Message} {string.Join("; ", result.Findings.Take(8))}"))}")));
    }

    [Theory, MemberData(nameof(InnocentPlaces))]
    public async Task Nothing_innocent_is_reported(string where)
    {
        CorpusRow[] rows = [.. CorpusRows.Innocent.Where(row => row.Where == where)];
        IReadOnlyList<AuditResult> results = await AuditAsync(where, rows);
        Assert.Equal("", string.Join('\n', rows.SelectMany(row => results.Where(result => result.RuleId == row.Rule).SelectMany(result => result.Findings).Where(row.Speaks).Select(finding => $"{row.Rule} {row.Name}: {finding}"))));
        Assert.DoesNotContain(results, result => result.Status == AuditStatus.Error);
    }

    private static async Task<IReadOnlyList<AuditResult>> AuditAsync(string where, CorpusRow[] rows)
    {
        using TempFolder folder = new("corpus");
        string reference = rows[0].IsDocker ? await CorpusImages.ImageAsync(where["docker:".Length..], rows, folder) : await CorpusTrees.ImageAsync(where, rows, folder);
        using ContentCache cache = ContentCache.Open(CorpusTrees.PathsOf(folder).CacheRoot);
        Auditor auditor = new(new InspectionFacts(() => CorpusTrees.PathsOf(folder), new LayerShelf(() => cache)), RuleCatalogue.Instance, AuditorTests.Policies, TimeProvider.System);
        List<AuditResult> results = [];
        await foreach (AuditResult row in auditor.AuditAsync(new AuditRequest { Reference = reference }, SilentReporter.Instance, TestContext.Current.CancellationToken))
        {
            results.Add(row);
        }

        Assert.DoesNotContain(results, row => row.RuleId == "BI0000");
        string all = string.Join('\n', results.Select(Newtonsoft.Json.JsonConvert.SerializeObject));
        Assert.DoesNotContain(CorpusImages.Secret, all, StringComparison.Ordinal);
        return results;
    }
}
