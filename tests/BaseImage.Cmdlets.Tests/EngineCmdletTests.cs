using System.Security.Cryptography;
using System.Text.RegularExpressions;
using BaseImage.Engine.Tests;
using BaseImage.Engine.Tests.Engines;

namespace BaseImage.Cmdlets.Tests;

/// <summary>What a user types about images of an engine, on real engines, each in a process of its own.</summary>
public sealed partial class EngineCmdletTests : IDisposable
{
    private const int SharedBytes = 1_000_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("baseimage-engine-cmdlets-").FullName;

    public static TheoryData<string> Both => TestEngines.Both;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Both))]
    public async Task EveryImageIsAuditedWithOneExport(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        await using EngineFront front = new(engine.SocketPath);
        byte[] shared = TestEngineImage.Tar("usr/share/big", new string('x', SharedBytes));
        TestEngineImage[] images = [.. Enumerable.Range(0, 8).Select(i => TestEngineImage.Of([shared, TestEngineImage.Tar("etc/own", $"{i}")], """{"User":"65532:65532","Cmd":["/x"]}""", $"localhost/piped:{i}"))];
        try
        {
            await engine.LoadAsync(TestEngineImage.ArchiveOf(images));
            await RunAsync($"Get-BaseImage 'piped*' -DockerHost '{front.Host}' | Test-BaseImage -DockerHost '{front.Host}' | Export-Csv '{_folder}/audit.csv'");
            string csv = await File.ReadAllTextAsync(Path.Combine(_folder, "audit.csv"), TestContext.Current.CancellationToken);
            Assert.Equal(8, Pinned().Matches(csv).Select(match => match.Value).Distinct(StringComparer.Ordinal).Count());
            Assert.DoesNotContain("\"Error\"", csv, StringComparison.Ordinal);
            Assert.Equal(8, csv.Split('\n').Count(line => line.StartsWith("\"BI1001\"", StringComparison.Ordinal)));
            Assert.Single(front.Exports);
            Assert.InRange(front.BytesSent, SharedBytes, SharedBytes + 500_000);
            TestContext.Current.TestOutputHelper?.WriteLine($"{name}: 8 images, {front.Exports.Count} export, {front.Requests.Count} requests, {front.BytesSent} bytes for {SharedBytes} shared");

            // Files, packages and several names at once take the same way.
            string files = await RunAsync($"(Get-BaseImageFile 'localhost/piped:0', 'localhost/piped:1' -Path /etc/own -DockerHost '{front.Host}').Path; Get-BaseImagePackage 'localhost/piped:0' -DockerHost '{front.Host}'");
            Assert.Equal("/etc/own\n/etc/own\n", files);
            Assert.Equal(3, front.Exports.Count);
            Assert.DoesNotContain(Directory.EnumerateFiles(Path.Combine(_folder, "cache"), "*", SearchOption.AllDirectories), file => new FileInfo(file).Length > 10_000);
        }
        finally
        {
            foreach (TestEngineImage image in images)
            {
                await engine.RemoveImageAsync(image.Id);
            }
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task AWholeHostIsAuditedIntoOneCsvWithARowForWhatCannotBeRead(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        TestEngineImage[] images = [.. Enumerable.Range(0, 3).Select(i => TestEngineImage.Of([TestEngineImage.Tar("etc/shadow", $"root:$6$x{i}:1::::::\n")], $$$"""{"User":"{{{i}}}:0","Env":["DB_PASSWORD=kB7pQ2zX9vLm{{{i}}}TfR"],"Labels":{"a":"=cmd|' /C calc'!A0"}}""", $"localhost/host:{i}"))];

        // The store has one whose layer is damaged on the disk.
        string store = Path.Combine(_folder, "store");
        SmallLayout.Write(store, "0:0");
        string layer = new DirectoryInfo(Path.Combine(store, "blobs", "sha256")).GetFiles().OrderBy(file => file.Length).First().FullName;
        byte[] content = await File.ReadAllBytesAsync(layer, TestContext.Current.CancellationToken);
        content[^6] ^= 0x55;
        await File.WriteAllBytesAsync(layer, content, TestContext.Current.CancellationToken);
        try
        {
            await engine.LoadAsync(TestEngineImage.ArchiveOf(images));
            await RunAsync($"$env:DOCKER_HOST = '{engine.Host}'; Get-BaseImage | Test-BaseImage -Status Fail,Error -MinimumSeverity High | Export-Csv '{_folder}/a.csv'");
            string csv = await File.ReadAllTextAsync(Path.Combine(_folder, "a.csv"), TestContext.Current.CancellationToken);
            Assert.DoesNotContain("System.", csv, StringComparison.Ordinal);
            Assert.DoesNotContain("kB7pQ2zX9vLm", csv, StringComparison.Ordinal);
            string[] lines = csv.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            Assert.StartsWith("\"RuleId\",\"Title\",\"Severity\",\"Category\",\"Status\",\"Image\"", lines[0], StringComparison.Ordinal);
            Assert.All(lines.Skip(1), line => Assert.Matches("^\"BI[0-9]{4}\",\"[^\"]*\",\"(High|Critical)\",\"[^\"]*\",\"(Fail|Error)\",", line));
            string unread = Assert.Single(lines, line => line.StartsWith("\"BI0000\"", StringComparison.Ordinal));
            Assert.Contains("\"store:", unread, StringComparison.Ordinal);
            Assert.Equal(images.Length, lines.Where(line => line.StartsWith("\"BI1002\"", StringComparison.Ordinal)).Select(line => OnHost().Match(line).Value).Where(reference => reference.Length > 0).Distinct(StringComparer.Ordinal).Count());
        }
        finally
        {
            foreach (TestEngineImage image in images)
            {
                await engine.RemoveImageAsync(image.Id);
            }
        }
    }

    [Theory, MemberData(nameof(Both))]
    public async Task OneBadImageDoesNotStopTheOthersAndAuditsStayRows(string name)
    {
        TestEngine engine = await TestEngines.GetAsync(name);
        TestEngineImage image = TestEngineImage.Of([TestEngineImage.Tar("etc/own", "one")], """{"User":"1:1"}""", "localhost/bad:good");
        try
        {
            await engine.LoadAsync(image);
            string output = await RunAsync($$"""
                $images = Get-BaseImage 'localhost/bad:none', 'localhost/bad:good' -DockerHost '{{engine.Host}}' -ErrorAction SilentlyContinue -ErrorVariable errors
                "$($images.ImageId) $($errors.Count) $($errors[0].FullyQualifiedErrorId)"
                $errors[0].ErrorDetails.RecommendedAction
                $rows = Test-BaseImage 'localhost/bad:none', 'localhost/bad:good' -DockerHost '{{engine.Host}}'
                "$($rows.Where{ $_.Status -eq 'Error' }.RuleId) $($rows.Where{ $_.RuleId -eq 'BI1001' }.Status)"
                """);
            string[] lines = output.Split('\n');
            Assert.StartsWith($"{image.Id} 1 ImageNotFound", lines[0], StringComparison.Ordinal);
            Assert.Contains("localhost/bad:good", lines[1], StringComparison.Ordinal);
            Assert.Equal("BI0000 Pass", lines[2]);
        }
        finally
        {
            await engine.RemoveImageAsync(image.Id);
        }
    }

    [Fact]
    public async Task WindowsImagesAreReadAndWhatCannotBeJudgedIsSkipped()
    {
        TestEngineImage windows = TestEngineImage.OfPlatform("windows", "amd64", [TestEngineImage.Tar("Files/x", "x")], """{"User":"ContainerUser"}""");
        await File.WriteAllBytesAsync(Path.Combine(_folder, "windows.tar"), windows.Archive, TestContext.Current.CancellationToken);
        string output = await RunAsync($"$rows = Test-BaseImage docker-archive:{_folder}/windows.tar; $rows.Where{{ $_.RuleId -like 'BI2*' }}[0].Status; \"$((Get-BaseImage docker-archive:{_folder}/windows.tar).Platforms)\"");
        Assert.Equal("Skipped\nwindows/amd64\n", output);
    }

    [Fact]
    public async Task WithoutAnEngineTheStoreAloneIsListed()
    {
        Tools.Require(!File.Exists("/var/run/docker.sock") && !File.Exists("/run/podman/podman.sock"), "an engine listens on a default socket of this machine");
        string output = await RunAsync($"""
            $ErrorActionPreference = 'SilentlyContinue'
            $env:HOME = '{_folder}'; $env:XDG_RUNTIME_DIR = ''
            $found = @(Get-BaseImage -ErrorVariable a) + @(Get-BaseImage 'x*' -ErrorVariable b)
            "$($found.Count) $($a.Count) $($b.Count)"
            Get-BaseImage docker-daemon: -ErrorVariable e; $e[0].FullyQualifiedErrorId
            Get-BaseImage web:ci -ErrorVariable e; $e[0].FullyQualifiedErrorId
            Get-BaseImage -DockerHost 'unix://{_folder}/none.sock' -ErrorVariable e; "$($e.Count) $($e[0].FullyQualifiedErrorId) $($e[0].CategoryInfo.Category)"
            Get-BaseImage x -DockerHost ssh://me@host -ErrorVariable e; $e[0].ErrorDetails.RecommendedAction
            Get-BaseImage x -DockerContext nowhere -ErrorVariable e; $e[0].FullyQualifiedErrorId
            """);
        string[] lines = output.Split('\n');
        Assert.Equal("0 0 0", lines[0]);
        Assert.StartsWith("EngineNotFound", lines[1], StringComparison.Ordinal);
        Assert.StartsWith("EngineNotFound", lines[2], StringComparison.Ordinal);
        Assert.StartsWith("1 EngineUnreachable", lines[3], StringComparison.Ordinal);
        Assert.EndsWith(" ConnectionError", lines[3], StringComparison.Ordinal);
        Assert.Contains("ssh -nNT -L", lines[4], StringComparison.Ordinal);
        Assert.StartsWith("EngineContextNotFound", lines[5], StringComparison.Ordinal);
    }

    [Fact]
    public async Task ASocketOfAnotherUserSaysWhatToDo()
    {
        TestEngine engine = await TestEngines.GetAsync("dockerd");
        string setpriv = Tools.Require("setpriv");
        string[] nobody = ["--reuid=65534", "--regid=65534", "--clear-groups"];
        string home = Path.Combine(_folder, "home");
        Directory.CreateDirectory(home);
        await Tools.RunAsync(Tools.Require("chmod"), ["777", _folder, home]);
        (int readable, _, _) = await Tools.TryRunAsync(setpriv, [.. nobody, "test", "-r", Repository.Console]);
        Tools.Require(readable == 0, "another user cannot read this checkout");
        Dictionary<string, string?> environment = new(StringComparer.Ordinal)
        {
            ["HOME"] = home,
            ["DOTNET_CLI_HOME"] = home,
            ["TMPDIR"] = home,
            ["XDG_RUNTIME_DIR"] = null,
            ["BASEIMAGE_CACHE"] = null,
            ["BASEIMAGE_STORE"] = null,
            ["DOCKER_HOST"] = engine.Host,
        };
        (_, string output, string error) = await Tools.TryRunAsync(
            setpriv,
            [.. nobody, "dotnet", Repository.Console, "-Command", "Get-BaseImage docker-daemon: -ErrorAction SilentlyContinue -ErrorVariable e; $e[0].FullyQualifiedErrorId; $e[0].ErrorDetails.RecommendedAction"],
            environment: environment);
        Assert.True(output.StartsWith("EngineAccessDenied", StringComparison.Ordinal), output + error);
        Assert.Contains("usermod -aG docker", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NamesOfImagesAndContextsAreCompleted()
    {
        TestEngine engine = await TestEngines.GetAsync("dockerd");
        TestEngineImage image = TestEngineImage.Of([TestEngineImage.Tar("etc/own", "complete")], "{}", "completed/web:ci");
        string meta = Path.Combine(_folder, "docker", "contexts", "meta", Convert.ToHexStringLower(SHA256.HashData("far-away"u8)));
        Directory.CreateDirectory(meta);
        await File.WriteAllTextAsync(Path.Combine(meta, "meta.json"), """{"Name":"far-away","Endpoints":{"docker":{"Host":"HOST"}}}""".Replace("HOST", engine.Host, StringComparison.Ordinal), TestContext.Current.CancellationToken);
        try
        {
            await engine.LoadAsync(image);
            string output = await RunAsync($$"""
                $env:DOCKER_CONFIG = '{{_folder}}/docker'
                function complete($line) { "[$([System.Management.Automation.CommandCompletion]::CompleteInput($line, $line.Length, $null).CompletionMatches.CompletionText)]" }
                complete "Get-BaseImage -DockerHost '{{engine.Host}}' -Image comp"
                complete 'Test-BaseImage -DockerContext far-away -Image comp'
                complete 'Get-BaseImage -DockerContext f'
                complete 'Get-BaseImage -DockerHost ssh://x -Image comp'
                (Get-BaseImage completed/web:ci -DockerContext far-away).ImageId.ToString()
                """);
            Assert.Equal($"[completed/web:ci]\n[completed/web:ci]\n[far-away]\n[]\n{image.Id}\n", output);
        }
        finally
        {
            await engine.RemoveImageAsync(image.Id);
        }
    }

    private async Task<string> RunAsync(string script)
    {
        ConsoleRun run = await ConsoleRun.CommandAsync($"$env:DOCKER_HOST = $null; $env:BASEIMAGE_CACHE = '{_folder}/cache'; $env:BASEIMAGE_STORE = '{_folder}/store'\n{script}");
        Assert.Equal("", run.Errors);
        return run.Output;
    }

    [GeneratedRegex("docker-daemon:localhost/host@sha256:[0-9a-f]{64}")]
    private static partial Regex OnHost();

    [GeneratedRegex("docker-daemon:localhost/piped@sha256:[0-9a-f]{64}")]
    private static partial Regex Pinned();
}
