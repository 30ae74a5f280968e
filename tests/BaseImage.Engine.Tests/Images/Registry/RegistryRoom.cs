using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Storage;
using BaseImage.Ports;
using Org.BouncyCastle.Crypto.Generators;

namespace BaseImage.Engine.Tests.Images.Registry;

/// <summary>A user's home with credentials, certificates and settings of its own, and the way to registries from there.</summary>
internal sealed class RegistryRoom : IDisposable
{
    private readonly Dictionary<string, string> _variables = new(StringComparer.Ordinal);
    private readonly Lazy<ContentCache> _cache;

    public RegistryRoom()
    {
        _cache = new Lazy<ContentCache>(() => ContentCache.Open(Paths.CacheRoot));
        Directory.CreateDirectory(Folder.Combine("home"));
    }

    public TempFolder Folder { get; } = new("registries");

    public BaseImagePaths Paths => new(Folder.Combine("cache"), Folder.Combine("store"), [Folder.Combine("baseimage.config.json")]);

    public ContentCache Cache => _cache.Value;

    public RegistryOptions Options { get; set; } = new()
    {
        BackOff = TimeSpan.FromMilliseconds(1),
        LongestBackOff = TimeSpan.FromMilliseconds(50),
        ConnectTimeout = TimeSpan.FromSeconds(10),
        IdleTimeout = TimeSpan.FromSeconds(10),
    };

    public RegistryAccess Access { get; set; } = RegistryAccess.Default;

    public RegistryImages Registries => new(Access, new BaseImage.Engine.Definitions.JsonDataFile(), () => Paths, () => Cache)
    {
        Options = Options,
        Environment = new RegistryEnvironment
        {
            Variables = name => _variables.GetValueOrDefault(name),
            Home = Folder.Combine("home"),
            CertificateFolders = [Folder.Combine("certs.d")],
        },
    };

    /// <summary>The doors of the room of images, registries among them.</summary>
    public Engine.Images.Engines.EngineImages Places => new(null!, EngineAddress.Default, () => Cache, null!) { Registries = Registries };

    /// <summary>Sets a variable of the environment.</summary>
    public void Set(string name, string value) => _variables[name] = value;

    /// <summary>Writes the settings.</summary>
    public void Configure(string json) => File.WriteAllText(Folder.Combine("baseimage.config.json"), json);

    /// <summary>Logs in as Docker does.</summary>
    public void LogIn(string host, string user, string password)
        => Write("home/.docker/config.json", $$$"""{"auths":{"{{{host}}}":{"auth":"{{{Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}}}"} } }""");

    /// <summary>Writes a file of the room.</summary>
    public string Write(string path, string text)
    {
        string full = Folder.Combine(path.Split('/'));
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        return full;
    }

    /// <summary>Makes an authority and a server's certificate for loopback; trusts it for a host where one is given.</summary>
    public TestAuthority Authority(string name = "ca") => new(this, name);

    /// <summary>Trusts an authority for a host.</summary>
    public void Trust(string host, TestAuthority authority) => Write($"certs.d/{host}/ca.crt", authority.Pem);

    /// <summary>A file of one name and password.</summary>
    public string Passwords(string user, string password)
        => Write("htpasswd", $"{user}:{OpenBsdBCrypt.Generate("2y", password.ToCharArray(), RandomNumberGenerator.GetBytes(16), 4)}\n");

    public async Task<ImageReference> PushAsync(string destination, BuiltImage image, params string[] tags)
        => await ImageDestinations.Parse(destination, Paths, Places).WriteAsync(image, tags, TestContext.Current.CancellationToken);

    public async Task<SourceImage> PullAsync(string reference)
    {
        await using IImageSource source = await ImageSources.OpenAsync(ImageReference.Parse(reference), Paths, Places, TestContext.Current.CancellationToken);
        SourceImage image = (await source.ReadAsync(TestContext.Current.CancellationToken))[0];
        foreach (SourceLayer layer in image.Manifests.SelectMany(m => m.Layers))
        {
            await using Stream tar = await layer.OpenTarAsync(TestContext.Current.CancellationToken);
            await tar.CopyToAsync(Stream.Null, TestContext.Current.CancellationToken);
        }

        return image;
    }

    public void Dispose()
    {
        if (_cache.IsValueCreated)
        {
            _cache.Value.Dispose();
        }

        Folder.Dispose();
    }
}

/// <summary>An authority of the tests' own, with a server's certificate for loopback.</summary>
internal sealed class TestAuthority
{
    private readonly RSA _key = RSA.Create(2048);
    private readonly X509Certificate2 _signer;

    public TestAuthority(RegistryRoom room, string name, string server = "127.0.0.1")
    {
        using ECDsa serverKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authority = new($"CN={name}", _key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        DateTimeOffset now = DateTimeOffset.UtcNow;
        X509Certificate2 signer = _signer = authority.CreateSelfSigned(now.AddDays(-1), now.AddDays(30));
        CertificateRequest request = new($"CN={server}", serverKey, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        if (IPAddress.TryParse(server, out IPAddress? address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(server);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        using X509Certificate2 certificate = request.Create(signer.SubjectName, X509SignatureGenerator.CreateForRSA(_key, RSASignaturePadding.Pkcs1), now.AddDays(-1), now.AddDays(20), RandomNumberGenerator.GetBytes(8));
        Pem = signer.ExportCertificatePem();
        Tls = (room.Write($"{name}/server.crt", certificate.ExportCertificatePem()), room.Write($"{name}/server.key", serverKey.ExportPkcs8PrivateKeyPem()));
        using X509Certificate2 pair = certificate.CopyWithPrivateKey(serverKey);
        Server = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null);
    }

    /// <summary>A certificate for whoever connects, with its key.</summary>
    public X509Certificate2 Client(string name)
    {
        using RSA key = RSA.Create(2048);
        CertificateRequest request = new($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.2")], false));
        using X509Certificate2 certificate = request.Create(_signer, DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(10), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 pair = certificate.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null, X509KeyStorageFlags.Exportable);
    }

    /// <summary>The authority's certificate.</summary>
    public string Pem { get; }

    /// <summary>The server's certificate and key.</summary>
    public (string Certificate, string Key) Tls { get; }

    /// <summary>The same, to serve with.</summary>
    public X509Certificate2 Server { get; }
}
