using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Engines;

/// <summary>An engine behind TLS on loopback, with certificates that the test makes: trusted both ways, or one clear error.</summary>
public sealed class TlsTests : IDisposable
{
    private readonly TempFolder _folder = new("tls");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task CertificatesOfBothSidesAreChecked()
    {
        using X509Certificate2 ca = Authority("CN=engine-ca");
        using X509Certificate2 server = Issue(ca, "CN=engine", loopback: true);
        using X509Certificate2 client = Issue(ca, "CN=client", loopback: false);
        using X509Certificate2 stranger = Authority("CN=stranger");
        using X509Certificate2 strange = Issue(stranger, "CN=client", loopback: false);
        Write("good", ca, client);
        Write("wrongca", stranger, client);
        Write("wrongclient", ca, strange);
        Write("noclient", ca, null);
        await using FakeEngine fake = new();
        await using TlsFront front = new(fake.Host["unix://".Length..], server, ca);

        Assert.Equal("20.10.24", await VersionAsync(front, "good"));
        EngineTlsException untrusted = await Assert.ThrowsAsync<EngineTlsException>(() => VersionAsync(front, "wrongca"));
        Assert.Contains("ca.pem", untrusted.RecommendedAction, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<BaseImageException>(() => VersionAsync(front, "wrongclient"));
        await Assert.ThrowsAnyAsync<BaseImageException>(() => VersionAsync(front, "noclient"));

        // The certificate names the loopback address; by another name it is another engine.
        await Assert.ThrowsAsync<EngineTlsException>(() => VersionAsync(front, "good", "localhost"));
        Assert.Equal("20.10.24", await VersionAsync(front, "wrongca", verify: false));
        await Assert.ThrowsAnyAsync<BaseImageException>(() => PlainAsync(front));
        await File.WriteAllTextAsync(_folder.Combine("good", "key.pem"), "nonsense", TestContext.Current.CancellationToken);
        Assert.Contains("cert.pem cannot be read", (await Assert.ThrowsAsync<EngineTlsException>(() => VersionAsync(front, "good"))).Message, StringComparison.Ordinal);
    }

    private async Task<string> VersionAsync(TlsFront front, string certificates, string host = "127.0.0.1", bool verify = true)
    {
        Dictionary<string, string> environment = new(StringComparer.Ordinal)
        {
            ["DOCKER_HOST"] = $"tcp://{host}:{front.Port}",
            ["DOCKER_CERT_PATH"] = _folder.Combine(certificates),
            [verify ? "DOCKER_TLS_VERIFY" : "DOCKER_TLS"] = "1",
        };
        using EngineConnections connections = new(environment.GetValueOrDefault, new EngineTimeouts { Answer = TimeSpan.FromSeconds(20) });
        return (await connections.OpenAsync(EngineAddress.Default, TestContext.Current.CancellationToken)).Info.Version;
    }

    private static async Task PlainAsync(TlsFront front)
    {
        using EngineConnections connections = new(_ => null, new EngineTimeouts { Answer = TimeSpan.FromSeconds(20) });
        await connections.OpenAsync(new EngineAddress($"tcp://127.0.0.1:{front.Port}"), TestContext.Current.CancellationToken);
    }

    private void Write(string name, X509Certificate2 ca, X509Certificate2? client)
    {
        Directory.CreateDirectory(_folder.Combine(name));
        File.WriteAllText(_folder.Combine(name, "ca.pem"), ca.ExportCertificatePem());
        if (client is not null)
        {
            File.WriteAllText(_folder.Combine(name, "cert.pem"), client.ExportCertificatePem());
            File.WriteAllText(_folder.Combine(name, "key.pem"), client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        }
    }

    private static X509Certificate2 Authority(string name)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(2));
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string name, bool loopback)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = new(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(loopback ? "1.3.6.1.5.5.7.3.1" : "1.3.6.1.5.5.7.3.2")], false));
        SubjectAlternativeNameBuilder names = new();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using X509Certificate2 certificate = request.Create(authority, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(1), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 keyed = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(keyed.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    private sealed class TlsFront : IAsyncDisposable
    {
        private readonly LoopbackServer _front;
        private readonly string _behind;
        private readonly X509Certificate2 _server;
        private readonly X509Certificate2 _ca;

        internal TlsFront(string socketBehind, X509Certificate2 server, X509Certificate2 ca)
        {
            (_behind, _server, _ca) = (socketBehind, server, ca);
            _front = new LoopbackServer(ServeAsync);
        }

        internal int Port => _front.Port;

        public ValueTask DisposeAsync() => _front.DisposeAsync();

        private async Task ServeAsync(TcpClient client, CancellationToken stop)
        {
            using SslStream tls = new(client.GetStream());
            using Socket engine = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.Add(_ca);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _server, ClientCertificateRequired = true, CertificateChainPolicy = policy }, stop);
            await engine.ConnectAsync(new UnixDomainSocketEndPoint(_behind), stop);
            using NetworkStream behind = new(engine);
            await Task.WhenAny(tls.CopyToAsync(behind, stop), behind.CopyToAsync(tls, stop));
        }
    }
}
