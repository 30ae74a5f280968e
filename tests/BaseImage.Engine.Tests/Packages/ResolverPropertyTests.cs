using BaseImage.Engine.Packages;
using BaseImage.Errors;
using FsCheck;
using FsCheck.Fluent;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>
/// The resolver against trying everything, on small random archives: what it finds holds, where there is something it
/// finds it, the order of an index does not matter, and nothing is taken that nobody needs. BASEIMAGE_RESOLVER_CASES says
/// how many; a failure prints the archive.
/// </summary>
public sealed class ResolverPropertyTests(ITestOutputHelper output)
{
    private static readonly int Cases = int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_RESOLVER_CASES"), out int cases) ? cases : 2000;

    [Fact]
    public void ItFindsWhatThereIsAndNothingElse()
    {
        int solved = 0, unsolvable = 0, backtracked = 0;
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            RandomUniverse random = new(seed);
            PackageUniverse universe = random.Open();
            Resolution? found = Resolve(universe, random.Requests, out string message);
            if (found is null)
            {
                unsolvable++;
                Assert.False(NaiveSolver.HasSolution(universe, random.Requests), $"seed {seed}: {message}, but there is a solution\n{random}");
                return;
            }

            solved++;
            backtracked += NaiveSolver.Problem([.. found.Packages.Select(p => universe.Versions(p.Record.Name)[0])]) is null ? 0 : 1;
            Assert.True(NaiveSolver.Problem([.. found.Packages.Select(p => p.Record)]) is null, $"seed {seed}: {NaiveSolver.Problem([.. found.Packages.Select(p => p.Record)])}\n{random}");
            Assert.True(IsNeeded(found), $"seed {seed}: something is there that nobody needs\n{random}");
            Assert.Equal(random.Requests.Select(r => r.Name), found.Packages.Where(p => p.Request is not null).Select(p => p.Record.Name));
        }));
        output.WriteLine($"{solved} solved ({backtracked} with an older version), {unsolvable} without a solution");
        Assert.True(solved > Cases / 4 && unsolvable > Cases / 20 && backtracked > 0);
    }

    [Fact]
    public void TheOrderOfAnIndexDoesNotMatter()
        => Check.One(Config.QuickThrowOnFailure.WithMaxTest(Cases / 4), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            RandomUniverse random = new(seed);
            string[] results = [.. new[] { 0, seed | 1, seed ^ 0x5555 }.Select(shuffle =>
                Resolve(random.Open(shuffle), random.Requests, out string message) is { } found ? string.Join(" ", found.Packages.Select(p => $"{p.Record} {string.Join(",", p.NeededBy)}")) : message)];
            Assert.Single(results.Distinct(StringComparer.Ordinal));
        }));

    private static Resolution? Resolve(PackageUniverse universe, IReadOnlyList<PackageRequest> requests, out string message)
    {
        try
        {
            message = "";
            return Resolver.Resolve(universe, new ResolveRequest { Packages = requests, Platform = Platform.LinuxAmd64 }, CancellationToken.None);
        }
        catch (Exception e) when (e is DependencyUnsatisfiedException or PackageVersionNotFoundException)
        {
            message = e.Message;
            return null;
        }
    }

    // Every package is reached from a request by what the lock will say of who needs whom.
    private static bool IsNeeded(Resolution found)
    {
        HashSet<string> reached = [.. found.Packages.Where(p => p.Request is not null).Select(p => p.Record.Name)];
        int before;
        do
        {
            before = reached.Count;
            reached.UnionWith(found.Packages.Where(p => p.NeededBy.Any(reached.Contains)).Select(p => p.Record.Name));
        }
        while (reached.Count > before);
        return reached.Count == found.Packages.Count;
    }
}
