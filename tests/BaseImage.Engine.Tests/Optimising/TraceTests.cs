using System.Text;
using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Optimising.Traces;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Optimising;

/// <summary>What only a run shows is recorded in real engines, and stays.</summary>
public sealed class TraceTests
{
    private const string Library = "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0.8.6";
    private const string Opened = "/usr/lib/x86_64-linux-gnu/perl-base/strict.pm";

    [Theory]
    [MemberData(nameof(TestEngines.Both), MemberType = typeof(TestEngines))]
    public async Task What_a_program_loads_by_a_name_that_it_makes_up_stays_once_a_run_was_recorded(string engine)
    {
        using OptimizeRoom room = await OptimizeRoom.OpenAsync(engine);
        string app = await room.TarAsync("app.tar", new TestTar().Add("app/", '5', mode: 0x1ED).Add("app/program", content: await DebianTree.SecretiveAsync(), mode: 0x1ED));
        string image = await room.ImageAsync("full", new ImageConfig { Cmd = ["/app/program"], ExposedPorts = ["8080/tcp"] }, await DebianTree.SmallAsync(), app);
        OptimizedImageBrokenException broken = await Assert.ThrowsAsync<OptimizedImageBrokenException>(() => room.OptimizeAsync(image, "without"));
        Assert.Contains("code 9", broken.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(room.Combine("without")));

        string trace = room.Combine("web.trace.json");
        OptimizationResult result = await room.OptimizeAsync(image, "recorded", request => request with { TracePaths = [trace], RecordTrace = true });
        TestContext.Current.TestOutputHelper?.WriteLine($"{engine}: {result.SavedPercent} % less; {result.Proof}\n{await File.ReadAllTextAsync(trace, TestContext.Current.CancellationToken)}");
        Assert.Equal(OptimizationProof.Verified, result.Verified);
        Assert.Contains("8080/tcp", result.Proof, StringComparison.Ordinal);
        Assert.Empty(result.Warnings);
        Assert.Contains(result.Kept, item => item is { Path: Library, Package: "libsqlite3-0" } && item.NeededBy == "a recorded run mapped it");
        Assert.Contains(result.Kept, item => item is { Path: Opened } && item.NeededBy == "a recorded run opened it");
        HashSet<string> files = [.. (await room.FilesAsync(result.Reference)).Select(file => file.Path)];
        Assert.All((string[])[Library, Opened, "/usr/lib/x86_64-linux-gnu/libsqlite3.so.0"], path => Assert.Contains(path, files));
        Assert.All((string[])["/usr/bin/perl", "/usr/bin/dash", "/usr/bin/dpkg"], path => Assert.DoesNotContain(path, files));
        Assert.True(result.SavedPercent >= 60, $"{result.SavedPercent} %");

        ImageTrace read = await TraceFile.ReadAsync(trace, TestContext.Current.CancellationToken);
        Assert.Equal(Touch.Executed | Touch.Mapped, read.Paths[LayerPath.FromUtf8("app/program")]);
        Assert.Equal(Touch.Opened, read.Paths[LayerPath.FromUtf8(Opened)]);
        Assert.DoesNotContain(read.Paths.Keys, path => path.ToString().Contains("baseimage", StringComparison.Ordinal) || path.ToString().StartsWith("proc/", StringComparison.Ordinal));

        // The file alone decides, in however many pieces it comes.
        OptimizationResult[] again = [.. await Task.WhenAll(new[] { 1, 4 }.Select(workers => room.OptimizeAsync(image, $"again{workers}", request => request with { TracePaths = [trace], Workers = workers, SkipVerification = true })))];
        Assert.All(again, one => Assert.Equal(result.Image!.Digest, one.Image!.Digest));
        string part = room.Combine("part.trace.json");
        await File.WriteAllBytesAsync(part, TraceFile.Write(read with { Paths = read.Paths.Where(pair => pair.Key.ToString().StartsWith("usr/", StringComparison.Ordinal)).ToDictionary(pair => pair.Key, pair => pair.Value) }), TestContext.Current.CancellationToken);
        Assert.Equal(result.Image!.Digest, (await room.OptimizeAsync(image, "parts", request => request with { TracePaths = [part, trace], SkipVerification = true })).Image!.Digest);
    }

