using System.Security;
using System.Security.Cryptography;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Registry;
using BaseImage.Engine.Tests.Images;
using BaseImage.Engine.Tests.Images.Registry;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>cosign's own client in a home of its own, with keys, and our side of everything that both do. No transparency log is asked.</summary>
internal sealed class CosignRoom : IDisposable
{
    private readonly string _cosign = Tools.RequirePeer("usr/bin/cosign");
    private readonly RegistryRoom _room = new();

    public RegistryRoom Room => _room;

    public ImageCopier Copier => new(() => _room.Paths, _room.Places);

    public ImageAttester Attester => new(() => _room.Paths, OpenAsync, _room.Places);

    public AttestationTester AttestationTester => new(OpenAsync, TimeProvider.System);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _room.Dispose();

    public string Combine(string name) => _room.Folder.Combine(name);

    /// <summary>The client's arguments for a form of signatures.</summary>
    public static string Form(SignatureFormat format) => $"--new-bundle-format={(format == SignatureFormat.CosignBundle ? "true" : "false")}";

    /// <summary>Runs the client; an image is named as it names them, without a transport.</summary>
    public Task<(int Code, string Output, string Error)> TryAsync(params string[] arguments)
        => Tools.TryRunAsync(_cosign, arguments, folder: _room.Folder.Combine("home"), environment: new Dictionary<string, string?>
        {
            ["HOME"] = _room.Folder.Combine("home"),
            ["TUF_ROOT"] = _room.Folder.Combine("home", "tuf"),
            ["DOCKER_CONFIG"] = _room.Folder.Combine("home", "docker"),
            ["COSIGN_PASSWORD"] = "horse",
        });

    /// <summary>Runs the client and wants it to succeed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string output, string error) = await TryAsync(arguments);
        Assert.True(code == 0, $"cosign {string.Join(' ', arguments)} ended with {code}:\n{output}\n{error}");
        return output;
    }

    /// <summary>Runs the client and wants it to refuse.</summary>
    public async Task RefusesAsync(params string[] arguments)
    {
        (int code, string output, string error) = await TryAsync(arguments);
        Assert.True(code != 0, $"cosign {string.Join(' ', arguments)} was content:\n{output}\n{error}");
    }

    /// <summary>Has the client sign.</summary>
    public Task<string> SignAsync(string key, SignatureFormat format, string image, params string[] more)
        => RunAsync(["sign", "--key", key, "--use-signing-config=false", "--tlog-upload=false", Form(format), "-y", .. more, image]);

    /// <summary>The client's arguments to verify with a public key.</summary>
    public static string[] Verify(string publicKey, SignatureFormat format, string image, params string[] more)
        => ["verify", "--key", publicKey, "--insecure-ignore-tlog", Form(format), .. more, image];

    /// <summary>A new key of a kind as a plain file, as openssl writes it, with its public half beside it.</summary>
    public (string Private, string Public) Key(string kind, string? name = null)
    {
        using AsymmetricAlgorithm key = kind.StartsWith("RSA-", StringComparison.Ordinal) ? RSA.Create(int.Parse(kind[4..], System.Globalization.CultureInfo.InvariantCulture))
            : ECDsa.Create(kind switch { "P-384" => ECCurve.NamedCurves.nistP384, "P-521" => ECCurve.NamedCurves.nistP521, _ => ECCurve.NamedCurves.nistP256 });
        return (_room.Write($"{name ?? kind}.pem", key.ExportPkcs8PrivateKeyPem() + "\n"), _room.Write($"{name ?? kind}.pub", key.ExportSubjectPublicKeyInfoPem() + "\n"));
    }

    /// <summary>The same, taken over by the client: encrypted with its password.</summary>
    public async Task<(string Private, string Public)> ImportedKeyAsync(string kind, string? name = null)
    {
        string prefix = Combine("imported-" + (name ?? kind));
        await RunAsync("import-key-pair", "--key", Key(kind, name).Private, "--output-key-prefix", prefix, "-y");
        return (prefix + ".key", prefix + ".pub");
    }

    /// <summary>Pushes an image and names it as the client does: pinned, without a transport.</summary>
    public async Task<string> PushAsync(string where, string content = "hello", params Platform[] platforms)
    {
        BuiltImage image = TestImage.Of("web", [TestImage.Tar(content)], platforms);
        await _room.PushAsync($"docker://{where}:{content}", image);
        return $"{where}@{image.Root.Digest}";
    }

    public Task<IArtifactStore> OpenAsync(ImageReference reference, CancellationToken token) => ArtifactStores.OpenAsync(reference, _room.Paths, token, _room.Registries);

    public async Task<IArtifactStore> OpenAsync(string reference) => await OpenAsync(ImageReference.Parse(reference), Token);

    /// <summary>Signs with our side.</summary>
    public Task<ImageSignature> SignHereAsync(string image, SignatureFormat format, string key, string? password = null, IReadOnlyDictionary<string, string>? annotations = null)
        => new ImageSigner(OpenAsync, TimeProvider.System).SignAsync(new SigningRequest { Image = image, Key = Source(key, password), Format = format, Annotations = annotations ?? new Dictionary<string, string>() }, SilentReporter.Instance, Token);

    /// <summary>Verifies with our side.</summary>
    public Task<SignatureResult> TestHereAsync(string image, params string[] publicKeys)
        => new SignatureTester(OpenAsync, TimeProvider.System).TestAsync(image, new TrustRequest { PublicKeyPaths = publicKeys }, SilentReporter.Instance, Token);

    /// <summary>Verifies with our side, and wants a status.</summary>
    public async Task<SignatureResult> IsHereAsync(SignatureStatus status, string image, params string[] publicKeys)
    {
        SignatureResult result = await TestHereAsync(image, publicKeys);
        Assert.True(result.Status == status, $"{image}: {result.Status} ({result.Message}), where {status} belongs");
        return result;
    }

    public static SigningKeySource Source(string key, string? password = null)
    {
        SecureString? secret = password is null ? null : new SecureString();
        foreach (char c in password ?? "")
        {
            secret!.AppendChar(c);
        }

        return new SigningKeySource { KeyPath = key, Password = secret };
    }
}
