using System.Text;
using BaseImage.Engine.Packages;
using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Packages;

/// <summary>Unsigned archives in a folder, changed between locks: what an update sees.</summary>
internal sealed class PlainArchive : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly SortedDictionary<string, StringBuilder> _packages = new(StringComparer.Ordinal);
    private int _day = 1;

    public string Folder => _folder.Path;

    public BaseImagePaths Paths => new(_folder.Combine("cache"), _folder.Combine("store"), []);

    /// <summary>The images that are built on; none unless a test says so.</summary>
    public IKnowBases Bases { get; set; } = NoBases.Instance;

    public ImageDefinition Definition(params PackageRequest[] packages) => new()
    {
        Path = _folder.Combine("project", "a.image.json"),
        Name = "a",
        From = new DistributionSource("debian", "bookworm"),
        Platforms = [Platform.LinuxAmd64],
        Packages = packages,
        Archives =
        [
            new ArchiveSource { Id = "own", Suites = ["stable"], ChecksumsOnly = true },
            new ArchiveSource { Id = "own-security", Suites = ["stable-security"], ChecksumsOnly = true },
        ],
        ModelDigest = Digest.Of("model"u8),
    };

    public static PackageRequest Want(string name, string? version = null) => new(name, "wanted", version, []);

    /// <summary>Empties the archives; the next day's indexes follow.</summary>
    public PlainArchive Clear()
    {
        _packages.Clear();
        return this;
    }

    public PlainArchive Has(string archive, string name, string version, string fields = "", string content = "")
    {
        if (!_packages.TryGetValue(archive, out StringBuilder? text))
        {
            _packages.Add(archive, text = new StringBuilder());
        }

        string path = $"pool/{name}_{version}_amd64.deb";
        byte[] bytes = Encoding.UTF8.GetBytes($"{name} {version} {content}");
        string file = Path.Combine(_folder.Path, "mirror", archive, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllBytes(file, bytes);
        text.Append(System.Globalization.CultureInfo.InvariantCulture, $"Package: {name}\nVersion: {version}\nArchitecture: amd64\n{fields}{(fields.Length > 0 ? "\n" : "")}Filename: {path}\nSize: {bytes.Length}\nSHA256: {Digest.Of(bytes).Hex}\n\n");
        return this;
    }

    /// <summary>Writes the indexes, dated one day later than the last ones unless told otherwise.</summary>
    public void Publish(int? day = null)
    {
        _day = day ?? _day + 1;
        foreach ((string archive, string suite) in new[] { ("own", "stable"), ("own-security", "stable-security") })
        {
            byte[] packages = Encoding.UTF8.GetBytes(_packages.GetValueOrDefault(archive)?.ToString() ?? "");
            string dists = Path.Combine(_folder.Path, "mirror", archive, "dists", suite), list = "main/binary-amd64/Packages";
            Directory.CreateDirectory(Path.Combine(dists, "main", "binary-amd64"));
            File.WriteAllBytes(Path.Combine(dists, "main", "binary-amd64", "Packages"), packages);
            DateTime date = new(2026, 3, _day, 1, 2, 3, DateTimeKind.Utc);
            File.WriteAllText(
                Path.Combine(dists, "Release"),
                $"Suite: {suite}\nCodename: {suite}\nArchitectures: amd64\nComponents: main\nDate: {date.ToString("ddd, dd MMM yyyy HH:mm:ss", System.Globalization.CultureInfo.InvariantCulture)} UTC\nSHA256:\n {Digest.Of(packages).Hex} {packages.Length} {list}\n");
        }
    }

    public ArchiveAccess Access => new() { Mirrors = [new("", Path.Combine(_folder.Path, "mirror"))], Offline = true };

    public Task<LockPlan> ResolveAsync(ImageDefinition definition, IReadOnlyList<LockChange>? only = null)
        => new LockResolver(null, () => Paths, Bases).ResolveAsync(definition, Access, only, SilentReporter.Instance, CancellationToken.None);

    public async Task<ImageLock> LockAsync(ImageDefinition definition, IReadOnlyList<LockChange>? only = null)
        => await new LockWriter().WriteAsync(await ResolveAsync(definition, only), definition.LockPath, CancellationToken.None);

    public void Dispose() => _folder.Dispose();
}
