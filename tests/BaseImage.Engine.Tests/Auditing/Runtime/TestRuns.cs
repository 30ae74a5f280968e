using System.Text;
using System.Text.Json.Nodes;
using BaseImage.Engine.Auditing;
using BaseImage.Engine.Auditing.Contents;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Structure;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Auditing.Runtime;

/// <summary>Makes small images and audits them by running them in a real engine.</summary>
internal sealed class TestRuns : IDisposable
{
    private static readonly Lazy<Task<byte[]>> s_actor = new(CompileAsync);
    private readonly TempFolder _folder = new("runs");

    private TestRuns(TestEngine engine) => Engine = engine;

    public TestEngine Engine { get; }

    public static async Task<TestRuns> OpenAsync(string engine) => new(await TestEngines.GetAsync(engine));

    /// <summary>A layer with BusyBox, the actor of actor.c and accounts.</summary>
    /// <param name="actorMode">The actor's mode, for instance 0x9ED for set-user-ID.</param>
    /// <param name="capability">The actor's file capability as the kernel keeps it; null for none.</param>
    public static async Task<byte[]> LayerAsync(int actorMode = 0x1ED, byte[]? capability = null)
    {
        byte[] busybox = await File.ReadAllBytesAsync(Tools.Require("busybox"), TestContext.Current.CancellationToken);
        TestTar tar = new TestTar().Add("app/", '5', mode: 0x1ED).Add("bin/", '5', mode: 0x1ED).Add("etc/", '5', mode: 0x1ED).Add("srv/", '5', mode: 0x1FF).Add("tmp/", '5', mode: 0x3FF)
            .Add("etc/passwd", content: Encoding.UTF8.GetBytes("root:x:0:0::/:/bin/sh\napp:x:65532:65532::/srv:/bin/sh\n"))
            .Add("etc/group", content: Encoding.UTF8.GetBytes("root:x:0:\napp:x:65532:\n"))
            .Add("bin/busybox", content: busybox, mode: 0x1ED);
        foreach (string applet in new[] { "sh", "sleep", "id", "yes", "cat", "touch" })
        {
            tar.Add("bin/" + applet, '1', link: "bin/busybox", mode: 0x1ED);
        }

        if (capability is not null)
        {
            tar.Pax(("SCHILY.xattr.security.capability", Encoding.Latin1.GetString(capability)));
        }

        return tar.Add("app/actor", content: await s_actor.Value, mode: actorMode).ToArray();
    }

    /// <summary>Audits an image by rules about running it.</summary>
    /// <param name="layer">Its one layer.</param>
    /// <param name="user">The user in its configuration.</param>
    /// <param name="program">Its Cmd.</param>
    /// <param name="change">Changes how it is run.</param>
    /// <param name="platform">Its processor.</param>
    /// <param name="host">The engine; null for this one.</param>
    /// <param name="rules">The rules.</param>
    /// <param name="more">Further members of its configuration, as JSON.</param>
    /// <param name="policy">Members of its policy, as JSON; null for none.</param>
    public async Task<RunRows> AuditAsync(byte[] layer, string user, string[] program, Func<RuntimeRequest, RuntimeRequest>? change = null, string platform = "amd64", string? host = null, string rules = "BI500*", string more = "{}", string? policy = null)
    {
        JsonObject config = (JsonObject)JsonNode.Parse(more)!;
        (config["User"], config["Env"]) = (user, new JsonArray("PATH=/bin"));
        if (program.Length > 0)
        {
            config["Cmd"] = new JsonArray([.. program.Select(word => (JsonNode)word)]);
        }

        return await AuditAsync(await WriteAsync(TestEngineImage.OfPlatform("linux", platform, [layer], config.ToJsonString(), "localhost/run:test")), host ?? Engine.Host, change, rules: rules, policy: policy is null ? null : await PolicyAsync(policy));
    }

    private async Task<string> PolicyAsync(string settings)
    {
        string path = _folder.Combine("policy.json");
        await File.WriteAllTextAsync(path, $$"""{ "SchemaVersion": 1, {{settings}} }""", TestContext.Current.CancellationToken);
        return path;
    }

    /// <summary>Writes an image to an archive of its own and names it.</summary>
    public async Task<string> WriteAsync(TestEngineImage image)
    {
        string path = _folder.Combine($"{Guid.NewGuid():N}.tar");
        await File.WriteAllBytesAsync(path, image.Archive, TestContext.Current.CancellationToken);
        return "docker-archive:" + path;
    }

    /// <summary>The environment of a process that audits: folders of its own.</summary>
    public Dictionary<string, string?> Environment => new() { ["BASEIMAGE_CACHE"] = _folder.Combine("cache"), ["BASEIMAGE_STORE"] = _folder.Combine("store") };

    /// <summary>The program that audits in a process of its own.</summary>
    public static string Driver { get; } = Path.Combine(Tools.Root(), "tests", "BaseImage.Engine.Driver", "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net8.0", "BaseImage.Engine.Driver.dll");

