using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Building;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Tests.Building;

/// <summary>
/// Debian's own packages, built by us and unpacked by mmdebstrap --variant=extract from the very same files. What differs
/// is written down, line by line, in mmdebstrap-differences.txt.
/// </summary>
public sealed class RealBuildTests(RealBuild real) : IClassFixture<RealBuild>
{
    [Fact]
    public async Task The_tree_is_mmdebstraps_but_for_the_differences_that_are_written_down()
    {
        await real.RequireAsync();
        Difference[] known = Difference.Read(Path.Combine(AppContext.BaseDirectory, "Building", "mmdebstrap-differences.txt"));
        Assert.InRange(known.Length, 1, 40);
        HashSet<LayerPath> packaged = [.. real.Listings.SelectMany(listing => listing.Entries).Where(e => e.Entry.Kind == ImageFileKind.File).Select(e => Merged(e.Entry.Path))];
        HashSet<Difference> used = [];
        List<string> unknown = [];
        foreach ((LayerPath path, string kind, string detail) in Compare(real.Theirs, real.Ours))
        {
            if (known.FirstOrDefault(line => line.Kind == kind && line.Glob.IsMatch(path)) is not { } line)
            {
                unknown.Add($"{kind} /{path} {detail}");
                continue;
            }

            used.Add(line);
            Assert.False(kind == "content" && packaged.Contains(path), $"'/{path}' is a package's file: no line may excuse other content.");
        }

        Assert.True(unknown.Count == 0, $"{unknown.Count} differences are not written down:\n{string.Join('\n', unknown.Take(200))}");
        Assert.True(known.All(used.Contains), "Lines that match nothing:\n" + string.Join('\n', known.Except(used)));
    }

    [Fact]
    public async Task No_reviewed_package_gives_a_warning()
    {
        await real.RequireAsync();
        Assert.Empty(real.Warnings);
    }

