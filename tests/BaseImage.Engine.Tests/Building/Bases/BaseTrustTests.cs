using BaseImage.Engine.Building;
using BaseImage.Engine.Building.Bases;
using BaseImage.Engine.Images;
using BaseImage.Engine.Tests.Packages;
using BaseImage.Engine.Tests.Trust;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Building.Bases;

/// <summary>Bases are held against the trust policy before anything of them is used.</summary>
public sealed class BaseTrustTests : IDisposable
{
    private readonly BaseBench _bench = new();
    private readonly SignatureRoom _trust = new();
    private readonly TestAuthority _root = TestAuthority.Root();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _bench.Dispose();
        _trust.Dispose();
    }

    [Fact]
    public async Task A_native_build_on_a_signed_base_goes_on_and_on_an_unsigned_one_leaves_nothing()
    {
        ImageReference below = await _bench.MakeBaseAsync(null, new TestDeb("libfoo1").File("lib/libfoo.so.1", "foo"));
        _trust.TrustRoots(roots: _root);
        string place = _bench.Room.Folder.Combine("out");
        Assert.Equal("NotSigned", (await Assert.ThrowsAsync<BaseNotTrustedException>(() => BuildAsync(below, place))).Status);
        Assert.False(Directory.Exists(place));

        await SignAsync(below, TestAuthority.Root("CN=Stranger").Leaf("C=XX, ST=Y, O=Z, CN=Stranger"));
        Assert.Equal("UntrustedRoot", (await Assert.ThrowsAsync<BaseNotTrustedException>(() => BuildAsync(below, place))).Status);

        await SignAsync(below, _root.Leaf());
        Assert.Equal(2, (await BuildAsync(below, place)).Layers.Count);
    }

    [Fact]
    public async Task What_the_policy_skips_is_not_asked_for_and_a_policy_that_is_not_there_is_an_error()
    {
        ImageReference below = await _bench.MakeBaseAsync();
        string policy = _trust.Write("skip.json", """{"version":"1.0","trustPolicies":[{"name":"own","registryScopes":["registry.example.org/base"],"signatureVerification":{"level":"skip"}}]}""");
        await Trust.VerifyAsync("base:1", "registry.example.org/base", default, _bench.Base!.Manifests[0].Config.Digest, [$"oci:{below.Path}"], offline: true, new TrustRequest { PolicyPath = policy }, SilentReporter.Instance, Token);
        Assert.Equal("NoPolicy", (await Assert.ThrowsAsync<BaseNotTrustedException>(
            () => Trust.VerifyAsync("base:1", "registry.example.org/other", default, _bench.Base!.Manifests[0].Config.Digest, [$"oci:{below.Path}"], offline: true, new TrustRequest { PolicyPath = policy }, SilentReporter.Instance, Token))).Status);
        await Assert.ThrowsAsync<TrustPolicyNotFoundException>(() => Trust.VerifyAsync(below, new TrustRequest { PolicyPath = policy + ".none" }, SilentReporter.Instance, Token));
    }

    [Fact]
    public async Task An_engines_image_is_looked_for_by_digest_or_id_in_every_place()
    {
        _trust.TrustRoots(roots: _root);
        ImageReference unsigned = await _bench.MakeBaseAsync();
        ImageReference signed = await _bench.Room.WriteAsync($"oci:{_bench.Room.Folder.Combine("signed")}:latest", _bench.Base!);
        await SignAsync(signed, _root.Leaf());
        Digest id = _bench.Base!.Manifests[0].Config.Digest;
        foreach (Digest digest in new[] { default, signed.Digest })
        {
            await Trust.VerifyAsync("base:1", "base", digest, id, [$"oci:{unsigned.Path}", $"oci:{signed.Path}"], offline: true, _trust.Trust, SilentReporter.Instance, Token);
            Assert.Equal("NotSigned", (await Assert.ThrowsAsync<BaseNotTrustedException>(
                () => Trust.VerifyAsync("base:1", "base", digest, id, [$"oci:{unsigned.Path}"], offline: true, _trust.Trust, SilentReporter.Instance, Token))).Status);
        }

        Assert.Equal("NotFound", (await Assert.ThrowsAsync<BaseNotTrustedException>(
            () => Trust.VerifyAsync("base:1", "base", default, Digest.Of("other"u8), [$"oci:{signed.Path}"], offline: true, _trust.Trust, SilentReporter.Instance, Token))).Status);
    }

    private SignatureTester Tester => new(OpenAsync, new Clock(TestAuthority.Now.AddDays(1)));

    private BaseTrust Trust => new(Tester, (text, token) => ImageSources.OpenAsync(text.Length == 0 ? ImageReference.Store("") : ImageReference.Parse(text), _bench.Room.Paths, null, token));

    private Task<IArtifactStore> OpenAsync(ImageReference reference, CancellationToken token) => ArtifactStores.OpenAsync(reference, _bench.Room.Paths, token);

    private async Task SignAsync(ImageReference image, TestAuthority signer)
    {
        using SigningKey key = signer.SigningKey();
        await using IArtifactStore store = await OpenAsync(image, Token);
        await new ImageSigner(OpenAsync, new Clock(TestAuthority.Now)).SignAsync(store, key, new SigningRequest { Image = image.ToString(), Key = new SigningKeySource() }, SilentReporter.Instance, Token);
    }

    private Task<ContainerImage> BuildAsync(ImageReference below, string place)
        => new ImageBuilder(() => _bench.Bench.Cache, (_, _, _) => _bench.Bench.Packages, text => ImageDestinations.Parse(text, _bench.Room.Paths), (reference, token) => ImageSources.OpenAsync(reference, _bench.Room.Paths, null, token), Trust)
            .BuildAsync(new BuildRequest { Definition = BuildBench.Definition with { BaseImage = below }, Lock = _bench.Bench.Lock(new TestDeb("app").File("bin/app", "program")), Access = new ArchiveAccess(), Destinations = [$"oci:{place}"], Trust = _trust.Trust }, SilentReporter.Instance, Token);

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
