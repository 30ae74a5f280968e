using System.Security.Cryptography.X509Certificates;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Tests.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>Ways to show who one is beside a password: certificates, and tokens that are exchanged; and what is asked for with them. All against a real registry.</summary>
public sealed class IdentityTests : IDisposable
{
    private readonly RegistryRoom _room = new();
    private readonly BuiltImage _image = TestImage.Of("base", [TestImage.Tar("one"), TestImage.Tar("two")]);

    public void Dispose() => _room.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task WhoIsToShowACertificateIsToldAndIsLetInByThatOfCertsDOrOfTheSettings()
    {
        TestAuthority authority = _room.Authority();
        using X509Certificate2 ours = authority.Client("us"), theirs = _room.Authority("other").Client("them");
        await using TestRegistry registry = await TestRegistry.StartAsync(new RegistrySetup { Tls = authority.Tls, Client = (_room.Write("clients.pem", authority.Pem), ours) });
        string where = $"docker://{registry.Address}/base:1";
        _room.Trust(registry.Address, authority);

        RegistryTlsException none = await Assert.ThrowsAsync<RegistryTlsException>(() => _room.PushAsync(where, _image));
        Assert.Contains("asks for a certificate", none.Message, StringComparison.Ordinal);
        Assert.Contains("client.cert", none.RecommendedAction, StringComparison.Ordinal);

        _room.Write($"certs.d/{registry.Address}/client.cert", ours.ExportCertificatePem());
        RegistrySettingsInvalidException alone = await Assert.ThrowsAsync<RegistrySettingsInvalidException>(() => _room.PushAsync(where, _image));
        Assert.Contains("client.key", alone.RecommendedAction, StringComparison.Ordinal);
        _room.Write($"certs.d/{registry.Address}/client.key", "no key");
        await Assert.ThrowsAsync<RegistrySettingsInvalidException>(() => _room.PushAsync(where, _image));

        // A key that is not the certificate's.
        _room.Write($"certs.d/{registry.Address}/client.key", Key(theirs));
        await Assert.ThrowsAsync<RegistrySettingsInvalidException>(() => _room.PushAsync(where, _image));

        _room.Write($"certs.d/{registry.Address}/client.key", Key(ours));
        await _room.PushAsync(where, _image);
        Assert.Equal(_image.Root.Digest, (await _room.PullAsync(where)).Root.Digest);

        _room.Write($"certs.d/{registry.Address}/client.cert", theirs.ExportCertificatePem());
        _room.Write($"certs.d/{registry.Address}/client.key", Key(theirs));
        RegistryTlsException stranger = await Assert.ThrowsAsync<RegistryTlsException>(() => _room.PullAsync(where));
        Assert.Contains("does not let in", stranger.Message, StringComparison.Ordinal);

        // The settings' own come before those of certs.d.
        _room.Configure($$$"""{"Registries":{"{{{registry.Address}}}":{"ClientCertificate":"{{{_room.Write("us.pem", ours.ExportCertificatePem())}}}","ClientKey":"{{{_room.Write("us.key", Key(ours))}}}"} } }""");
        Assert.Equal(_image.Root.Digest, (await _room.PullAsync(where)).Root.Digest);
        static string Key(X509Certificate2 certificate) => certificate.GetRSAPrivateKey()!.ExportPkcs8PrivateKeyPem();
    }

    [Fact]
    public async Task AnIdentityTokenIsExchangedAndNeverShownToTheRegistry()
    {
        await using TokenServer tokens = new(_room);
        await using TestRegistry registry = await TestRegistry.StartAsync(new RegistrySetup { Tokens = tokens.Setup });
        string where = $"docker://{registry.Address}/team/base:1";
        LogIn(tokens.IdentityToken);
        await _room.PushAsync(where, _image);
        Assert.Equal(_image.Root.Digest, (await _room.PullAsync(where)).Root.Digest);
        Assert.Empty(tokens.Asked);
        Assert.Equal(["repository:team/base:pull", "repository:team/base:pull", "repository:team/base:pull,push"], tokens.Forms.SelectMany(TokenServer.ScopesOf).Order(StringComparer.Ordinal));

        LogIn("identity-revoked");
        RegistryUnauthorizedException revoked = await Assert.ThrowsAsync<RegistryUnauthorizedException>(() => _room.PullAsync(where));
        Assert.Contains("docker login", revoked.RecommendedAction, StringComparison.Ordinal);
        Assert.DoesNotContain("identity-revoked", revoked.ToString(), StringComparison.Ordinal);

        // ACR and others write a name of nobody beside it.
        void LogIn(string token) => _room.Write("home/.docker/config.json",
            $$$"""{"auths":{"{{{registry.Address}}}":{"auth":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes("00000000-0000-0000-0000-000000000000:"))}}}","identitytoken":"{{{token}}}"} } }""");
    }

    [Fact]
    public async Task ToTakeALayerFromAnotherRepositoryBothAreAskedForAndWhoMayNotReadThatSendsIt()
    {
        await using TokenServer tokens = new(_room);
        await using TestRegistry registry = await TestRegistry.StartAsync(new RegistrySetup { Tokens = tokens.Setup });
        _room.LogIn(registry.Address, "user", tokens.Password);
        await _room.PushAsync($"docker://{registry.Address}/team/a:1", _image);
        tokens.Asked.Clear();
        ImageCopier copier = new(() => _room.Paths, _room.Places);
        PublishedImage copied = await copier.CopyAsync(new CopyRequest { Reference = $"docker://{registry.Address}/team/a:1", Destination = $"docker://{registry.Address}/team/b:1" }, SilentReporter.Instance, Stop);
        Assert.Equal((0, 3, 0L), (copied.BlobsCopied, copied.BlobsPresent, copied.BytesCopied));
        Assert.Contains(tokens.Asked, path => TokenServer.ScopesOf(path).Order(StringComparer.Ordinal).SequenceEqual(["repository:team/a:pull", "repository:team/b:pull,push"]));
        Assert.DoesNotContain(tokens.Asked, path => TokenServer.ScopesOf(path).Contains("repository:team/a:pull,push"));

        // The other repository is named, and may not be read: the bytes are sent.
        tokens.Closed = "team/a";
        using RegistrySession session = _room.Registries.Open();
        RegistryPush push = new(session, RegistryName.Parse($"{registry.Address}/team/c"));
        await push.BlobsAsync([.. _image.Manifests[0].Layers.Select(layer => new PushedBlob(layer.Descriptor, layer.OpenAsync))], Stop, "team/a");
        Assert.Equal((2, 0), (push.Copied, push.Present));
    }
}
