using BaseImage.Engine.Building;
using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Tests.Building.ContainerBuild;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Engine.Tests.Images;
using BaseImage.Engine.Tests.Images.Registry;
using BaseImage.Engine.Tests.Trust;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Errors;
using BaseImage.Ports;
using TestAuthority = BaseImage.Engine.Tests.Trust.TestAuthority;

namespace BaseImage.Engine.Tests.Building.Bases;

/// <summary>
/// What is built on lies in a real registry with its signatures beside it: it is held against the trust policy, for definitions and for
/// Dockerfiles, and whatever does not hold is refused before an engine, or anybody, builds.
/// </summary>
public sealed class RegistryTrustTests : IDisposable
{
    private readonly BaseBench _bench = new();
    private readonly RegistryRoom _room = new();
    private readonly SignatureRoom _trust = new();
    private readonly TestAuthority _root = TestAuthority.Root();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>What is wrong with a signature, and the status that says so.</summary>
    public static TheoryData<string, string> Wrong => new()
    {
        { "unsigned", "NotSigned" },
        { "by another", "UntrustedRoot" },
        { "of another image", "NotSigned" },
        { "revoked", "Revoked" },
        { "certificate expired", "CertificateExpired" },
        { "signature expired", "SignatureExpired" },
        { "of a repository that the policy does not name", "NoPolicy" },
    };

    public void Dispose()
    {
        _bench.Dispose();
        _room.Dispose();
        _trust.Dispose();
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_definition_is_not_built_on_a_base_whose_signature_does_not_hold(string wrong, string status)
    {
        await using TestRegistry registry = await TestRegistry.StartAsync();
        await _bench.MakeBaseAsync(null, new TestDeb("libfoo1").File("lib/libfoo.so.1", "foo"));
        ImageReference below = await _room.PushAsync($"docker://{registry.Address}/team/base:12", _bench.Base!);
        await SpoilAsync(wrong, below);
        string place = _room.Folder.Combine("out");
        BaseNotTrustedException refused = await Assert.ThrowsAsync<BaseNotTrustedException>(() => BuildAsync(below, place));
        Assert.Equal(status, refused.Status);
        Assert.Contains(below.ToString(), refused.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(place));

        // The same base, signed by whom the policy trusts.
        _trust.TrustRoots(roots: _root);
        _trust.Trust = _trust.Trust with { RevocationListPaths = [] };
        await SignAsync(below, _root.Leaf());
        Assert.Equal(2, (await BuildAsync(below, place)).Layers.Count);
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_Dockerfile_is_not_built_on_a_base_whose_signature_does_not_hold(string wrong, string status)
    {
        TestEngine engine = await TestEngines.GetAsync("dockerd");
        await using EngineFront front = new(engine.SocketPath);
        await using TestRegistry registry = await TestRegistry.StartAsync();
        ImageReference below = await _room.PushAsync($"docker://{registry.Address}/team/base:12", TestImage.Of("base", [TestImage.Tar(wrong)]));
        await SpoilAsync(wrong, below);
        string from = below.ToString()["docker://".Length..], path = _room.Write("project/Dockerfile", $"FROM {from}\nCOPY Dockerfile /seen\n");
        using BuildRoom room = new(front.Host, trust: Trust);
        DockerfileBuildRequest request = new() { Path = path, NoCache = true, Builder = ContainerBuilder.Classic, Trust = _trust.Trust, Destinations = [$"oci:{_room.Folder.Combine("out")}"] };
        try
        {
            BaseNotTrustedException refused = await Assert.ThrowsAsync<BaseNotTrustedException>(() => room.BuildAsync(request));
            Assert.Equal(status, refused.Status);
            Assert.Contains(from, refused.Message, StringComparison.Ordinal);
            Assert.DoesNotContain(front.Requests, line => line.Contains("/build", StringComparison.Ordinal));
            Assert.False(Directory.Exists(_room.Folder.Combine("out")));

            _trust.TrustRoots(roots: _root);
            await SignAsync(below, _root.Leaf());
            ContainerImage built = await room.BuildAsync(request with { Trust = _trust.Trust with { RevocationListPaths = [] } });
            Assert.Equal(2, built.Layers.Count);
            Assert.Contains(front.Requests, line => line.Contains("/build", StringComparison.Ordinal));
        }
        finally
        {
            await engine.RemoveImageAsync(from);
        }
    }

    private BaseTrust Trust => new(new SignatureTester(OpenAsync, new Clock(TestAuthority.Now.AddDays(1))), (text, token) => SourceAsync(text.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(text), token));

    private Task<IArtifactStore> OpenAsync(ImageReference reference, CancellationToken token) => ArtifactStores.OpenAsync(reference, _room.Paths, token, _room.Registries);

    private Task<IImageSource> SourceAsync(ImageReference reference, CancellationToken token) => ImageSources.OpenAsync(reference, _room.Paths, _room.Places, token);

    private async Task SpoilAsync(string wrong, ImageReference image)
    {
        _trust.TrustRoots(roots: _root);
        TestAuthority signer = _root.Leaf();
        switch (wrong)
        {
            case "by another":
                await SignAsync(image, TestAuthority.Root("CN=Stranger").Leaf("C=XX, ST=Y, O=Z, CN=Stranger"));
                break;
            case "of another image":
                ImageReference other = await _room.PushAsync($"{image.Pin(default)}:other", TestImage.Of("other", [TestImage.Tar("other")]));
                await SignAsync(other, signer);
                break;
            case "revoked":
                await SignAsync(image, signer);
                _trust.Trust = _trust.Trust with { RevocationListPaths = [_trust.Write("list.crl", RefusalTests.List(_root, signer, 0))] };
                break;
            case "certificate expired":
                await SignAsync(image, _root.Leaf(change: shape => shape.NotAfter = TestAuthority.Now.AddHours(1)));
                break;
            case "signature expired":
                await SignAsync(image, signer, TestAuthority.Now.AddHours(1));
                break;
            case "of a repository that the policy does not name":
                await SignAsync(image, signer);
                string policy = await File.ReadAllTextAsync(_trust.PolicyPath, Token);
                await File.WriteAllTextAsync(_trust.PolicyPath, policy.Replace("[\"*\"],\"signatureVerification\"", $"[\"{image.Name}/more\"],\"signatureVerification\"", StringComparison.Ordinal), Token);
                break;
            default:
                break;
        }
    }

    private async Task SignAsync(ImageReference image, TestAuthority signer, DateTimeOffset? expires = null)
    {
        using SigningKey key = signer.SigningKey();
        await using IArtifactStore store = await OpenAsync(image, Token);
        await new ImageSigner(OpenAsync, new Clock(TestAuthority.Now)).SignAsync(store, key, new SigningRequest { Image = image.ToString(), Key = new SigningKeySource(), Expiry = expires }, SilentReporter.Instance, Token);
    }

    private Task<ContainerImage> BuildAsync(ImageReference below, string place)
        => new ImageBuilder(() => _bench.Bench.Cache, (_, _, _) => _bench.Bench.Packages, text => ImageDestinations.Parse(text, _room.Paths), SourceAsync, Trust)
            .BuildAsync(new BuildRequest { Definition = BuildBench.Definition with { BaseImage = below }, Lock = _bench.Bench.Lock(new TestDeb("app").File("bin/app", "program")), Access = new ArchiveAccess(), Destinations = [$"oci:{place}"], Trust = _trust.Trust }, SilentReporter.Instance, Token);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
