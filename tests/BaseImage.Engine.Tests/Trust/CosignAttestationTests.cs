using System.Globalization;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Engine.Tests.Templates;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>Statements about a real image, by cosign's own client and here, each verified by the other.</summary>
public sealed class CosignAttestationTests : IDisposable
{
    private const string Builder = "https://ci.example.org/runner";

    private readonly CosignRoom _room = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _room.Dispose();

    [Theory]
    [InlineData("P-256")]
    [InlineData("P-384")]
    [InlineData("RSA-3072")]
    public async Task Cosign_verifies_what_is_stated_here_of_a_native_image(string kind)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        TemplateImage made = await TemplateImages.GetAsync("static", "bookworm");
        (string key, string publicKey) = _room.Key(kind);
        string image = await PushAsync(made, $"{registry.Address}/base/static");
        await _room.Attester.AttestAsync(new AttestationRequest { Image = "docker://" + image, Key = CosignRoom.Source(key), Sboms = [SbomFormat.Spdx, SbomFormat.CycloneDx], Provenance = Provenance(made) }, SilentReporter.Instance, Token);

        JToken provenance = await StatementAsync(publicKey, "slsaprovenance1", image);
        Assert.Equal((PredicateKind.Provenance, Builder), ((string)provenance["predicateType"]!, (string)provenance["predicate"]!["runDetails"]!["builder"]!["id"]!));
        Assert.Contains(provenance["predicate"]!["buildDefinition"]!["resolvedDependencies"]!, one => ((string?)one["uri"] ?? "").StartsWith("pkg:deb/debian/ca-certificates@", StringComparison.Ordinal));
        foreach (string platform in await PlatformsAsync(image))
        {
            Assert.Equal("SPDX-2.3", (string)(await StatementAsync(publicKey, "spdxjson", platform))["predicate"]!["spdxVersion"]!);
            Assert.Equal("CycloneDX", (string)(await StatementAsync(publicKey, "cyclonedx", platform))["predicate"]!["bomFormat"]!);
        }

