using System.Diagnostics;
using System.Reflection;
using System.Text.Json.Nodes;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Building;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Storage;

/// <summary>
/// A definition with its archive, cache, store and layout, for processes that lock and build it and are killed meanwhile,
/// and the question whether what they leave is whole.
/// </summary>
internal sealed class VictimProject : IDisposable
{
    private readonly TempFolder _folder = new("victim");
    private readonly string _mirror;

    private VictimProject(string mirror, string definition, string keyring)
    {
        _mirror = mirror;
        Directory.CreateDirectory(_folder.Combine("project"));
        File.WriteAllText(Definition, definition);
        File.Copy(keyring, _folder.Combine("project", "archive.pgp"));
    }

    /// <summary>The digest that every run has to give.</summary>
    public string Golden { get; private set; } = "";

    /// <summary>How long a run from nothing takes.</summary>
    public TimeSpan Duration { get; private set; }

    /// <summary>How many changes of files a run from nothing makes.</summary>
    public int Events { get; private set; }

    public string Root => _folder.Path;

    public string Cache => _folder.Combine("cache");

    public string Store => _folder.Combine("store");

    public string Layout => _folder.Combine("layout");

    private string Definition => _folder.Combine("project", "victim.image.json");

    /// <summary>Small packages, in an archive that the test signs.</summary>
    public static async Task<VictimProject> SmallAsync(TempFolder mirror)
    {
        TestArchive archive = new(mirror.Path);
        foreach (TestDeb deb in GoldenCase.Packages("amd64").Concat(GoldenCase.Packages("arm64")).DistinctBy(deb => (deb.Name, deb.Architecture)))
        {
            archive.Add(deb);
        }

        archive.Write();
        JsonObject definition = Document(["alpha", "beta", "ca-certificates", "gamma", "tzdata"]);
        definition["Platforms"] = new JsonArray("linux/amd64", "linux/arm64");
        definition["Archives"] = new JsonArray(new JsonObject { ["Id"] = archive.Id, ["Keyring"] = "./archive.pgp", ["Suites"] = new JsonArray(archive.Suite), ["Components"] = new JsonArray("main") });
        VictimProject project = new(mirror.Path, definition.ToJsonString(), archive.KeyringPath);
        await project.MeasureAsync();
        return project;
    }

    /// <summary>Packages of the machine's own archive, saved to a folder.</summary>
    public static async Task<VictimProject> RealAsync(TempFolder mirror)
    {
        TestArchive archive = new(mirror.Path);
        foreach (string path in (await RealPackages.PathsAsync()).Where(path => Path.GetFileName(path).Split('_')[0] is "netbase" or "tzdata" or "ca-certificates" or "base-files" or "zlib1g"))
        {
            await archive.AddAsync(path);
        }

        archive.Write();
        JsonObject definition = Document(["netbase", "tzdata", "ca-certificates", "base-files", "zlib1g"]);
        definition["Without"] = new JsonObject { ["debconf"] = "no scripts", ["debconf-2.0"] = "no scripts", ["openssl"] = "no scripts", ["libc6"] = "not of interest", ["mawk"] = "not of interest", ["awk"] = "not of interest" };
        definition["Platforms"] = new JsonArray("linux/amd64");
        definition["Archives"] = new JsonArray(new JsonObject { ["Id"] = archive.Id, ["Keyring"] = "./archive.pgp", ["Suites"] = new JsonArray(archive.Suite), ["Components"] = new JsonArray("main") });
        VictimProject project = new(mirror.Path, definition.ToJsonString(), archive.KeyringPath);
        await project.MeasureAsync();
        return project;
    }

    /// <summary>Starts a run.</summary>
    public Process Start()
    {
        DirectoryInfo output = new(Path.GetDirectoryName(Assembly.GetExecutingAssembly().Location)!);
        string driver = Path.GetFullPath(Path.Combine(output.FullName, "..", "..", "..", "..", "BaseImage.Engine.Driver", "bin", output.Parent!.Name, "net8.0", "BaseImage.Engine.Driver.dll"));
        ProcessStartInfo start = new(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [driver, "session", Definition, _mirror, Layout])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["BASEIMAGE_CACHE"] = Cache;
        start.Environment["BASEIMAGE_STORE"] = Store;
        start.Environment["DOTNET_TieredPGO"] = "0";
        return Process.Start(start)!;
    }

    /// <summary>Waits for a run; what it printed, or its error.</summary>
    public static async Task<string> EndAsync(Process run)
    {
        using (run)
        {
            Task<string> output = run.StandardOutput.ReadToEndAsync(), error = run.StandardError.ReadToEndAsync();
            await run.WaitForExitAsync(TestContext.Current.CancellationToken);
            return run.ExitCode == 0 ? (await output).Trim() : $"exit {run.ExitCode}: {await output}{await error}";
        }
    }

    /// <summary>Runs to the end.</summary>
    public Task<string> RunAsync() => EndAsync(Start());

