using System.Text;
using BaseImage.Engine.Building.Pinning;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building.Pinning;

/// <summary>Pinning with a real dockerd that asks a real registry.</summary>
public sealed class PinEngineTests
{
    [Fact]
    public async Task The_engine_asks_its_registry_and_a_moved_tag_is_found_by_a_refresh()
    {
        CancellationToken stop = TestContext.Current.CancellationToken;
        TestEngine engine = await TestEngines.GetAsync("dockerd");
        await using TestRegistry registry = await TestRegistry.StartAsync();
        using EngineConnections connections = new(_ => null);
        using TempFolder folder = new();
        string name = $"{registry.Address}/pin/base", path = folder.Combine("Dockerfile");
        DockerfilePinner pinner = new(async token => await connections.OpenAsync(new EngineAddress(engine.Host), token), (_, _, _) => throw new InvalidOperationException());
        try
        {
            string first = await PushAsync(engine, TestEngineImage.Of([TestEngineImage.Tar("etc/pin", "one")], "{}", $"{name}:1"), name);
            await File.WriteAllTextAsync(path, $"FROM {name}:1\nRUN true\n", stop);
            PinnedDockerfile pinned = await pinner.PinAsync(new DockerfilePinRequest { Path = path }, SilentReporter.Instance, stop);
            Assert.Equal($"# pinned: {name}:1\nFROM {name}@{first}\nRUN true\n", Encoding.UTF8.GetString(pinned.Content.Span));
            await new DockerfileWriter().WriteAsync(pinned, path, stop);

            string second = await PushAsync(engine, TestEngineImage.Of([TestEngineImage.Tar("etc/pin", "two")], "{}", $"{name}:1"), name);
            Assert.NotEqual(first, second);
            Assert.False((await pinner.PinAsync(new DockerfilePinRequest { Path = path }, SilentReporter.Instance, stop)).HasChanged);
            PinnedDockerfile fresh = await pinner.PinAsync(new DockerfilePinRequest { Path = path, Update = true }, SilentReporter.Instance, stop);
            Assert.Equal($"# pinned: {name}:1\nFROM {name}@{second}\nRUN true\n", Encoding.UTF8.GetString(fresh.Content.Span));
        }
        finally
        {
            await engine.RemoveImageAsync($"{name}:1");
        }
    }

    private static async Task<string> PushAsync(TestEngine engine, TestEngineImage image, string name)
    {
        await engine.LoadAsync(image);
        using HttpClient client = TestEngine.ClientOf(engine.SocketPath);
        using HttpRequestMessage request = new(HttpMethod.Post, $"/images/{name}/push?tag=1");
        request.Headers.Add("X-Registry-Auth", Convert.ToBase64String("{}"u8));
        using HttpResponseMessage response = await client.SendAsync(request, TestContext.Current.CancellationToken);
        string answer = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        System.Text.RegularExpressions.Match match = System.Text.RegularExpressions.Regex.Match(answer, "\"Digest\":\"(sha256:[0-9a-f]{64})\"");
        Assert.True(match.Success, answer);
        return match.Groups[1].Value;
    }
}
