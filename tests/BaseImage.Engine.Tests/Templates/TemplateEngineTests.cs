using System.Text;
using System.Text.Json.Nodes;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Templates;

/// <summary>
/// Docker and Podman load each template's image, on Debian 12 and 13, and run a real program in it: as its own user, on a
/// read-only root, without a network and without capabilities.
/// </summary>
public sealed class TemplateEngineTests
{
    public static TheoryData<string, string, string> All
    {
        get
        {
            TheoryData<string, string, string> data = [];
            foreach (TheoryDataRow<string, string> row in TemplateImages.All)
            {
                data.Add("dockerd", row.Data.Item1, row.Data.Item2);
                data.Add("podman", row.Data.Item1, row.Data.Item2);
            }

            return data;
        }
    }

    [Theory, MemberData(nameof(All))]
    public async Task Runs_a_real_program(string engine, string template, string suite)
    {
        TestEngine running = await TestEngines.GetAsync(engine);
        TemplateImage made = await TemplateImages.GetAsync(template, suite);
        TemplateProgram program = await TemplatePrograms.ForAsync(made);
        await RunAsync(running, made, program.Definition, $"localhost/{template}-{suite}:it", async image =>
        {
            string[] lines = (await RunAsync(running, image, program.Arguments)).Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            Assert.All(program.Prints, line => Assert.Contains(line, lines));
        });
    }

    [Theory, MemberData(nameof(TestEngines.Both), MemberType = typeof(TestEngines))]
    public async Task Ports_volumes_and_the_health_check_reach_the_engine(string engine)
    {
        TestEngine running = await TestEngines.GetAsync(engine);
        TemplateImage made = await TemplateImages.GetAsync("busybox", "bookworm");
        string path = Path.Combine(made.Folder, "config.image.json");
        await File.WriteAllTextAsync(path, $$"""
            {
              "Extends": "{{Path.GetFileName(made.Definition.Path)}}", "Name": "config",
              "Config": {
                "Entrypoint": ["/bin/sh", "-c"], "Cmd": ["echo started"], "ExposedPorts": ["8080", "53/udp"], "Volumes": "/data", "StopSignal": "SIGINT",
                "Healthcheck": { "Test": ["CMD", "/bin/true"], "Interval": "7s", "Timeout": "2s", "StartPeriod": "1s", "Retries": 4 }
              }
            }
            """, TestContext.Current.CancellationToken);
        await RunAsync(running, made, path, $"localhost/config-{engine}:it", async image =>
        {
            JsonNode config = (await running.GetAsync($"/images/{image}/json"))!["Config"]!;
            Assert.Equal(["53/udp", "8080/tcp"], config["ExposedPorts"]!.AsObject().Select(port => port.Key).Order(StringComparer.Ordinal));
            Assert.Equal(["/data"], config["Volumes"]!.AsObject().Select(volume => volume.Key));
            Assert.Equal("65532:65532", (string?)config["User"]);
            Assert.Equal("/home/nonroot", (string?)config["WorkingDir"]);
            Assert.Equal("SIGINT", (string?)config["StopSignal"]);
            Assert.Equal("started", (await RunAsync(running, image, [])).Trim());

            // Podman's image description leaves the check out; a container made of the image has it on both.
            string id = await CreateAsync(running, image, []);
            try
            {
                JsonNode container = (await running.GetAsync($"/containers/{id}/json"))!["Config"]!;
                JsonNode? check = container["Healthcheck"];
                Assert.Equal(["CMD", "/bin/true"], check!["Test"]!.AsArray().Select(word => (string?)word));
                Assert.Equal((7_000_000_000L, 2_000_000_000L, 4L), ((long)check["Interval"]!, (long)check["Timeout"]!, (long)check["Retries"]!));
            }
            finally
            {
                await running.SendAsync(HttpMethod.Delete, $"/containers/{id}?force=true&v=true");
            }
        });
    }

    private static async Task RunAsync(TestEngine engine, TemplateImage made, string path, string tag, Func<string, Task> use)
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        ImageDefinition definition = await TemplateImages.Engine.Definitions.ReadAsync(path, stop);

        // The packages are the template's own: the lock holds for what only adds files and settings.
        ImageLock imageLock = made.Lock with { DefinitionDigest = definition.ModelDigest };
        try
        {
            ContainerImage image = await TemplateImages.Engine.At(new EngineAddress(engine.Host)).Builder.BuildAsync(
                new BuildRequest { Definition = definition, Lock = imageLock, Access = new ArchiveAccess(), Platforms = [TemplateImages.Host], Destinations = ["docker-daemon:" + tag] }, SilentReporter.Instance, stop);
            Assert.EndsWith((string)(await engine.GetAsync($"/images/{tag}/json"))!["Id"]!, image.ImageId.ToString(), StringComparison.Ordinal);
            await use(tag);
        }
        finally
        {
            await engine.RemoveImageAsync(tag);
        }
    }

    private static async Task<string> RunAsync(TestEngine engine, string image, IReadOnlyList<string> command)
    {
        string id = await CreateAsync(engine, image, command);
        try
        {
            (int started, string problem) = await engine.SendAsync(HttpMethod.Post, $"/containers/{id}/start");
            Assert.True(started == 204, $"{engine.Name} did not start {image}: {problem}\n{engine.Log}");
            (_, string waited) = await engine.SendAsync(HttpMethod.Post, $"/containers/{id}/wait");
            (_, string output) = await engine.SendAsync(HttpMethod.Get, $"/containers/{id}/logs?stdout=true&stderr=true");
            Assert.True((int)JsonNode.Parse(waited)!["StatusCode"]! == 0, $"{image} ended with {waited} and printed:\n{output}");
            return output;
        }
        finally
        {
            await engine.SendAsync(HttpMethod.Delete, $"/containers/{id}?force=true&v=true");
        }
    }

    // With a terminal, so that the output comes as it is and not in frames.
    private static async Task<string> CreateAsync(TestEngine engine, string image, IReadOnlyList<string> command)
    {
        JsonObject request = new()
        {
            ["Image"] = image,
            ["Tty"] = true,
            ["HostConfig"] = new JsonObject
            {
                ["ReadonlyRootfs"] = true,
                ["NetworkMode"] = "none",
                ["CapDrop"] = new JsonArray("ALL"),
                ["SecurityOpt"] = new JsonArray("no-new-privileges"),
            },
        };
        if (command.Count > 0)
        {
            request["Cmd"] = new JsonArray([.. command.Select(word => (JsonNode)word)]);
        }

        using StringContent content = new(request.ToJsonString(), Encoding.UTF8, "application/json");
        (int status, string answer) = await engine.SendAsync(HttpMethod.Post, "/containers/create", content);
        Assert.True(status == 201, $"{engine.Name} made no container of {image}: {answer}");
        return (string)JsonNode.Parse(answer)!["Id"]!;
    }
}