    /// <summary>Audits an image by rules about running it.</summary>
    public async Task<RunRows> AuditAsync(string reference, string host, Func<RuntimeRequest, RuntimeRequest>? change = null, string rules = "BI500*", string[]? tests = null, string? policy = null, CancellationToken cancellationToken = default)
    {
        using EngineConnections connections = new(_ => null);
        using ContentCache cache = ContentCache.Open(_folder.Combine("cache"));
        EngineImages images = new(connections, new EngineAddress(host), () => cache, new EngineBatches());
        Recorder recorder = new(new RuntimeProber(async token => await connections.OpenAsync(new EngineAddress(host), token), cache.NewTemporaryPath, TimeProvider.System));
        RuntimeRequest request = new() { ConfirmAsync = (_, _) => Task.FromResult(true), Watch = TimeSpan.FromSeconds(1) };
        Auditor auditor = new(new InspectionFacts(() => new BaseImagePaths(_folder.Combine("cache"), _folder.Combine("store"), []), new LayerShelf(() => cache), images), RuleCatalogue.Instance, AuditorTests.Policies, TimeProvider.System, recorder);
        List<AuditResult> rows = [];
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken, cancellationToken);
        await foreach (AuditResult row in auditor.AuditAsync(new AuditRequest { Reference = reference, Rules = rules.Split(','), StructureTestPaths = tests ?? [], PolicyPath = policy, Runtime = change is null ? request : change(request) }, SilentReporter.Instance, stop.Token))
        {
            rows.Add(row);
        }

        return new RunRows(rows, recorder.Facts);
    }

    /// <summary>Everything labelled in the engine, by plain HTTP.</summary>
    public async Task<IReadOnlyList<string>> LabelledAsync() => await LabelledAsync(Engine);

    /// <summary>Everything labelled in an engine, by plain HTTP.</summary>
    public static async Task<IReadOnlyList<string>> LabelledAsync(TestEngine engine)
    {
        string filter = Uri.EscapeDataString("""{"label":["org.baseimage.run"]}""");
        return
        [
            .. (await engine.GetAsync($"/v1.41/containers/json?all=1&filters={filter}"))!.AsArray().Select(item => "container " + item!["Id"]),
            .. ((await engine.GetAsync($"/v1.41/volumes?filters={filter}"))!["Volumes"]?.AsArray() ?? []).Select(item => "volume " + item!["Name"]),
            .. (await engine.GetAsync($"/v1.41/images/json?filters={filter}"))!.AsArray().Select(item => "image " + item!["Id"]),
        ];
    }

    public void Dispose() => _folder.Dispose();

    private static async Task<byte[]> CompileAsync()
    {
        Tools.Require(System.Runtime.InteropServices.RuntimeInformation.OSArchitecture == System.Runtime.InteropServices.Architecture.X64, "the actor is an amd64 program");
        using TempFolder folder = new("actor");
        string source = Path.Combine(Tools.Root(), "tests", "BaseImage.Engine.Tests", "Auditing", "Runtime", "actor.c");
        await Tools.RunAsync(Tools.Require("gcc"), ["-Os", "-static", "-nostdlib", "-ffreestanding", "-fno-stack-protector", "-fno-pie", "-no-pie", "-o", folder.Combine("actor"), source]);
        return await File.ReadAllBytesAsync(folder.Combine("actor"));
    }

    private sealed class Recorder(IObserveRuntime inner) : IObserveRuntime
    {
        public Task<StructureCommands> RunCommandsAsync(RuntimeTarget target, RuntimeRequest request, IReadOnlyList<(StructureTestFile File, CommandTest Test)> tests, IReporter reporter, CancellationToken cancellationToken)
            => inner.RunCommandsAsync(target, request, tests, reporter, cancellationToken);

        public RuntimeFacts? Facts { get; private set; }

        public async Task<RuntimeFacts> ObserveAsync(RuntimeTarget target, RuntimeRequest request, RunNeeds needs, IReporter reporter, CancellationToken cancellationToken)
            => Facts = await inner.ObserveAsync(target, request, needs, reporter, cancellationToken);
    }
}

/// <summary>The rows of an audit.</summary>
internal sealed record RunRows(IReadOnlyList<AuditResult> Rows, RuntimeFacts? Facts)
{
    /// <summary>The row of a rule.</summary>
    public AuditResult this[string rule] => Rows.Single(row => row.RuleId == rule);

    /// <summary>Says every row; for failures.</summary>
    public override string ToString() => string.Join('\n', Rows.Select(row => $"{row.RuleId} {row.Status} {row.Severity} {row.Message}"));

    /// <summary>Fails unless each rule from BI5001 on has the status with its letter: P, F, S or E.</summary>
    public void Expect(string letters)
        => Assert.True(letters == string.Concat(Rows.OrderBy(row => row.RuleId, StringComparer.Ordinal).Select(row => row.Status.ToString()[0])), $"expected {letters}\n{this}");
}
