using BaseImage.Cmdlets.Data;
using BaseImage.Engine.Building.ContainerBuild;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>The files beside a Dockerfile: its lock and its settings.</summary>
public sealed class FilesTests
{
    private static readonly Digest s_one = Digest.Of("1"u8), s_two = Digest.Of("2"u8);

    private static readonly DockerfileLock s_lock = new()
    {
        Images = [new LockedBase("web/base:1", Platform.LinuxArm64, default, s_two), new LockedBase("web/base:1", Platform.LinuxAmd64, s_one, s_two)],
        Downloads = [new LockedDownload("https://example.org/a", s_one, 5)],
    };

    [Fact]
    public void A_lock_is_canonical_and_reads_back()
    {
        byte[] bytes = DockerfileLockFile.Write(s_lock);
        DockerfileLock read = DockerfileLockFile.Read(bytes, "/x/Dockerfile.lock.json");
        Assert.Equal(bytes, DockerfileLockFile.Write(read));
        Assert.Equal(s_one, read.Find("web/base:1", Platform.LinuxAmd64)!.Pin);
        Assert.Equal(s_two, read.Find("web/base:1", Platform.LinuxArm64)!.Pin);
        Assert.Null(read.Find("web/base", Platform.LinuxAmd64));

        // A checkout with other line endings is the same lock.
        Assert.Equal(bytes, DockerfileLockFile.Write(DockerfileLockFile.Read(System.Text.Encoding.UTF8.GetBytes(System.Text.Encoding.UTF8.GetString(bytes).Replace("\n", "\r\n", StringComparison.Ordinal)), "x")));
    }

    [Fact]
    public async Task The_schema_and_the_reader_of_settings_agree()
    {
        string path = Path.Combine(ModuleFolder.Find("schemas"), "dockerfile-build.schema.json");
        Newtonsoft.Json.Linq.JObject schema = StrictJson.ParseObject(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), "schema");
        Assert.Equal(DockerfileSettingsReader.Keys.Order(StringComparer.Ordinal), ((Newtonsoft.Json.Linq.JObject)schema["properties"]!).Properties().Select(property => property.Name).Order(StringComparer.Ordinal));
        Assert.False((bool)schema["additionalProperties"]!);
        string python = Tools.Require("python3");
        Tools.Require((await Tools.TryRunAsync(python, ["-c", "import jsonschema"])).Code == 0, "python3-jsonschema is not installed");
        const string Validate = """
            import json, sys, jsonschema
            validator = jsonschema.Draft202012Validator(json.load(open(sys.argv[1], encoding='utf-8')))
            for text in sys.argv[2:]:
                print(len(list(validator.iter_errors(json.loads(text)))))
            """;
        string[] good =
        [
            """{ "$schema": "x", "SchemaVersion": 1, "Name": "web", "Target": "runtime", "Platform": "linux/amd64", "Network": "None", "BuildArguments": { "A_1": "x" }, "SourceDateEpoch": 1700000000, "TimeZone": "UTC", "Locale": "C.UTF-8", "Labels": { "a": "b" }, "Layers": "Squash", "Remove": "/usr/share/man/**", "Keep": ["/var/log/app/**"], "Bases": "oci:../bases", "Policy": "p.json" }""",
            """{ "SchemaVersion": 1, "SourceDateEpoch": "2026-01-31T00:00:00Z", "Target": null, "Context": ".." }""",
        ];
        string[] bad =
        [
            """{ "SchemaVersion": 2 }""",
            """{ "Name": "web" }""",
            """{ "SchemaVersion": 1, "Args": { "A": "x" } }""",
            """{ "SchemaVersion": 1, "BuildArguments": { "1A": "x" } }""",
            """{ "SchemaVersion": 1, "Network": "bridge" }""",
            """{ "SchemaVersion": 1, "Target": "a b" }""",
        ];
        string output = await Tools.RunAsync(python, ["-c", Validate, path, .. good, .. bad]);
        Assert.Equal([.. good.Select(_ => "0"), .. bad.Select(_ => "1")], output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        using TempFolder folder = new("settings");
        string file = folder.Combine("Dockerfile.build.json");
        DockerfileSettingsReader reader = new(new DataFiles(new PowerShellDataFile()));
        foreach (string text in good)
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            await reader.ReadAsync(file, TestContext.Current.CancellationToken);
        }

