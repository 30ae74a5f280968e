using System.Collections.Concurrent;
using System.Globalization;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>
/// Closures against <c>apt-get install --simulate</c> with an empty status file, recommends off: 100 packages of a committed
/// list that was chosen to be hard (apt-packages.txt), and 100 new ones by a printed seed. BASEIMAGE_SEED replays a run;
/// BASEIMAGE_APT_NEW says how many new ones. Every difference has its rule: of the fixed ones by a committed row
/// (apt-differences.txt), of the new ones by <see cref="AptDifference"/>.
/// </summary>
public sealed class AptAgreementTests(ITestOutputHelper output)
{
    private const int MostDifferences = 4;

    [Fact]
    public Task Of200PackagesOfDebian12AtMost4DifferFromApt() => CompareAsync("bookworm", isFixed: true, fresh: 100, leastHard: 60);

    [Fact]
    public Task AShareOfDebian13AgreesToo() => CompareAsync("trixie", isFixed: false, fresh: 16, leastHard: 0);

    private async Task CompareAsync(string codename, bool isFixed, int fresh, int leastHard)
    {
        using AptPeer apt = await AptPeer.OpenAsync(codename);
        int seed = Number("BASEIMAGE_SEED", NumberStyles.AllowLeadingSign) ?? Environment.TickCount;
        string[] committed = isFixed ? await LinesAsync("apt-packages.txt") : [];
        string[] tried = [.. committed.Concat(Fresh(apt.Universe, seed, (Number("BASEIMAGE_APT_NEW", NumberStyles.None) ?? fresh) + committed.Length)).Distinct(StringComparer.Ordinal).Take(committed.Length + (Number("BASEIMAGE_APT_NEW", NumberStyles.None) ?? fresh))];
        int hard = tried.Count(name => IsHard(apt.Universe, name));
        output.WriteLine($"{codename}: BASEIMAGE_SEED={seed}, {apt.Universe.Count} stanzas; {tried.Length} packages, {committed.Length} of them fixed; {hard} have '|', a virtual name or a versioned Provides among their own relations");
        Assert.True(hard >= leastHard, $"only {hard} of {tried.Length} are hard");

        ConcurrentDictionary<string, AptAnswer> answers = new(StringComparer.Ordinal);
        await Parallel.ForEachAsync(tried, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (name, _) => answers[name] = await apt.SimulateAsync(name));
        List<string> rows = [], unexplained = [];
        foreach (string name in tried)
        {
            string[] here = AptDifference.Closure(apt.Universe, name, null, out string message);
            AptAnswer answer = answers[name];
            if (here.SequenceEqual(answer.Closure))
            {
                continue;
            }

            string? rule = AptDifference.Explain(apt.Universe, name, answer.Closure);
            output.WriteLine($"{name}: {rule ?? "UNEXPLAINED"}: apt only [{string.Join(" ", answer.Closure.Except(here))}], here only [{string.Join(" ", here.Except(answer.Closure))}] {message} {answer.Message}");
            (rule is null ? unexplained : rows).Add($"{codename} {name} {rule}");
        }

        output.WriteLine($"{tried.Length} compared, {rows.Count + unexplained.Count} differ, {answers.Values.Count(a => a.Closure.Count == 0)} have no closure for apt");
        Assert.Empty(unexplained);
        Assert.True(rows.Count <= MostDifferences, $"seed {seed}: {string.Join("; ", rows)}");
        if (isFixed)
        {
            // A row that no longer holds is as wrong as one that is missing.
            Assert.Equal(await LinesAsync("apt-differences.txt"), rows.Where(r => committed.Contains(r.Split(' ')[1])));
        }
    }

    private static IEnumerable<string> Fresh(PackageUniverse universe, int seed, int count)
    {
        string[] names = [.. universe.Names.Order(StringComparer.Ordinal)];
        Random random = new(seed);
        return Enumerable.Range(0, count).Select(_ => names[random.Next(names.Length)]);
    }

    // The strict reading: the package's own relations, not those of what it needs.
    private static bool IsHard(PackageUniverse universe, string name)
    {
        PackageRecord record = universe.Versions(name)[0];
        return record.Depends.Any(g => g.Alternatives.Count > 1 || g.Alternatives.Any(r => universe.Versions(r.Name).Count == 0))
            || record.Provides.Any(g => g.Alternatives[0].Version is not null);
    }

    private static async Task<string[]> LinesAsync(string file)
        => [.. (await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Packages", file))).Where(l => l.Length > 0 && l[0] != '#')];

    private static int? Number(string variable, NumberStyles style)
        => int.TryParse(Environment.GetEnvironmentVariable(variable), style, CultureInfo.InvariantCulture, out int number) ? number : null;
}