    [Theory]
    [MemberData(nameof(TestEngines.Both), MemberType = typeof(TestEngines))]
    public async Task A_short_run_is_recorded_from_its_first_moment_and_adds_to_what_was_there(string engine)
    {
        using OptimizeRoom room = await OptimizeRoom.OpenAsync(engine);
        string image = await SmallAsync(room, ["/bin/sh", "-c", "cd /srv && exec 5</etc/wanted && sleep 1 && exit 3"]);
        string trace = room.Combine("short.trace.json");
        OptimizationRequest Patient(OptimizationRequest request) => request with { TracePaths = [trace], RecordTrace = true, Runtime = request.Runtime with { Watch = TimeSpan.FromSeconds(5) } };
        OptimizationResult result = await room.OptimizeAsync(image, "small", Patient);
        Assert.Contains("code 3", result.Proof, StringComparison.Ordinal);
        Assert.Contains(result.Warnings, warning => warning.Contains("came to no good", StringComparison.Ordinal));
        ImageTrace first = await TraceFile.ReadAsync(trace, TestContext.Current.CancellationToken);
        Assert.Equal(Touch.Opened, first.Paths[LayerPath.FromUtf8("etc/wanted")]);
        Assert.Equal(Touch.WorkingDirectory, first.Paths[LayerPath.FromUtf8("srv")]);
        Assert.Contains(first.Paths, pair => pair.Key.ToString().StartsWith("bin/", StringComparison.Ordinal) && pair.Value.HasFlag(Touch.Executed));

        ImageTrace more = first with { Paths = new Dictionary<LayerPath, Touch>(first.Paths) { [LayerPath.FromUtf8("app/actor")] = Touch.Mapped } };
        await File.WriteAllBytesAsync(trace, TraceFile.Write(more), TestContext.Current.CancellationToken);
        await room.OptimizeAsync(image, "twice", request => Patient(request) with { SkipVerification = true });
        Assert.Equal(Touch.Mapped, (await TraceFile.ReadAsync(trace, TestContext.Current.CancellationToken)).Paths[LayerPath.FromUtf8("app/actor")]);
    }

    [Fact]
    public async Task A_trace_of_another_image_or_with_what_the_image_lacks_is_one_error_and_nothing_is_written()
    {
        using OptimizeRoom room = OptimizeRoom.WithoutEngine();
        string image = await SmallAsync(room, ["/app/actor"]);
        OptimizationResult known = await room.OptimizeAsync(image, "known", request => request with { SkipVerification = true });
        ImageTrace right = new() { ImageId = Digest.Parse(await ImageIdAsync(room, image)), Platform = Platform.LinuxAmd64, Paths = new Dictionary<LayerPath, Touch> { [LayerPath.FromUtf8("bin/busybox")] = Touch.Executed } };
        OptimizationResult kept = await OptimizeAsync(room, image, "right", right);
        Assert.Contains(kept.Kept, item => item.Path == "/bin/busybox" && item.NeededBy == "a recorded run executed it");
        Assert.NotEqual(known.Image!.Digest, kept.Image!.Digest);

        TraceOfAnotherImageException other = await Assert.ThrowsAsync<TraceOfAnotherImageException>(() => OptimizeAsync(room, image, "other", right with { ImageId = Digest.Of([1]) }));
        Assert.Contains(right.ImageId.ToString(), other.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<TraceOfAnotherImageException>(() => OptimizeAsync(room, image, "other", right with { Platform = Platform.LinuxArm64 }));
        TraceInvalidException lacks = await Assert.ThrowsAsync<TraceInvalidException>(() => OptimizeAsync(room, image, "other", right with { Paths = new Dictionary<LayerPath, Touch> { [LayerPath.FromUtf8("bin/nowhere")] = Touch.Opened } }));
        Assert.Contains("/bin/nowhere", lacks.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(room.Combine("other")));
    }

    [Fact]
    public async Task Without_an_engine_or_without_consent_no_trace_is_written()
    {
        using OptimizeRoom room = OptimizeRoom.WithoutEngine();
        string image = await SmallAsync(room, ["/app/actor"]), trace = room.Combine("x.trace.json");
        await Assert.ThrowsAsync<TraceNotRecordedException>(() => room.OptimizeAsync(image, "small", request => request with { TracePaths = [trace], RecordTrace = true, SkipVerification = true }));
        OptimizationResult asked = await room.OptimizeAsync(image, "small", request => request with { TracePaths = [trace], RecordTrace = true }, confirm: false);
        Assert.Null(asked.Image);
        Assert.False(File.Exists(trace) || Directory.Exists(room.Combine("small")));
        await Assert.ThrowsAsync<ArgumentException>(() => room.OptimizeAsync(image, "small", request => request with { TracePaths = [trace, trace], RecordTrace = true }));
    }

    private static async Task<OptimizationResult> OptimizeAsync(OptimizeRoom room, string image, string destination, ImageTrace trace)
    {
        string path = room.Combine("given.trace.json");
        await File.WriteAllBytesAsync(path, TraceFile.Write(trace), TestContext.Current.CancellationToken);
        return await room.OptimizeAsync(image, destination, request => request with { TracePaths = [path], SkipVerification = true });
    }

    private static async Task<string> ImageIdAsync(OptimizeRoom room, string image)
    {
        System.Text.Json.Nodes.JsonNode index = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(image["oci:".Length..], "index.json"), TestContext.Current.CancellationToken))!;
        string manifest = (string)index["manifests"]![0]!["digest"]!;
        System.Text.Json.Nodes.JsonNode document = System.Text.Json.Nodes.JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(image["oci:".Length..], "blobs", "sha256", manifest["sha256:".Length..]), TestContext.Current.CancellationToken))!;
        return (string)document["config"]!["digest"]!;
    }

    private static Task<string> SmallAsync(OptimizeRoom room, string[] command) => OptimizeTests.SmallAsync(room, command);
}
