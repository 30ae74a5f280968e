using System.Collections.Concurrent;
using System.Globalization;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>Closures against <c>apt-get install --simulate</c> with an empty status file, recommends off.</summary>
public sealed class AptAgreementTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData("bookworm", 100)]
    public async Task ClosuresAgreeWithAptOnFixedAndNewPackages(string codename, int fresh)
    {
        using AptPeer apt = await AptPeer.OpenAsync(codename);
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_SEED"), NumberStyles.Integer, CultureInfo.InvariantCulture, out int given) ? given : Environment.TickCount;
        fresh = int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_APT_NEW"), NumberStyles.None, CultureInfo.InvariantCulture, out int more) ? more : fresh;
        output.WriteLine($"{codename}: BASEIMAGE_SEED={seed}, {apt.Universe.Count} packages");
        string[] names = [.. apt.Universe.Names.Order(StringComparer.Ordinal)];
        string[] fixedOnes = await File.ReadAllLinesAsync(Path.Combine(AppContext.BaseDirectory, "Packages", "apt-packages.txt"));
        Random random = new(seed);
        string[] tried = [.. (fresh < 1000 ? fixedOnes : []).Concat(Enumerable.Range(0, fresh).Select(_ => names[random.Next(names.Length)])).Distinct(StringComparer.Ordinal)];
        ConcurrentDictionary<string, AptAnswer> answers = new();
        await Parallel.ForEachAsync(tried, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, async (name, _) => answers[name] = await apt.SimulateAsync(name));
        int differ = 0, refused = 0;
        foreach (string name in tried)
        {
            string[] actual;
            string message = "";
            try
            {
                actual = [.. Resolver.Resolve(apt.Universe, new ResolveRequest { Packages = [PlainArchive.Want(name)], Platform = Platform.LinuxAmd64 }, CancellationToken.None)
                    .Packages.Select(p => $"{p.Record.Name}={p.Record.Version}").Order(StringComparer.Ordinal)];
            }
            catch (BaseImageException e)
            {
                (actual, message) = ([], e.Message);
            }

            AptAnswer answer = answers[name];
            refused += answer.Closure.Count == 0 ? 1 : 0;
            if (!answer.Closure.SequenceEqual(actual))
            {
                differ++;
                output.WriteLine($"{name}: apt only [{string.Join(" ", answer.Closure.Except(actual))}], here only [{string.Join(" ", actual.Except(answer.Closure))}] {message} {answer.Message}");
            }
        }

        output.WriteLine($"{tried.Length} compared, {differ} differ, {refused} refused by apt");
        Assert.True(differ <= 4);
    }
}
