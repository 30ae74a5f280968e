using System.Text;
using BaseImage.Engine.Building;
using BaseImage.Engine.Building.Synthesis;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Templates;

/// <summary>Every template on Debian 12 and 13, for amd64 and arm64, without an engine.</summary>
public sealed class TemplateTests
{
    private const string Limit = "where the policy allows ";

    // What a rule cannot judge because the image, or its policy, has nothing of the kind.
    private static readonly string[] Absent = [" has no ", " is not in the image", "The policy states no", " have no ", "Nothing says whose signatures count"];

    public static TheoryData<string, string> All => TemplateImages.All;

    [Theory, MemberData(nameof(All))]
    public async Task Is_built_for_both_platforms_without_a_warning_and_clean_under_its_policy(string template, string suite)
    {
        TemplateImage made = await TemplateImages.GetAsync(template, suite);
        Assert.Empty(made.Warnings);
        Assert.Equal(["linux/amd64", "linux/arm64"], made.Image.Platforms.Select(p => p.ToString()));
        List<AuditResult> rows = [];
        AuditRequest request = new() { Reference = made.Image.Reference, PolicyPath = made.Definition.Policy };
        await foreach (AuditResult row in TemplateImages.Engine.Auditor.AuditAsync(request, SilentReporter.Instance, TestContext.Current.CancellationToken))
        {
            rows.Add(row);
        }

        // No failure of any severity, nothing that could not be judged, and what is suppressed says why.
        Assert.Empty(rows.Where(row => row.Status is AuditStatus.Fail or AuditStatus.Error).Select(row => $"{row.Platform} {row.RuleId} {row.Message} {string.Join('|', row.Evidence)}"));
        Assert.Empty(rows.Where(row => row.Status is AuditStatus.Skipped && !Absent.Any(reason => row.Message.Contains(reason, StringComparison.Ordinal))).Select(row => $"{row.RuleId} {row.Message}"));
        Assert.Equal(template == "busybox" ? ["BI2004"] : [], rows.Where(row => row.Status is AuditStatus.Suppressed).Select(row => row.RuleId).Distinct());
        Assert.Equal(2, rows.Count(row => row.RuleId == "BI2009" && row.Status is AuditStatus.Pass));

        // The size that is stated is tight: at most a tenth, or a mebibyte, over the larger platform.
        (double size, double limit)[] sizes = [.. rows.Where(row => row.RuleId == "BI2009").Select(row => (Mebibytes(row.Message.Split(" are ")[1]), Mebibytes(row.Message.Split(Limit)[1])))];
        TestContext.Current.TestOutputHelper?.WriteLine($"{template} {suite}: {string.Join(", ", sizes.Select(s => $"{s.size:0.0} of {s.limit:0} MiB"))}, {made.Image.Size / 1048576.0:0.0} MiB to pull for both");
        Assert.True(sizes[0].limit <= Math.Max(sizes.Max(s => s.size) * 1.1, sizes.Max(s => s.size) + 1), $"{sizes[0].limit} MiB are stated, {sizes.Max(s => s.size)} MiB are there.");
    }

    [Theory, MemberData(nameof(All))]
    public async Task Is_built_again_from_a_saved_folder_and_an_empty_cache_to_one_digest(string template, string suite)
    {
        TemplateImage made = await TemplateImages.GetAsync(template, suite);
        CancellationToken stop = TestContext.Current.CancellationToken;
        using TempFolder folder = new("again");
        await foreach (string file in TemplateImages.Engine.PackageSaver.SaveAsync(made.Lock, folder.Combine("saved"), new ArchiveAccess(), SilentReporter.Instance, stop))
        {
            Assert.True(File.Exists(file));
        }

        using ContentCache cache = ContentCache.Open(folder.Combine("cache"));
        ImageBuilder builder = new(() => cache, (r, c, reporter) => new MirroredPackages(r, null, c, reporter), ImageDestinations.Parse, NoBases.OpenAsync, NoBases.Trust);
        ArchiveAccess offline = new() { Mirrors = [new("", folder.Combine("saved"))], Offline = true };
        ContainerImage again = await builder.BuildAsync(new BuildRequest { Definition = made.Definition, Lock = made.Lock, Access = offline, Destinations = ["oci:" + folder.Combine("out")], Workers = 1 }, SilentReporter.Instance, stop);
        Assert.Equal(made.Image.Digest, again.Digest);
    }