        foreach (string text in bad)
        {
            await File.WriteAllTextAsync(file, text, TestContext.Current.CancellationToken);
            await Assert.ThrowsAsync<DockerfileSettingsInvalidException>(() => reader.ReadAsync(file, TestContext.Current.CancellationToken));
        }
    }

    [Fact]
    public void A_lock_that_was_changed_is_refused()
    {
        Random random = new(20260105);
        byte[] good = DockerfileLockFile.Write(s_lock);
        for (int i = 0; i < 1000; i++)
        {
            byte[] bytes = [.. good];
            int at = random.Next(bytes.Length);
            bytes[at] = (byte)random.Next(256);
            if (bytes[at] == good[at])
            {
                continue;
            }

            try
            {
                // White space may be another.
                Assert.Equal(good, DockerfileLockFile.Write(DockerfileLockFile.Read(bytes, "/x/Dockerfile.lock.json")));
            }
            catch (BaseImageException e)
            {
                Assert.True(e is LockInvalidException or LockVersionUnknownException, e.GetType().Name);
                Assert.StartsWith("/x/Dockerfile.lock.json", e is LockVersionUnknownException ? e.Message[1..] : e.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("Update-BaseImageLock;", e.RecommendedAction, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public async Task Settings_are_merged_over_what_they_extend()
    {
        using TempFolder folder = new("settings");
        await File.WriteAllTextAsync(folder.Combine("company.build.psd1"), "@{ SchemaVersion = 1; BuildArguments = @{ A = '1'; B = '2' }; Labels = @{ vendor = 'x'; v = '1' }; Layers = 'Squash'; Remove = '/a' }");
        await File.WriteAllTextAsync(folder.Combine("Dockerfile.build.psd1"), "@{ SchemaVersion = 1; Extends = 'company.build.psd1'; BuildArguments = @{ B = '3' }; Labels = @{ v = '2' }; Remove = '/b'; SourceDateEpoch = '2026-01-31T00:00:00Z'; Platform = 'linux/amd64'; Context = '..'; Bases = 'oci:bases' }");
        DockerfileSettings settings = await ReadAsync(folder.Combine("Dockerfile.build.psd1"));
        Assert.Equal(["A=1"], settings.SharedArguments.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(["B=3"], settings.BuildArguments.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(["v=2", "vendor=x"], settings.Labels.Select(pair => $"{pair.Key}={pair.Value}"));
        Assert.Equal(OwnLayers.Squash, settings.Layers);
        Assert.Equal(["/a", "/b"], settings.Remove);
        Assert.Equal(1769817600, settings.SourceDateEpoch!.Value.ToUnixTimeSeconds());
        Assert.Equal(Path.GetDirectoryName(folder.Combine("")!.TrimEnd('/')), settings.Context);
        Assert.Equal(["oci:" + folder.Combine("bases")], settings.Bases);
    }

    [Theory]
    [InlineData("@{ SchemaVersion = 1; Arguments = @{} }", ":1:", "BuildArguments")]
    [InlineData("@{ SchemaVersion = 1; BuildArguments = @{ 'a-b' = '1' } }", ":1:", "name of a build argument")]
    [InlineData("@{ SchemaVersion = 1; BuildArguments = @{ A = 1.10 } }", ":1:", "1.10")]
    [InlineData("@{ SchemaVersion = 2 }", ":1:", "1")]
    [InlineData("@{ SchemaVersion = 1\nNetwork = 'bridge' }", ":2:", "Network")]
    [InlineData("@{ SchemaVersion = 1\nRemove = '../x' }", ":2:", "pattern")]
    [InlineData("@{ SchemaVersion = 1\nExtends = 'no.psd1' }", ":2:", "does not exist")]
    [InlineData("@{ SchemaVersion = 1\nExtends = 'Dockerfile.build.psd1' }", ":2:", "leads back")]
    [InlineData("@{ SchemaVersion = 1\nBases = 'docker-daemon:x' }", ":2:", "layout")]
    [InlineData("@{ SchemaVersion = 1\nTimeZone = 'UTC; rm' }", ":2:", "TimeZone")]
    [InlineData("@{ SchemaVersion = 1\nLocale = $(Get-Date) }", ":2:", "")]
    public async Task Mistakes_are_told_with_their_place(string text, string place, string word)
    {
        using TempFolder folder = new("settings");
        string path = folder.Combine("Dockerfile.build.psd1");
        await File.WriteAllTextAsync(path, text);
        DockerfileSettingsInvalidException failure = await Assert.ThrowsAsync<DockerfileSettingsInvalidException>(() => ReadAsync(path));
        Assert.Contains(path + place, failure.Message, StringComparison.Ordinal);
        Assert.Contains(word, failure.Message + failure.RecommendedAction, StringComparison.Ordinal);
    }

    [Fact]
    public void Arguments_have_to_be_taken()
    {
        Dockerfile file = DockerfileParser.Parse("ARG TAG\nFROM a:${TAG}\nARG VERSION=1\nARG IDLE\nRUN echo $VERSION\n");
        DockerfileSettings settings = new() { Path = "/x/Dockerfile.build.psd1" };
        BuildArgumentException failure = Assert.Throws<BuildArgumentException>(() => BuildArguments.Of(file, settings with { BuildArguments = Map("VERSOIN") }, "/x/Dockerfile"));
        Assert.Equal("Did you mean 'VERSION'?", failure.RecommendedAction);
        Assert.DoesNotContain("hunter2", failure.Message, StringComparison.Ordinal);
        Assert.Throws<BuildArgumentException>(() => BuildArguments.Of(file, settings with { BuildArguments = Map("TZ") }, "/x/Dockerfile"));
        BuildArguments arguments = BuildArguments.Of(file, settings with { BuildArguments = Map("TAG", "IDLE"), SharedArguments = Map("VERSION", "UNKNOWN") }, "/x/Dockerfile");
        Assert.Equal(["IDLE", "TAG", "VERSION"], arguments.Values.Keys);
        Assert.Contains("ARG IDLE", Assert.Single(arguments.Warnings), StringComparison.Ordinal);
    }

    private static SortedDictionary<string, string> Map(params string[] names) => new(names.ToDictionary(name => name, _ => "hunter2"), StringComparer.Ordinal);

    private static Task<DockerfileSettings> ReadAsync(string path) => new DockerfileSettingsReader(new DataFiles(new PowerShellDataFile())).ReadAsync(path, TestContext.Current.CancellationToken);
}
