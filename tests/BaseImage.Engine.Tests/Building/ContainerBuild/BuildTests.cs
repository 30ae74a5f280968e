using System.Diagnostics;
using System.Globalization;
using System.Text;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Tests.Auditing.Runtime;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>Building by real engines: what is refused, what fails and how, and that nothing is left.</summary>
public sealed class BuildTests
{
    /// <summary>Every builder.</summary>
    public static TheoryData<string> Builders => ["classic", "buildkit", "podman"];

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task A_failed_step_says_where_what_and_why(string builder)
    {
        await using Bench bench = await Bench.OpenAsync(builder);
        string path = await bench.WriteAsync($"# a comment\nFROM {bench.Base}\nRUN echo first\n\nRUN echo making it; \\\n    echo no rule >&2; \\\n    exit 3\nRUN echo never\n");
        BuildStepFailedException failure = await Assert.ThrowsAsync<BuildStepFailedException>(() => bench.BuildAsync(new DockerfileBuildRequest { Path = path, AllowUnpinned = true }));
        Assert.Equal((5, 3), (failure.Line, failure.ExitCode));
        Assert.StartsWith("RUN echo making it;", failure.Command, StringComparison.Ordinal);
        Assert.Contains("no rule", failure.Output);
        Assert.Contains("making it", failure.Output);
        Assert.DoesNotContain("first", failure.Output);
        Assert.Contains("  first", bench.Room.Said.Details);
        await bench.AssertNothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task A_name_means_what_the_lock_says_though_its_tag_has_moved(string builder)
    {
        await using Bench bench = await Bench.OpenAsync(builder);
        string path = await bench.WriteAsync($"FROM {bench.Base}\nRUN busybox cat /etc/which > /seen\n");
        DockerfileUnpinnedException unpinned = await Assert.ThrowsAsync<DockerfileUnpinnedException>(() => bench.BuildAsync(new DockerfileBuildRequest { Path = path }));
        Assert.Equal(1, unpinned.Line);
        ContainerImage first = await bench.BuildAsync(new DockerfileBuildRequest { Path = path, UpdateLock = true });
        DockerfileLock locked = await DockerfileLockFile.ReadAsync(DockerfileLock.PathFor(path), TestContext.Current.CancellationToken);
        Assert.Equal(bench.Base, Assert.Single(locked.Images).Name);

        // Somebody builds another image of that name.
        string moved = await bench.Engine.LoadAsync(Bench.Image("moved", bench.Base));
        ContainerImage again = await bench.BuildAsync(new DockerfileBuildRequest { Path = path });
        Assert.Equal(first.Digest, again.Digest);

        // What is locked stays locked; without a lock what is there today is taken.
        Assert.Equal(first.Digest, (await bench.BuildAsync(new DockerfileBuildRequest { Path = path, AllowUnpinned = true })).Digest);
        File.Delete(DockerfileLock.PathFor(path));
        ContainerImage other = await bench.BuildAsync(new DockerfileBuildRequest { Path = path, AllowUnpinned = true });
        Assert.NotEqual(first.Digest, other.Digest);
        Assert.Contains(bench.Room.Said.Warnings, warning => warning.Contains("is not pinned", StringComparison.Ordinal));

        // A pin in the Dockerfile itself, by the engine's id.
        string pinned = await bench.WriteAsync($"FROM {bench.Base}@{locked.Images[0].ImageId}\nRUN busybox cat /etc/which > /seen\n", "pinned");
        ContainerImage same = await bench.BuildAsync(new DockerfileBuildRequest { Path = pinned });
        Assert.Equal(first.Layers.Select(layer => layer.DiffId), same.Layers.Select(layer => layer.DiffId));
        await Assert.ThrowsAsync<ImageNotFoundException>(async () => await bench.BuildAsync(new DockerfileBuildRequest { Path = await bench.WriteAsync($"FROM {bench.Base}@{Digest.Of("none"u8)}\n", "missing"), Offline = true }));
        await bench.Engine.RemoveImageAsync(moved);
        await bench.AssertNothingLeftAsync();
    }

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task What_a_copy_brings_of_the_context_is_the_original(string builder)
    {
        await using Bench bench = await Bench.OpenAsync(builder);
        string text = $"FROM {bench.Base}\nCOPY . /ctx/\n";
        string path = await bench.WriteAsync(text);
        ContainerImage image = await bench.BuildAsync(new DockerfileBuildRequest { Path = path, AllowUnpinned = true, Source = "https://example.org/x", Revision = "abc" });
        IReadOnlyList<string> files = await bench.FilesAsync(image);
        Assert.Contains($"/ctx/Dockerfile {Digest.Of(Encoding.UTF8.GetBytes(text))}", files);
        Assert.DoesNotContain(files, file => file.Contains(".baseimage", StringComparison.Ordinal));
        Assert.Equal(
            ["org.opencontainers.image.base.digest", "org.opencontainers.image.base.name", "org.opencontainers.image.revision", "org.opencontainers.image.source"],
            image.Config.Labels.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(bench.Base, image.Config.Labels["org.opencontainers.image.base.name"]);
        Assert.DoesNotContain(image.Manifests[0].History, step => step.CreatedBy.Contains("SOURCE_DATE_EPOCH", StringComparison.Ordinal) || step.CreatedBy.Contains("org.baseimage", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task There_is_no_network_and_no_secret_in_what_is_said(string builder)
    {
        await using Bench bench = await Bench.OpenAsync(builder);
        string path = await bench.WriteAsync($"FROM {bench.Base}\nARG API_TOKEN\nRUN echo token is $API_TOKEN; busybox ip addr | busybox grep -c inet || echo no network\nRUN echo $API_TOKEN; exit 9\n");
        await File.WriteAllTextAsync(path + ".build.psd1", "@{ SchemaVersion = 1; BuildArguments = @{ API_TOKEN = 'tok-3f9c1d77aa20' } }");
        BuildStepFailedException failure = await Assert.ThrowsAsync<BuildStepFailedException>(() => bench.BuildAsync(new DockerfileBuildRequest { Path = path, AllowUnpinned = true }));
        string said = bench.Room.Said.All + failure.Message + string.Join(' ', failure.Output) + failure.Command;
        Assert.DoesNotContain("tok-3f9c1d77aa20", said, StringComparison.Ordinal);
        Assert.Contains("token is ***", said, StringComparison.Ordinal);
        Assert.Contains(bench.Room.Said.Warnings, warning => warning.Contains("API_TOKEN", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Builders))]
    public async Task A_build_that_is_stopped_leaves_nothing(string builder)
    {
        await using Bench bench = await Bench.OpenAsync(builder);
        string path = await bench.WriteAsync($"FROM {bench.Base}\nRUN echo begun; busybox sleep 600\n");
        using CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        Task build = bench.Room.Builder.BuildAsync(bench.With(new DockerfileBuildRequest { Path = path, AllowUnpinned = true }), bench.Room.Said, stop.Token);
        while (!bench.Room.Said.Details.Contains("  begun"))
        {
            Assert.False(build.IsCompleted, bench.Room.Said.All);
            await Task.Delay(100, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => build);
        await bench.AssertNothingLeftAsync();
    }

    /// <summary>BASEIMAGE_RUN_KILLS=100 for a long hunt; the seed is printed.</summary>
    [Theory]
    [MemberData(nameof(TestEngines.Both), MemberType = typeof(TestEngines))]
    public async Task A_build_that_is_killed_leaves_nothing_that_outlives_the_next_one(string engine)
    {
        await using Bench bench = await Bench.OpenAsync(engine == "podman" ? "podman" : "classic");
        int rounds = int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_RUN_KILLS"), NumberStyles.None, CultureInfo.InvariantCulture, out int given) ? given : 3;
        int seed = int.TryParse(Environment.GetEnvironmentVariable("BASEIMAGE_TEST_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out int known) ? known : Random.Shared.Next();
        TestContext.Current.TestOutputHelper?.WriteLine($"BASEIMAGE_TEST_SEED={seed}");
        Random random = new(seed);
        using TempFolder folder = new("killed-build");
        string slow = await bench.WriteAsync($"FROM {bench.Base}\nRUN busybox dd if=/dev/zero of=/a bs=1M count=8 && busybox sleep 1\nRUN busybox sleep 1 && echo b > /b\n", "slow");
        string quick = await bench.WriteAsync($"FROM {bench.Base}\nRUN echo c > /c\n", "quick");
        Directory.CreateDirectory(folder.Combine("out"));
        int whole = 0;
        for (int round = 0; round < rounds; round++)
        {
            string destination = folder.Combine("out", $"layout{round}");
            ProcessStartInfo start = new("dotnet", [TestRuns.Driver, "build", slow, bench.Engine.Host, "oci:" + destination]) { RedirectStandardOutput = true };
            (start.Environment["BASEIMAGE_CACHE"], start.Environment["BASEIMAGE_STORE"]) = (folder.Combine("cache"), folder.Combine("store"));
            using (Process process = Process.Start(start)!)
            {
                Assert.Equal("begun", await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken));
                await Task.Delay(random.Next(200, 6_000), TestContext.Current.CancellationToken);
                process.Kill();
                await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            }

            // An engine with much to do may commit the step that it was at after the next build has ended: then the one after it takes that away.
            for (int attempt = 0; attempt == 0 || (attempt < 3 && !await bench.IsNothingLeftAsync()); attempt++)
            {
                await bench.BuildAsync(new DockerfileBuildRequest { Path = quick, AllowUnpinned = true, Destinations = ["oci:" + folder.Combine("out", "next")] });
            }

            await bench.AssertNothingLeftAsync();
            if (Directory.Exists(destination))
            {
                // What is there is whole: every file of it can be read.
                whole++;
                Assert.Contains(await bench.Room.Engine.FilesAsync("oci:" + destination), file => file.StartsWith("/b ", StringComparison.Ordinal));
            }
        }

        Assert.All(Directory.EnumerateFileSystemEntries(folder.Combine("out")), path => Assert.Matches("^(next|layout[0-9]+)$", Path.GetFileName(path)));
        TestContext.Current.TestOutputHelper?.WriteLine($"{rounds} kills, {whole} of them after the image was written.");
    }

    /// <summary>Docker's classic builder has no mounts.</summary>
    [Theory]
    [InlineData("buildkit")]
    [InlineData("podman")]
    public async Task What_a_mount_comes_from_is_what_the_lock_says_though_its_tag_has_moved(string builder)
    {
        await using Bench bench = await Bench.OpenAsync(builder);
        string other = "mounted-" + bench.Base, id = await bench.Engine.LoadAsync(Bench.Image("mounted", other));
        try
        {
            string path = await bench.WriteAsync($"FROM {bench.Base}\nRUN --mount=type=bind,from={other},source=/etc,target=/mnt busybox cat /mnt/which > /seen\n");
            Assert.Equal(1, (await Assert.ThrowsAsync<DockerfileUnpinnedException>(() => bench.BuildAsync(new DockerfileBuildRequest { Path = path }))).Line);
            ContainerImage first = await bench.BuildAsync(new DockerfileBuildRequest { Path = path, UpdateLock = true });
            Assert.Contains($"/seen {Digest.Of("mounted"u8)}", await bench.FilesAsync(first));
            string moved = await bench.Engine.LoadAsync(Bench.Image("moved", other));
            try
            {
                Assert.Equal(first.Digest, (await bench.BuildAsync(new DockerfileBuildRequest { Path = path })).Digest);
                File.Delete(DockerfileLock.PathFor(path));
                Assert.NotEqual(first.Digest, (await bench.BuildAsync(new DockerfileBuildRequest { Path = path, AllowUnpinned = true })).Digest);
            }
            finally
            {
                await bench.Engine.RemoveImageAsync(moved);
            }

            string quoted = await bench.WriteAsync($"FROM {bench.Base}\nRUN --mount=type=bind,\"from={other[..4]}\\\n{other[4..]}\",target=/mnt true\n", "quoted");
            BaseImageException refused = await Assert.ThrowsAnyAsync<BaseImageException>(() => bench.BuildAsync(new DockerfileBuildRequest { Path = quoted, AllowUnpinned = true }));
            Assert.IsType<DockerfileNotBuildableException>(refused);
        }
        finally
        {
            await bench.Engine.RemoveImageAsync(id);
        }
    }

    [Fact]
    public async Task What_cannot_be_built_is_told_before_an_engine_is_asked()
    {
        await using Bench bench = await Bench.OpenAsync("classic");
        foreach ((string text, string problem, int line) in new[]
        {
            ("FROM ${NOTHING}\n", "NOTHING has no value", 1),
            ("FROM scratch\nADD https://example.org/repo.git /src\n", "is a repository", 2),
            ("FROM scratch\nADD https://example.org/a b /src/\n", "both files of the context and downloads", 2),
            ($"FROM {bench.Base}\nRUN <<EOF\necho x\nEOF\n", "here-documents", 2),
        })
        {
            string path = await bench.WriteAsync(text);
            DockerfileNotBuildableException failure = await Assert.ThrowsAsync<DockerfileNotBuildableException>(() => bench.BuildAsync(new DockerfileBuildRequest { Path = path, AllowUnpinned = true }));
            Assert.Equal(line, failure.Line);
            Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
        }

        await Assert.ThrowsAsync<DockerfileInvalidException>(async () => await bench.BuildAsync(new DockerfileBuildRequest { Path = await bench.WriteAsync("FORM scratch\n") }));
        await Assert.ThrowsAsync<DockerfileUnpinnedException>(async () => await bench.BuildAsync(new DockerfileBuildRequest { Path = await bench.WriteAsync("FROM scratch\nADD http://127.0.0.1:1/x /x\n") }));
        await Assert.ThrowsAsync<DockerfileNotBuildableException>(async () => await bench.BuildAsync(new DockerfileBuildRequest { Path = await bench.WriteAsync("FROM scratch AS a\n"), Target = "b" }));
    }

    [Fact]
    public async Task A_download_of_another_digest_is_refused_and_not_kept()
    {
        await using Bench bench = await Bench.OpenAsync("classic");
        await using SampleTests.TextServer server = new();
        Digest right = Digest.Of(Encoding.ASCII.GetBytes("the content of /file.txt\n"));
        string wrong = await bench.WriteAsync($"FROM scratch\nADD --checksum={Digest.Of("other"u8)} {server.Address}/file.txt /\n", "wrong");
        DownloadFailedException failure = await Assert.ThrowsAsync<DownloadFailedException>(() => bench.BuildAsync(new DockerfileBuildRequest { Path = wrong }));
        Assert.Contains(right.ToString(), failure.Message, StringComparison.Ordinal);
        string good = await bench.WriteAsync($"FROM scratch\nADD --checksum={right} {server.Address}/file.txt /\n", "good");
        Assert.Contains($"/file.txt {right}", await bench.FilesAsync(await bench.BuildAsync(new DockerfileBuildRequest { Path = good })));
        Assert.Equal(2, server.Requests);
        await bench.BuildAsync(new DockerfileBuildRequest { Path = good, Offline = true });
        Assert.Equal(2, server.Requests);
        await bench.AssertNothingLeftAsync();
    }

    [Theory]
    [InlineData("{\"stream\":\"Step 1/3 : FROM x\"}\n{\"broken", "is no JSON object")]
    [InlineData("[1]\n", "is no JSON object")]
    [InlineData("{\"id\":\"moby.buildkit.trace\",\"aux\":\"%%%\"}\n", "base64")]
    [InlineData("{\"stream\":\"Successfully built\"}\n", "does not have it")]
    public async Task An_engine_that_lies_is_one_error(string messages, string problem)
    {
        await using FakeEngine engine = new();
        engine.Answers["GET /containers/json"] = () => FakeAnswer.Json("[]");
        engine.Answers["GET /volumes"] = () => FakeAnswer.Json("""{"Volumes":[]}""");
        engine.Answers["POST /build"] = () => new FakeAnswer(200, "application/json", Encoding.UTF8.GetBytes(messages));
        using TempFolder folder = new("liar");
        await File.WriteAllTextAsync(folder.Combine("Dockerfile"), "FROM fake:it\nRUN x\n");
        using BuildRoom room = new(engine.Host);
        EngineAnswerInvalidException failure = await Assert.ThrowsAsync<EngineAnswerInvalidException>(() => room.BuildAsync(new DockerfileBuildRequest { Path = folder.Combine("Dockerfile"), AllowUnpinned = true }));
        Assert.Contains(problem, failure.Message, StringComparison.Ordinal);
    }

    /// <summary>An engine with a small base, a folder for Dockerfiles, and what was there before.</summary>
    private sealed class Bench : IAsyncDisposable
    {
        private readonly TempFolder _folder = new("build");
        private readonly string _id;
        private readonly string _builder;
        private IReadOnlyList<string> _before = [];

        private Bench(string builder, TestEngine engine, string id, string name) => (_builder, Engine, _id, Base, Room) = (builder, engine, id, name, new BuildRoom(engine.Host));

        public TestEngine Engine { get; }

        public BuildRoom Room { get; }

        public string Base { get; }

        public static async Task<Bench> OpenAsync(string builder)
        {
            TestEngine engine = await TestEngines.GetAsync(builder == "podman" ? "podman" : "dockerd", "builds");
            string name = $"build-base-{Guid.NewGuid().ToString("N")[..8]}:1";
            string id = await engine.LoadAsync(Image("first", name));
            Bench bench = new(builder, engine, id, name);
            bench._before = await engine.ImageIdsAsync();
            return bench;
        }

        // A shell, and a file that says which of the images it is.
        public static TestEngineImage Image(string which, string name)
        {
            byte[] busybox = File.ReadAllBytes(Tools.Require("busybox"));
            return TestEngineImage.Of([TestEngineImage.Tar(("bin/sh", busybox, 0x1ED), ("bin/busybox", busybox, 0x1ED), ("etc/which", Encoding.ASCII.GetBytes(which), 0x1A4))], """{"Env":["PATH=/bin"]}""", name);
        }

        public async Task<string> WriteAsync(string text, string name = "project")
        {
            Directory.CreateDirectory(_folder.Combine(name));
            await File.WriteAllTextAsync(_folder.Combine(name, "Dockerfile"), text);
            return _folder.Combine(name, "Dockerfile");
        }

        public DockerfileBuildRequest With(DockerfileBuildRequest request) => request with { NoCache = true, Builder = _builder switch { "classic" => ContainerBuilder.Classic, "buildkit" => ContainerBuilder.BuildKit, _ => ContainerBuilder.Default } };

        public Task<ContainerImage> BuildAsync(DockerfileBuildRequest request) => Room.BuildAsync(With(request));

        public Task<IReadOnlyList<string>> FilesAsync(ContainerImage image) => Room.Engine.FilesAsync(image.Reference);

        // An engine may still be ending what was stopped.
        public async Task<bool> IsNothingLeftAsync()
        {
            for (int attempt = 0; attempt < 50; attempt++)
            {
                if ((await Engine.ImageIdsAsync()).SequenceEqual(_before))
                {
                    return true;
                }

                await Task.Delay(200);
            }

            return false;
        }

        public async Task AssertNothingLeftAsync()
        {
            await IsNothingLeftAsync();
            foreach (string id in (await Engine.ImageIdsAsync()).Except(_before))
            {
                TestContext.Current.TestOutputHelper?.WriteLine($"Left: {await Engine.GetAsync($"/images/{id}/json")}");
            }

            Assert.Equal(_before, await Engine.ImageIdsAsync());
            Assert.DoesNotContain((await Engine.GetAsync("/containers/json?all=1"))!.AsArray(), container => container!.ToJsonString().Contains("org.baseimage.run", StringComparison.Ordinal));
            Assert.Empty(Room.Engine.Temporary);
        }

        public async ValueTask DisposeAsync()
        {
            Room.Dispose();
            _folder.Dispose();
            await Engine.RemoveImageAsync(Base);
            await Engine.RemoveImageAsync(_id);
        }
    }
}