    [Theory, MemberData(nameof(All))]
    public async Task Has_what_it_is_for_and_no_package_manager(string template, string suite)
    {
        TemplateImage made = await TemplateImages.GetAsync(template, suite);
        Assert.Equal("65532:65532", made.Definition.Config.User);
        foreach (Platform platform in made.Image.Platforms)
        {
            SortedSet<string> paths = new((await FilesAsync(made, platform)).Select(file => file.Path), StringComparer.Ordinal);
            string triplet = platform == Platform.LinuxAmd64 ? "x86_64-linux-gnu" : "aarch64-linux-gnu";
            string[] wanted = template switch
            {
                "base" => ["libc.so.6", "libssl.so.3"],
                "cc" => ["libc.so.6", "libgcc_s.so.1", "libstdc++.so.6"],
                "dotnet" => ["libc.so.6", "libgcc_s.so.1", "libstdc++.so.6", "libssl.so.3", "libicuuc.so.72|libicuuc.so.76", "libz.so.1"],
                _ => [],
            };
            Assert.All(wanted, library => Assert.Contains(library.Split('|'), name => paths.Contains($"/usr/lib/{triplet}/{name}")));
            string[] programs = template switch { "python" => ["/usr/bin/python3"], "node" => ["/usr/bin/node"], "busybox" => ["/usr/bin/busybox", "/usr/bin/sh"], _ => [] };
            Assert.All(programs, program => Assert.Contains(program, paths));
            Assert.Contains("/etc/ssl/certs/ca-certificates.crt", paths);
            Assert.Contains("/usr/share/zoneinfo/Europe/Istanbul", paths);
            string[] managers = ["apt", "apt-get", "dpkg", "pip", "pip3", "npm", "npx", "corepack", "yarn", "rpm"];
            Assert.All(managers, name => Assert.DoesNotContain($"/usr/bin/{name}", paths));
            Assert.DoesNotContain(paths, path => path.EndsWith(".pyc", StringComparison.Ordinal));
        }
    }

    [Theory]
    [InlineData("bookworm")]
    [InlineData("trixie")]
    public async Task BusyBox_has_a_link_for_each_of_its_commands_and_no_other(string suite)
    {
        TemplateImage made = await TemplateImages.GetAsync("busybox", suite);
        foreach (Platform platform in made.Image.Platforms)
        {
            (byte[] program, Dictionary<string, string> links) = await BusyBoxAsync(made, platform);
            string[] commands = Commands(program);
            Assert.InRange(commands.Length, 250, 350);
            Assert.Equal(commands.Except(BusyBoxLinks.NotLinked).Order(StringComparer.Ordinal), links.Keys.Order(StringComparer.Ordinal));
            if (OperatingSystem.IsLinux() && platform == TemplateImages.Host)
            {
                using TempFolder folder = new("busybox");
                string path = folder.Combine("busybox");
                await File.WriteAllBytesAsync(path, program, TestContext.Current.CancellationToken);
                File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
                string[] full = (await Tools.RunAsync(path, ["--list-full"])).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal(commands.Order(StringComparer.Ordinal), (await Tools.RunAsync(path, ["--list"])).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
                Assert.All(links, link => Assert.Contains(full, place => place == link.Value[1..] || "usr/" + place == link.Value[1..]));
            }
        }
    }

    // The table of names that the program prints with --list, which works for the machine's own architecture alone:
    // sorted, each ended by a zero byte, one more at the end.
    private static string[] Commands(byte[] program)
    {
        int start = program.AsSpan().IndexOf("[\0[[\0acpid\0"u8);
        Assert.True(start > 0, "The program has no table of commands.");
        int length = program.AsSpan(start).IndexOf("\0\0"u8);
        return Encoding.ASCII.GetString(program, start, length).Split('\0');
    }

    private static async Task<(byte[] Program, Dictionary<string, string> Links)> BusyBoxAsync(TemplateImage made, Platform platform)
    {
        Keeper keeper = new();
        Dictionary<string, string> links = new(StringComparer.Ordinal);
        foreach (ImageFile file in await FilesAsync(made, platform, (_, entry) => entry.Path.ToString() == "usr/bin/busybox" ? keeper : null))
        {
            if (file.LinkTarget is "busybox" or "../bin/busybox")
            {
                links.Add(file.Path[(file.Path.LastIndexOf('/') + 1)..], file.Path);
            }
        }

        return (keeper.Bytes.ToArray(), links);
    }

    private static async Task<IReadOnlyList<ImageFile>> FilesAsync(TemplateImage made, Platform platform, Func<int, LayerEntry, IContentObserver?>? observe = null)
    {
        await using ImageInspection inspection = await ImageInspection.OpenAsync(made.Image.Reference, platform, BaseImagePaths.FromEnvironment(), single: true, TestContext.Current.CancellationToken);
        InspectedImage image = await Assert.Single(inspection.Items).ReadAsync(new InspectionOptions { Observe = observe }, TestContext.Current.CancellationToken);
        return image.Files;
    }

    private sealed class Keeper : IContentObserver
    {
        public MemoryStream Bytes { get; } = new();

        public void Write(ReadOnlySpan<byte> bytes) => Bytes.Write(bytes);

        public void Completed(MergedFile file)
        {
        }
    }

    private static double Mebibytes(string text)
    {
        string[] words = text.Split(' ');
        double number = double.Parse(words[0], System.Globalization.CultureInfo.InvariantCulture);
        return words[1].TrimEnd('.', ',') switch { "MiB" => number, "KiB" => number / 1024, _ => throw new FormatException(text) };
    }
}