    [Fact]
    public async Task Umoci_unpacks_what_we_say_is_in_it_and_its_programs_run()
    {
        await real.RequireAsync();
        string umoci = Tools.Require("umoci");
        using TempFolder folder = new("umoci");
        await ImageDestinations.Parse("oci:" + folder.Combine("layout")).WriteAsync(real.Image, ["it"], TestContext.Current.CancellationToken);
        await Tools.RunAsync(umoci, ["unpack", "--image", folder.Combine("layout") + ":it", folder.Combine("bundle")]);
        string root = folder.Combine("bundle", "rootfs");
        string listing = await Tools.RunAsync("/usr/bin/find", [root, "-mindepth", "1", "-printf", "%P\\t%y\\t%m\\t%U\\t%G\\t%T@\\t%l\\n"]);
        SortedDictionary<string, string> unpacked = new(StringComparer.Ordinal);
        foreach (string[] parts in listing.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')))
        {
            string content = parts[1] == "f" ? Digest.FromSha256(SHA256.HashData(await File.ReadAllBytesAsync(Path.Combine(root, parts[0])))).ToString() : "";
            unpacked[parts[0]] = $"{parts[1]} {(parts[1] == "l" ? "777" : parts[2])} {parts[3]}:{parts[4]} {parts[5].Split('.')[0]} {parts[6]} {content}";
        }

        SortedDictionary<string, string> ours = new(StringComparer.Ordinal);
        foreach (MergedFile file in real.Ours.Files().Where(file => !file.Path.IsRoot))
        {
            LayerEntry entry = file.Entry;
            (string type, string content, string target) = entry.Kind switch
            {
                ImageFileKind.Directory => ("d", "", ""),
                ImageFileKind.SymbolicLink => ("l", "", entry.LinkTargetText),
                _ => ("f", file.Digest.ToString(), ""),
            };
            ours[Encoding.UTF8.GetString(file.Path.Span)] = $"{type} {Convert.ToString(entry.Mode, 8)} {entry.Uid}:{entry.Gid} {entry.ModifiedTime} {target} {content}";
        }

        Assert.Equal(ours, unpacked);
        string chroot = Tools.Require("chroot");
        Assert.StartsWith("OpenSSL ", await Tools.RunAsync(chroot, [root, "/usr/bin/openssl", "version"]), StringComparison.Ordinal);
        Assert.Equal("nonroot:x:65532:65532:nonroot:/home/nonroot:/usr/sbin/nologin\n", await Tools.RunAsync(chroot, [root, "/usr/bin/getent", "passwd", "nonroot"]));
        // Every certificate is found by its subject's hash, and is in the bundle.
        string verify = "for c in /etc/ssl/certs/*.pem; do openssl verify -no_check_time -CApath /etc/ssl/certs \"$c\" || exit 1; openssl verify -no_check_time -CAfile /etc/ssl/certs/ca-certificates.crt \"$c\" || exit 1; done";
        string verified = await Tools.RunAsync(chroot, [root, "/bin/bash", "-c", verify]);
        Assert.True(verified.Split('\n').Count(line => line.EndsWith(": OK", StringComparison.Ordinal)) > 200);
        Assert.Contains("\n/bin/bash\n", await Tools.RunAsync(chroot, [root, "/bin/bash", "-c", "echo \"$(</etc/shells)\""]), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_build_opens_no_package()
    {
        await real.RequireAsync();
        BuiltImage again = await real.Bench.BuildAsync(real.Lock, RealBuild.Definition);
        Assert.Equal(real.Image.Root.Digest, again.Root.Digest);
        Assert.Equal((0, 0L, 0L), (real.Bench.Counters.PackagesUnpacked, real.Bench.Counters.BytesCompressed, real.Bench.Counters.BytesInflated));
    }

    // dpkg's own names for what lies below /usr since the merge.
    private static LayerPath Merged(LayerPath path)
        => new[] { "bin", "sbin", "lib", "lib64" }.Any(name => path.IsBelow(LayerPath.FromUtf8(name))) ? LayerPath.FromUtf8("usr").Append(path) : path;

    private static IEnumerable<(LayerPath Path, string Kind, string Detail)> Compare(MergedFileSystem theirs, MergedFileSystem ours)
    {
        Dictionary<LayerPath, MergedFile> mine = ours.Files().ToDictionary(file => file.Path);
        foreach (MergedFile file in theirs.Files().Where(file => !file.Path.IsRoot))
        {
            if (!mine.Remove(file.Path, out MergedFile? own))
            {
                yield return (file.Path, "missing", "");
                continue;
            }

            LayerEntry a = file.Entry, b = own.Entry;
            if (Kind(a) != Kind(b))
            {
                yield return (file.Path, "kind", $"{a.Kind} {b.Kind}");
                continue;
            }

            bool link = a.Kind == ImageFileKind.SymbolicLink;
            if (!link && a.Mode != b.Mode)
            {
                yield return (file.Path, "mode", $"{Convert.ToString(a.Mode, 8)} {Convert.ToString(b.Mode, 8)}");
            }

            if ((a.Uid, a.Gid) != (b.Uid, b.Gid))
            {
                yield return (file.Path, "owner", $"{a.Uid}:{a.Gid} {b.Uid}:{b.Gid}");
            }

            if (link && !a.LinkTarget.Span.SequenceEqual(b.LinkTarget.Span))
            {
                yield return (file.Path, "link", $"{a.LinkTargetText} {b.LinkTargetText}");
            }

            if (file.Digest != own.Digest)
            {
                yield return (file.Path, "content", "");
            }

            // Of directories, each tool has the time of whatever was unpacked last.
            if (a.Kind != ImageFileKind.Directory && a.ModifiedTime != b.ModifiedTime)
            {
                yield return (file.Path, "time", $"{a.ModifiedTime} {b.ModifiedTime}");
            }
        }

        foreach (LayerPath path in mine.Keys.Where(path => !path.IsRoot).Order())
        {
            yield return (path, "extra", "");
        }
    }

    private static ImageFileKind Kind(LayerEntry entry) => entry.Kind == ImageFileKind.HardLink ? ImageFileKind.File : entry.Kind;

    private sealed record Difference(PathGlob Glob, string Kind, string Reason)
    {
        public static Difference[] Read(string path)
            => [.. File.ReadAllText(path).Split('\n').Where(line => line.Length > 0 && line[0] != '#').Select(line =>
            {
                string[] parts = line.Split(' ', 3, StringSplitOptions.RemoveEmptyEntries);
                Assert.True(parts.Length == 3 && parts[1] is "missing" or "extra" or "kind" or "mode" or "owner" or "link" or "content" or "time", line);
                return new Difference(PathGlob.Parse(parts[0]), parts[1], parts[2]);
            })];

        public override string ToString() => $"{Glob} {Kind}";
    }
}

/// <summary>One run of mmdebstrap, and our image of the packages that it unpacked.</summary>
public sealed class RealBuild : IDisposable
{
    private readonly Lazy<Task> _ready;

    /// <summary>Prepares nothing yet.</summary>
    public RealBuild() => _ready = new Lazy<Task>(BuildAsync);

    internal static ImageDefinition Definition { get; } = TestLocks.Definition with { Accounts = [new AccountRequest("nonroot", 65532, 65532, "/home/nonroot")] };

    internal BuildBench Bench { get; } = new();

    internal ImageLock Lock { get; private set; } = null!;

    internal BuiltImage Image { get; private set; } = null!;

    internal MergedFileSystem Theirs { get; } = new();

    internal MergedFileSystem Ours { get; private set; } = null!;

    internal IReadOnlyList<PackageListing> Listings { get; private set; } = [];

    internal IReadOnlyList<string> Warnings { get; private set; } = [];

    internal Task RequireAsync()
    {
        Tools.Require("mmdebstrap");
        Tools.Require(Environment.UserName == "root", "unpacking with owners needs root");
        Tools.Require(IsBookworm() && Directory.Exists("/usr/share/mmdebstrap/hooks/merged-usr"), "the differences are written down for Debian 12's archive");
        return _ready.Value;
    }

    /// <inheritdoc/>
    public void Dispose() => Bench.Dispose();

    private static bool IsBookworm() => File.Exists("/etc/os-release") && File.ReadAllText("/etc/os-release").Contains("VERSION_CODENAME=bookworm", StringComparison.Ordinal);

    private async Task BuildAsync()
    {
        string tar = Bench.Folder.Combine("theirs.tar");
        await Tools.RunAsync("mmdebstrap", ["--variant=extract", "--skip=cleanup/apt/cache", "--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr",
            "--include=ca-certificates,tzdata,libc6,libssl3,base-files,base-passwd,libc-bin,netbase,debianutils,mawk,bash,openssl", "bookworm", tar]);
        LayerPath archives = LayerPath.FromUtf8("var/cache/apt/archives");
        await using (FileStream stream = new(tar, FileMode.Open, FileAccess.Read))
        {
            Theirs.Apply(new TarReader(stream, tar), 0, keepContent: entry => entry.Path.IsBelow(archives));
        }

        MergedFile[] debs = [.. Theirs.Files().Where(file => file.Path.IsBelow(archives) && file.Path.Span.EndsWith(".deb"u8))];
        Assert.True(debs.Length >= 15);
        Lock = TestLocks.LockOf((Platform.LinuxAmd64, [.. debs.Select(deb =>
        {
            string[] parts = deb.Path.Name.ToString()[..^4].Replace("%3a", ":", StringComparison.Ordinal).Split('_');
            return Bench.Packages.Add(parts[0], parts[1], parts[2], deb.Content!.Value.ToArray());
        })])) with { Epoch = new DateTimeOffset(2035, 1, 1, 0, 0, 0, TimeSpan.Zero) };
        Image = await Bench.BuildAsync(Lock, Definition);
        Warnings = Bench.Warnings;
        Ours = await BuildBench.ReadAsync(Image.Manifests[0].Layers[0]);
        List<PackageListing> listings = [];
        foreach (MergedFile deb in debs)
        {
            listings.Add(await PackageUnpacker.UnpackAsync(new MemoryStream(deb.Content!.Value.ToArray()), deb.Digest, deb.Path.ToString(), Stream.Null, ahead: false, CancellationToken.None));
        }

        Listings = listings;
    }
}
