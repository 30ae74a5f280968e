using System.Diagnostics;
using System.Globalization;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>What apt makes of one package: its closure, or why there is none.</summary>
/// <param name="Closure">Name and version of each package, as <c>name=version</c>; empty where apt gives up.</param>
/// <param name="Message">What apt said where it gives up.</param>
internal sealed record AptAnswer(IReadOnlyList<string> Closure, string Message);

/// <summary>
/// The machine's own apt, with an empty status file, recommends off and the configured Debian archive's suites: it asks
/// <c>apt-get install --simulate</c>, and hands the very lists that apt read to the resolver. Configuration, lists and caches
/// are its own, so that nothing else of the machine has a say; the cache is made once and read by every process.
/// </summary>
internal sealed class AptPeer : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly string _apt = Tools.Require("apt-get");
    private readonly string _configuration;

    private AptPeer() => _configuration = _folder.Combine("apt.conf");

    /// <summary>Every package of the suites.</summary>
    public PackageUniverse Universe { get; } = new("amd64");

    /// <summary>Opens the suites of a release, fetching their indexes if need be.</summary>
    /// <param name="codename">For instance <c>bookworm</c>.</param>
    public static async Task<AptPeer> OpenAsync(string codename)
    {
        RealArchive.Require();
        AptPeer peer = new();
        try
        {
            await peer.PrepareAsync(codename);
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>Asks apt for one package.</summary>
    public async Task<AptAnswer> SimulateAsync(string package)
    {
        (int code, string printed, string error) = await RunAsync(_apt, "--simulate", "install", package);
        return code != 0
            ? new AptAnswer([], $"{printed}\n{error}")
            : new AptAnswer(
                [.. printed.Split('\n').Where(l => l.StartsWith("Inst ", StringComparison.Ordinal)).Select(l => l.Split(' ')).Select(w => $"{w[1].Split(':')[0]}={w[2].TrimStart('(')}").Order(StringComparer.Ordinal)],
                "");
    }

    public void Dispose() => _folder.Dispose();

    private Task<(int Code, string Output, string Error)> RunAsync(string program, params string[] arguments)
        => Tools.TryRunAsync(program, arguments, environment: new Dictionary<string, string?> { ["APT_CONFIG"] = _configuration, ["LC_ALL"] = "C" });

    private async Task PrepareAsync(string codename)
    {
        foreach (string folder in new[] { "lists/partial", "cache/archives/partial" })
        {
            Directory.CreateDirectory(_folder.Combine(folder));
        }

        await File.WriteAllTextAsync(_folder.Combine("status"), "");
        await File.WriteAllTextAsync(_folder.Combine("debian.sources"), Sources(codename));
        await File.WriteAllTextAsync(_configuration, string.Create(CultureInfo.InvariantCulture, $$"""
            Dir::Etc { parts "/dev/null"; main "/dev/null"; preferences "/dev/null"; preferencesparts "/dev/null"; SourceParts "/dev/null"; SourceList "{{_folder.Combine("debian.sources")}}"; };
            Dir::State { status "{{_folder.Combine("status")}}"; extended_states "{{_folder.Combine("extended")}}"; lists "{{_folder.Combine("lists")}}"; };
            Dir::Cache "{{_folder.Combine("cache")}}"; Dir::Cache::pkgcache "pkg.bin"; Dir::Cache::srcpkgcache "src.bin";
            APT { Architecture "amd64"; Architectures { "amd64"; }; Install-Recommends "false"; Sandbox::User "root"; };
            Acquire { Languages "none"; Check-Valid-Until "false"; };
            Debug::NoLocking "1";

            """));
        (int code, string printed, string error) = await RunAsync(_apt, "update");
        Tools.Require(code == 0, $"apt-get update of {codename} ended with {code}: {printed} {error}");
        (code, printed, error) = await RunAsync(_apt, "indextargets", "--format", "$(CODENAME)|$(COMPONENT)|$(FILENAME)", "Created-By: Packages");
        Assert.True(code == 0, error);
        string[][] lists = [.. printed.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('|'))];
        Tools.Require(lists.Length >= 2, $"apt has no lists of {codename}");
        for (int i = 0; i < lists.Length; i++)
        {
            bool security = lists[i][0].EndsWith("-security", StringComparison.Ordinal);
            Read(lists[i][2], new IndexOrigin(security ? "debian-security" : "debian", lists[i][0], lists[i][1], i, security));
        }

        (code, printed, error) = await RunAsync("/usr/bin/apt-cache", "gencaches");
        Assert.True(code == 0, $"{printed} {error}");
    }

    private void Read(string list, IndexOrigin origin)
    {
        using Process process = Process.Start(new ProcessStartInfo("/usr/lib/apt/apt-helper", ["cat-file", list]) { RedirectStandardOutput = true })!;
        Deb822Reader reader = new(process.StandardOutput.BaseStream, list);
        while (reader.Read() is { } paragraph)
        {
            Universe.Add(paragraph.Raw.Span, origin);
        }

        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }

    // The machine's entries for Debian 12 with the suites of another release; a machine may have other archives beside them.
    private static string Sources(string codename)
    {
        IEnumerable<string> files = Directory.EnumerateFiles("/etc/apt/sources.list.d", "*.sources").Order(StringComparer.Ordinal).Select(File.ReadAllText);
        string[] entries = [.. files.SelectMany(f => f.Split("\n\n")).Where(e => e.Contains("bookworm", StringComparison.Ordinal))];
        Tools.Require(entries.Length > 0, "apt has no deb822 sources of Debian 12");
        return string.Join("\n\n", entries).Replace("bookworm", codename, StringComparison.Ordinal);
    }
}
