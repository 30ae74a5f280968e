using BaseImage.Engine.Packages;
using BaseImage.Errors;
using Xunit;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>Closures against <c>apt-get --simulate</c> with an empty status file, recommends off.</summary>
public sealed class AptAgreementTests(ITestOutputHelper output)
{
    private static readonly string[] Fixed =
    [
        "ca-certificates", "libc6", "libicu72", "python3", "nodejs", "nginx", "openjdk-17-jre-headless", "exim4", "mailutils", "vim", "gcc", "postgresql",
    ];

    [Fact]
    public async Task ClosuresAgreeWithAptOnFixedAndRandomPackages()
    {
        RealArchive.Require();
        string apt = Tools.Require("apt-get");
        using TempFolder folder = new();
        List<(string File, IndexOrigin Origin)> lists = await ListsAsync(apt, folder);
        Tools.Require(lists.Count >= 2, "apt has no lists of Debian: run apt-get update");
        PackageUniverse universe = new("amd64");
        foreach ((string file, IndexOrigin origin) in lists)
        {
            using FileStream stream = File.OpenRead(file);
            Deb822Reader reader = new(stream, file);
            while (reader.Read() is { } paragraph)
            {
                universe.Add(paragraph.Raw.Span, origin);
            }
        }

        int seed = Environment.TickCount;
        output.WriteLine($"seed {seed}, {universe.Count} packages");
        Random random = new(seed);
        string[] names = [.. universe.Names.Order(StringComparer.Ordinal)];
        string[] tried = [.. Fixed.Concat(Enumerable.Range(0, 4).Select(_ => names[random.Next(names.Length)])).Distinct(StringComparer.Ordinal)];
        List<string> differences = [];
        int compared = 0;
        foreach (string name in tried)
        {
            (int code, string printed, string _) = await Tools.TryRunAsync(apt, [.. AptOptions(folder), "--simulate", "install", name]);
            string[] expected = [.. printed.Split('\n').Where(l => l.StartsWith("Inst ", StringComparison.Ordinal)).Select(l => l.Split(' ')).Select(w => $"{w[1].Split(':')[0]}={w[2].TrimStart('(')}").Order(StringComparer.Ordinal)];
            string[] actual;
            try
            {
                actual = [.. Resolver.Resolve(universe, new ResolveRequest { Packages = [PlainArchive.Want(name)], Platform = Platform.LinuxAmd64 }, CancellationToken.None)
                    .Packages.Select(p => $"{p.Record.Name}={p.Record.Version}").Order(StringComparer.Ordinal)];
            }
            catch (BaseImageException e)
            {
                actual = [e.Message];
            }

            compared++;
            if (code != 0 && actual.Length == 1 && !actual[0].Contains('=', StringComparison.Ordinal))
            {
                continue;
            }

            if (!expected.SequenceEqual(actual))
            {
                differences.Add($"{name}: apt only [{string.Join(" ", expected.Except(actual))}], here only [{string.Join(" ", actual.Except(expected))}]");
            }
        }

        output.WriteLine($"{compared} compared\n{string.Join('\n', differences)}");
        Assert.True(differences.Count <= 1, $"seed {seed}: {string.Join("; ", differences)}");
    }

    // Debian's own entries alone: a machine may have other archives beside them.
    private static string[] AptOptions(TempFolder folder) =>
    [
        "-o", "Dir::State::status=/dev/null", "-o", "APT::Install-Recommends=false", "-o", "Debug::NoLocking=1", "-o", "Dir::Etc::SourceParts=/dev/null",
        "-o", $"Dir::Etc::SourceList={folder.Combine("debian.sources")}", "-o", $"Dir::Cache::pkgcache={folder.Combine("pkgcache.bin")}", "-o", $"Dir::Cache::srcpkgcache={folder.Combine("srcpkgcache.bin")}",
    ];

    private static async Task<List<(string File, IndexOrigin Origin)>> ListsAsync(string apt, TempFolder folder)
    {
        string[] sources = [.. Directory.EnumerateFiles("/etc/apt/sources.list.d", "*.sources").Where(f => File.ReadAllText(f).Contains("bookworm", StringComparison.Ordinal))];
        Tools.Require(sources.Length > 0, "apt has no deb822 sources of Debian 12");
        await File.WriteAllTextAsync(folder.Combine("debian.sources"), string.Join("\n\n", sources.Select(File.ReadAllText)));
        string targets = await Tools.RunAsync(apt, [.. AptOptions(folder), "indextargets", "--format", "$(CODENAME)|$(COMPONENT)|$(ARCHITECTURE)|$(FILENAME)", "Created-By: Packages"]);
        List<(string File, IndexOrigin Origin)> lists = [];
        foreach (string[] target in targets.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('|')).Where(t => t[2] == "amd64"))
        {
            string plain = folder.Combine($"list{lists.Count}");
            await File.WriteAllTextAsync(plain, await Tools.RunAsync("/usr/lib/apt/apt-helper", ["cat-file", target[3]]));
            bool security = target[0].EndsWith("-security", StringComparison.Ordinal);
            lists.Add((plain, new IndexOrigin(security ? "debian-security" : "debian", target[0], target[1], lists.Count, security)));
        }

        return lists;
    }
}