    /// <summary>What is wrong with what lies on the disk while nobody runs; empty where all is well.</summary>
    public async Task<IReadOnlyList<string>> FlawsAsync()
    {
        List<string> flaws = [];
        flaws.AddRange(_folder.List().Where(path => path.EndsWith(".tmp", StringComparison.Ordinal) || path.EndsWith(".tmp/", StringComparison.Ordinal)).Select(path => $"left behind: {path}"));
        if (Directory.Exists(Path.Combine(Cache, "tmp")))
        {
            flaws.AddRange(Directory.EnumerateFileSystemEntries(Path.Combine(Cache, "tmp")).Select(path => $"left behind: {path}"));
        }

        BaseImagePaths paths = new(Cache, Store, []);
        await foreach (CacheEntry entry in new CacheMaintenance(() => paths).ReadAsync(verify: true, SilentReporter.Instance, TestContext.Current.CancellationToken))
        {
            if (entry.Status == CacheEntryStatus.Damaged)
            {
                flaws.Add($"damaged: {entry.Kind} {entry.Path}");
            }
        }

        foreach (string layout in new[] { Store, Layout }.Where(folder => File.Exists(Path.Combine(folder, "index.json"))))
        {
            foreach (string blob in Directory.EnumerateFiles(Path.Combine(layout, "blobs", "sha256")))
            {
                if (Digest.Of(await File.ReadAllBytesAsync(blob)).Hex != Path.GetFileName(blob))
                {
                    flaws.Add($"damaged: {blob}");
                }
            }

            foreach (JsonNode? manifest in JsonNode.Parse(await File.ReadAllBytesAsync(Path.Combine(layout, "index.json")))!["manifests"]!.AsArray())
            {
                if ((string)manifest!["digest"]! != Golden)
                {
                    flaws.Add($"{layout}: another image, {manifest["digest"]}");
                }

                try
                {
                    await foreach (ContainerImage image in new ImageReading(() => paths).ReadAsync($"oci:{layout}@{manifest["digest"]}", (_, failure) => Task.FromException(failure), TestContext.Current.CancellationToken))
                    {
                        flaws.AddRange(image.Manifests.SelectMany(m => m.Layers).Where(layer => !File.Exists(Path.Combine(layout, "blobs", "sha256", layer.Digest.Hex))).Select(layer => $"{layout} lacks {layer.Digest}"));
                    }
                }
                catch (Errors.BaseImageException failure)
                {
                    flaws.Add($"{layout}: {failure.Message}");
                }
            }
        }

        return flaws;
    }

    /// <summary>Forgets everything but the definition.</summary>
    public void Reset()
    {
        foreach (string folder in new[] { Cache, Store, Layout, _folder.Combine("project", "victim.lock.d") }.Where(Directory.Exists))
        {
            Directory.Delete(folder, recursive: true);
        }

        File.Delete(_folder.Combine("project", "victim.lock.json"));
        foreach (string left in Directory.EnumerateDirectories(Root, ".layout.*"))
        {
            Directory.Delete(left, recursive: true);
        }
    }

    /// <summary>Loses about half of the cache.</summary>
    public void LoseHalf(Random random)
    {
        foreach (string file in Directory.Exists(Cache) ? Directory.EnumerateFiles(Cache, "*", SearchOption.AllDirectories) : [])
        {
            if (random.Next(2) == 0)
            {
                File.Delete(file);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _folder.Dispose();

    private static JsonObject Document(string[] packages) => new()
    {
        ["SchemaVersion"] = 1,
        ["Name"] = "victim",
        ["From"] = new JsonObject { ["Distribution"] = "debian", ["Suite"] = "bookworm", ["Updates"] = false, ["Security"] = false },
        ["Packages"] = new JsonObject(packages.Select(name => KeyValuePair.Create(name, (JsonNode?)"a test needs it"))),
        ["Accounts"] = new JsonArray(new JsonObject { ["Name"] = "nonroot", ["Uid"] = 65532, ["Gid"] = 65532, ["Home"] = "/home/nonroot" }),
        ["Config"] = new JsonObject { ["User"] = "65532:65532" },
    };

    private async Task MeasureAsync()
    {
        // The first run warms the disk's cache; the second is the measure.
        Golden = await RunAsync();
        Assert.True(Golden.StartsWith("sha256:", StringComparison.Ordinal), Golden);
        Reset();
        int events = 0;
        using FileSystemWatcher watcher = Watch(() => Interlocked.Increment(ref events));
        Stopwatch clock = Stopwatch.StartNew();
        Assert.Equal(Golden, await RunAsync());
        Duration = clock.Elapsed;
        Events = events;
        Assert.Empty(await FlawsAsync());
    }

    /// <summary>Calls at every change of a file or folder below the project.</summary>
    public FileSystemWatcher Watch(Action changed)
    {
        FileSystemWatcher watcher = new(Root) { IncludeSubdirectories = true, InternalBufferSize = 1 << 16 };
        watcher.Created += (_, _) => changed();
        watcher.Renamed += (_, _) => changed();
        watcher.Deleted += (_, _) => changed();
        watcher.EnableRaisingEvents = true;
        return watcher;
    }
}
