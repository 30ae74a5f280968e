using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Auditing.Runtime;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Building.ContainerBuild;

/// <summary>Provenances of Dockerfiles that real engines built: what they state, and what they will not state.</summary>
public sealed class ProvenanceTests : IDisposable
{
    private const string Builder = "https://ci.example.org/runner", Secret = "hunter2-canary";
    private readonly TempFolder _folder = new("provenance");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Dockerfile => _folder.Combine("web", "Dockerfile");

    private string Settings => Dockerfile + ".build.json";

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("classic", true)]
    [InlineData("buildkit", true)]
    [InlineData("podman", false)]
    public async Task What_was_built_of_a_Dockerfile_is_stated_and_what_was_not_is_refused(string builder, bool hasSteps)
    {
        TestEngine engine = await TestEngines.GetAsync(builder == "podman" ? "podman" : "dockerd", "provenances");
        string name = $"provenance-base-{Guid.NewGuid().ToString("N")[..8]}:1";
        byte[] busybox = File.ReadAllBytes(Tools.Require("busybox"));
        string id = await engine.LoadAsync(TestEngineImage.Of([TestEngineImage.Tar(("bin/sh", busybox, 0x1ED), ("bin/busybox", busybox, 0x1ED), ("etc/which", "first"u8.ToArray(), 0x1A4))], """{"Env":["PATH=/bin"]}""", name));
        using BuildRoom room = new(engine.Host);
        Directory.CreateDirectory(_folder.Combine("web"));
        string text = $"FROM {name} AS tools\nRUN busybox echo built > /built\nFROM {name}\nARG API_TOKEN\nRUN busybox test -n \"$API_TOKEN\"\nCOPY a.txt /a.txt\nCOPY --from=tools /built /built\nUSER 1000\nCMD [\"/bin/sh\"]\n";
        await WriteAsync(Dockerfile, text);
        await WriteAsync(Settings, $$"""{ "SchemaVersion": 1, "BuildArguments": { "API_TOKEN": "{{Secret}}" }, "Labels": { "org.example.team": "web" } }""");
        await WriteAsync(_folder.Combine("web", "a.txt"), "one");
        using (ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256))
        {
            await WriteAsync(_folder.Combine("key.pem"), key.ExportPkcs8PrivateKeyPem());
            await WriteAsync(_folder.Combine("key.pub"), key.ExportSubjectPublicKeyInfoPem());
        }

        ContainerImage image = await room.BuildAsync(new DockerfileBuildRequest { Path = Dockerfile, UpdateLock = true, NoCache = true, Builder = builder switch { "classic" => ContainerBuilder.Classic, "buildkit" => ContainerBuilder.BuildKit, _ => ContainerBuilder.Default } });

        // The same build states the same, whatever the time.
        ImageAttestation made = await AttestAsync(room, image.Reference);
        File.SetLastWriteTimeUtc(_folder.Combine("web", "a.txt"), DateTime.UnixEpoch);
        Assert.Equal(made.Predicate, (await AttestAsync(room, image.Reference)).Predicate);
        Assert.Equal((Builder, "urn:baseimage:build:dockerfile:v1"), (made.BuilderId, made.BuildType));
        Assert.Equal(["source", "dockerfile", "settings", "lock", "context", $"image {name}"], made.Materials.Select(material => material.Name));
        Assert.Equal($"sha256:{Digest.Of(Encoding.UTF8.GetBytes(text)).Hex}", made.Materials[1].Digests[0]);
        Assert.Contains(id, made.Materials[^1].Digests[0], StringComparison.Ordinal);
        JObject external = (JObject)StrictJson.ParseObject(Encoding.UTF8.GetBytes(made.Predicate), "predicate")["buildDefinition"]!["externalParameters"]!;
        Assert.Equal(["API_TOKEN"], external["arguments"]!.Values<string>()!);
        Assert.DoesNotContain(Secret, made.Predicate, StringComparison.Ordinal);
        AttestationPolicy policy = new() { Trust = new TrustRequest { PublicKeyPaths = [_folder.Combine("key.pub")] }, BuilderIds = [Builder], BuildTypes = ["urn:baseimage:build:dockerfile:v1"], Sources = ["https://git.example.org/*"], RequirePinned = true };
        AttestationResult result = await room.Tester.TestAsync(image.Reference, policy, Token);
        Assert.True(result.Status is AttestationStatus.Trusted, result.Message);

        // Another file of the context is another context.
        await WriteAsync(_folder.Combine("web", "a.txt"), "two");
        Assert.NotEqual(made.Materials[4].Digests[0], (await AttestAsync(room, image.Reference)).Materials[4].Digests[0]);

        // Nothing pins what no lock and no digest does: it is stated so.
        string kept = await File.ReadAllTextAsync(DockerfileLock.PathFor(Dockerfile), Token);
        File.Delete(DockerfileLock.PathFor(Dockerfile));
        Assert.False((await AttestAsync(room, image.Reference)).Materials[^1].IsPinned);
        await WriteAsync(DockerfileLock.PathFor(Dockerfile), kept);

        await RefusedAsync(room, image, text.Replace("USER 1000", "USER 1001", StringComparison.Ordinal));
        await RefusedAsync(room, image, text.Replace("CMD [\"/bin/sh\"]", "CMD [\"/bin/busybox\"]", StringComparison.Ordinal));
        await RefusedAsync(room, image, text.Replace($"FROM {name}\nARG", "FROM scratch\nARG", StringComparison.Ordinal));
        await RefusedAsync(room, image, text.Replace($"FROM {name}\nARG", $"FROM {name}@{Digest.Of("another"u8)}\nARG", StringComparison.Ordinal));
        if (hasSteps)
        {
            await RefusedAsync(room, image, text.Replace("COPY a.txt /a.txt", "COPY a.txt /b.txt", StringComparison.Ordinal));
            await RefusedAsync(room, image, text.Replace("COPY a.txt /a.txt\n", "", StringComparison.Ordinal));
            await RefusedAsync(room, image, text + "RUN busybox true\n");
            await RefusedAsync(room, image, text, target: "tools");
        }

        await WriteAsync(Dockerfile, text);
        await WriteAsync(Settings, $$"""{ "SchemaVersion": 1, "BuildArguments": { "API_TOKEN": "{{Secret}}" }, "Labels": { "org.example.team": "other" } }""");
        await RefusedAsync(room, image, text);
        await engine.RemoveImageAsync(id);
    }

    private async Task RefusedAsync(BuildRoom room, ContainerImage image, string text, string? target = null)
    {
        await WriteAsync(Dockerfile, text);
        AttestationNotPossibleException failure = await Assert.ThrowsAsync<AttestationNotPossibleException>(() => AttestAsync(room, image.Reference, target));
        Assert.Contains(Dockerfile, failure.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, failure.Message, StringComparison.Ordinal);
    }

    private async Task<ImageAttestation> AttestAsync(BuildRoom room, string image, string? target = null)
    {
        DockerfileProvenance built = new() { Build = new DockerfileBuildRequest { Path = Dockerfile, Target = target }, BuilderId = Builder, Source = "https://git.example.org/web", Revision = new string('a', 40) };
        return Assert.Single(await room.Attester.AttestAsync(new AttestationRequest { Image = image, Key = new SigningKeySource { KeyPath = _folder.Combine("key.pem") }, Provenance = built }, room.Said, Token));
    }

    private static Task WriteAsync(string path, string text) => File.WriteAllTextAsync(path, text, Token);
}
