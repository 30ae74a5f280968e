using System.Diagnostics;
using System.Text;
using Xunit;

namespace BaseImage.Core.Tests.Packages;

/// <summary>The order of versions against dpkg itself: one real <c>dpkg --compare-versions</c> for each of 100,000 pairs.</summary>
public sealed class DpkgAgreementTests(ITestOutputHelper output)
{
    private const int Pairs = 100_000;

    [Fact]
    public async Task AgreesWithDpkgOnAHundredThousandPairs()
    {
        RequireDpkg();
        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}");
        VersionGenerator generator = new(seed);
        List<string> claims = new(Pairs);
        Dictionary<string, int> relations = new(StringComparer.Ordinal) { ["lt"] = 0, ["eq"] = 0, ["gt"] = 0 };
        for (int i = 0; i < Pairs; i++)
        {
            (string left, string right) = generator.NextPair();
            string relation = Math.Sign(new PackageVersion(left).CompareTo(new PackageVersion(right))) switch { < 0 => "lt", 0 => "eq", _ => "gt" };
            relations[relation]++;
            claims.Add($"{left} {relation} {right}");
        }

        output.WriteLine(string.Join(", ", relations.Select(r => $"{r.Key} {r.Value}")));
        Assert.All(relations.Values, count => Assert.True(count > Pairs / 100, "each relation must be met often"));
        Stopwatch watch = Stopwatch.StartNew();
        List<string> refused = await RefusedAsync(claims);
        output.WriteLine($"{Pairs} runs of dpkg in {watch.Elapsed.TotalSeconds:F0} s");
        Assert.True(refused.Count == 0, $"seed {seed}: dpkg disagrees with {string.Join("; ", refused)}");
    }

    [Fact]
    public async Task AFalseClaimIsFound()
    {
        RequireDpkg();
        List<string> claims = [.. Enumerable.Range(0, 50).Select(i => $"1.{i} lt 1.{i + 1}")];
        claims[37] = "2 lt 1~";
        Assert.Equal(["2 lt 1~"], await RefusedAsync(claims));
    }

    private static void RequireDpkg()
    {
        if (!File.Exists("/usr/bin/dpkg") || !File.Exists("/usr/bin/xargs"))
        {
            Assert.False(Environment.GetEnvironmentVariable("BASEIMAGE_FORBID_SKIPS") == "1", "dpkg or xargs is missing and skips are forbidden");
            Assert.Skip("dpkg or xargs is missing");
        }
    }

    /// <summary>The claims that dpkg does not grant, at most 20: xargs says whether there are any, halving finds them.</summary>
    private static async Task<List<string>> RefusedAsync(List<string> claims)
    {
        if (await AllGrantedAsync(claims))
        {
            return [];
        }

        if (claims.Count == 1)
        {
            return claims;
        }

        List<string> refused = await RefusedAsync(claims[..(claims.Count / 2)]);
        if (refused.Count < 20)
        {
            refused.AddRange(await RefusedAsync(claims[(claims.Count / 2)..]));
        }

        return refused;
    }

    private static async Task<bool> AllGrantedAsync(List<string> claims)
    {
        string file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, string.Join('\n', claims) + "\n", new UTF8Encoding(false));
            ProcessStartInfo start = new("/usr/bin/xargs") { RedirectStandardError = true };
            foreach (string argument in new[] { "-a", file, "-P", "2", "-n", "3", "/usr/bin/dpkg", "--compare-versions" })
            {
                start.ArgumentList.Add(argument);
            }

            using Process process = Process.Start(start)!;
            string errors = await process.StandardError.ReadToEndAsync();
            await process.WaitForExitAsync();
            Assert.True(errors.Length == 0, errors);
            Assert.Contains(process.ExitCode, new[] { 0, 123 });
            return process.ExitCode == 0;
        }
        finally
        {
            File.Delete(file);
        }
    }
}