        string other = _room.Key(kind, "other").Public;
        await _room.RefusesAsync(Verify(other, "slsaprovenance1", image));
        await _room.RefusesAsync(Verify(publicKey, "spdxjson", image));
        await _room.RefusesAsync(Verify(publicKey, "slsaprovenance1", await _room.PushAsync($"{registry.Address}/base/static", "another")));
    }

    [Theory]
    [InlineData(SignatureFormat.CosignBundle, "P-256")]
    [InlineData(SignatureFormat.CosignBundle, "P-521")]
    [InlineData(SignatureFormat.CosignBundle, "RSA-2048")]
    [InlineData(SignatureFormat.Cosign, "P-256")]
    [InlineData(SignatureFormat.Cosign, "P-384")]
    public async Task What_cosign_states_is_verified_here(SignatureFormat format, string kind)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        TemplateImage made = await TemplateImages.GetAsync("static", "bookworm");
        (string key, string publicKey) = await _room.ImportedKeyAsync(kind);
        string image = await PushAsync(made, $"{registry.Address}/base/static"), platform = (await PlatformsAsync(image))[0];
        string predicate = _room.Room.Write("provenance.json", """
            {"buildDefinition":{"buildType":"https://build.example.org/t/v1","externalParameters":{"source":"https://git.example.org/images"},
            "resolvedDependencies":[{"uri":"git+https://git.example.org/images@refs/heads/main","digest":{"gitCommit":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}]},
            "runDetails":{"builder":{"id":"https://ci.example.org/runner"}}}
            """);
        IReadOnlyList<string> sboms = await new SbomExporter(() => _room.Room.Paths, _room.Room.Places).ExportAsync(new SbomRequest { Image = "docker://" + platform, Paths = [_room.Combine("s.spdx.json"), _room.Combine("s.cdx.json")] }, SilentReporter.Instance, Token);
        await AttestAsync("slsaprovenance1", predicate, image);
        await AttestAsync("spdxjson", sboms[0], platform);
        await AttestAsync("cyclonedx", sboms[1], platform);

        AttestationPolicy policy = new() { Trust = By(publicKey), BuilderIds = [Builder], Sources = ["https://git.example.org/*"], RequirePinned = true };
        await IsHereAsync(AttestationStatus.Trusted, image, policy);
        await IsHereAsync(AttestationStatus.Trusted, platform, new AttestationPolicy { Trust = By(publicKey), PredicateType = PredicateKind.Spdx });
        await IsHereAsync(AttestationStatus.Trusted, platform, new AttestationPolicy { Trust = By(publicKey), PredicateType = PredicateKind.CycloneDx });
        await IsHereAsync(AttestationStatus.BuilderMismatch, image, policy with { BuilderIds = ["https://other.example.org"] });
        await IsHereAsync(AttestationStatus.UntrustedKey, image, policy with { Trust = By(_room.Key(kind, "other").Public) });
        await IsHereAsync(AttestationStatus.NotAttested, await _room.PushAsync($"{registry.Address}/base/static", "another"), policy);

        // Across an air gap they hold as well.
        await _room.Copier.CopyAsync(new CopyRequest { Reference = "docker://" + image, Destination = $"oci:{_room.Combine("gap")}:1" }, SilentReporter.Instance, Token);
        AttestationResult offline = await _room.AttestationTester.TestAsync($"oci:{_room.Combine("gap")}:1", policy, Token);
        Assert.True(offline.IsTrusted, offline.Message);

        Task<string> AttestAsync(string type, string path, string about)
            => _room.RunAsync("attest", "--key", key, "--use-signing-config=false", "--tlog-upload=false", CosignRoom.Form(format), "--type", type, "--predicate", path, "-y", about);
    }

    private static TrustRequest By(string publicKey) => new() { PublicKeyPaths = [publicKey] };

    private async Task IsHereAsync(AttestationStatus status, string image, AttestationPolicy policy)
    {
        AttestationResult result = await _room.AttestationTester.TestAsync("docker://" + image, policy, Token);
        Assert.True(result.Status == status, $"{image}: {result.Status} ({result.Message}), where {status} belongs");
    }

    private async Task<string> PushAsync(TemplateImage made, string where)
    {
        PublishedImage pushed = await _room.Copier.CopyAsync(new CopyRequest { Reference = made.Image.Reference, Destination = "docker://" + where, Tags = ["12"] }, SilentReporter.Instance, Token);
        return $"{where}@{pushed.Digest}";
    }

    // The manifests of an image's platforms, pinned, as the client names them.
    private async Task<IReadOnlyList<string>> PlatformsAsync(string image)
    {
        await using IArtifactStore store = await _room.OpenAsync("docker://" + image);
        string name = image[..image.IndexOf('@', StringComparison.Ordinal)];
        return [.. OciReader.Index(await store.ReadAsync(await store.FindSubjectAsync(Token), 1 << 20, Token), "index").Manifests.Select(manifest => $"{name}@{manifest.Digest}")];
    }

    private async Task<JToken> StatementAsync(string publicKey, string type, string image)
    {
        JObject envelope = JObject.Parse((await _room.RunAsync(Verify(publicKey, type, image))).Trim());
        JObject statement = StrictJson.ParseObject(Convert.FromBase64String((string)envelope["payload"]!), "statement", new JsonLimits { MaxBytes = 1 << 28, MaxValues = 5_000_000 });
        Assert.EndsWith((string)Assert.Single(statement["subject"]!)["digest"]!["sha256"]!, image, StringComparison.Ordinal);
        return statement;
    }

    private static string[] Verify(string publicKey, string type, string image) => ["verify-attestation", "--key", publicKey, "--insecure-ignore-tlog", "--type", type, image];

    private static DefinitionProvenance Provenance(TemplateImage made) => new()
    {
        Definition = made.Definition,
        Lock = made.Lock,
        BuilderId = Builder,
        Source = "https://git.example.org/images",
        Revision = new string('a', 40),
        StartedOn = DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture),
    };
}
