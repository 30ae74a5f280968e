using BaseImage.Engine.Images;
using BaseImage.Engine.Tests.Images;
using BaseImage.Engine.Tests.Images.Registry;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>Notation's own client with a folder of settings that it shares with us: keys, trust policy and trust store.</summary>
internal sealed class NotationRoom : IDisposable
{
    private readonly RegistryRoom _registries = new();
    private readonly string _client = Tools.RequirePeer("usr/bin/notation");

    public NotationRoom()
    {
        Tools.Require(OperatingSystem.IsLinux(), "the client that .ci/peers brings is for Linux");
        Directory.CreateDirectory(Config);
    }

    /// <summary>Where things are written.</summary>
    public TempFolder Folder => _registries.Folder;

    /// <summary>The clock of our side; the client has this machine's.</summary>
    public DateTimeOffset Now { get; set; } = DateTimeOffset.UtcNow;

    private string Config => Folder.Combine("notation");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A root that is valid by this machine's clock.</summary>
    public static TestAuthority Root(string subject = "C=XX, ST=Test, O=Example, CN=Root") => TestAuthority.Root(subject, change: TestStamps.Long);

    /// <summary>One who signs, two certificates below a root, both valid by this machine's clock.</summary>
    public static TestAuthority Signer(TestAuthority root, string kind = "P-256") => root.Intermediate(change: TestStamps.Long).Leaf(key: kind, change: TestStamps.Long);

    public void Dispose() => _registries.Dispose();

    /// <summary>Pushes an image and gives its name, pinned, as the client writes it.</summary>
    public async Task<string> PushAsync(string address) => Plain(await _registries.PushAsync($"docker://{address}/team/web", TestImage.Of("web", [TestImage.Tar()]), "1"));

    /// <summary>Writes a layout and gives its name, pinned, as the client writes it.</summary>
    public async Task<string> WriteLayoutAsync() => Plain(await _registries.PushAsync($"oci:{Folder.Combine("layout")}", TestImage.Of("web", [TestImage.Tar()]), "1"));

    /// <summary>Writes the policy that both read, and puts certificates into stores.</summary>
    public void Trust(string level = "strict", string more = "", string identities = "\"*\"", params (string Store, TestAuthority Root)[] stores)
    {
        foreach ((string store, TestAuthority root) in stores)
        {
            string folder = Path.Combine(Config, "truststore", "x509", store.Replace(':', '/'));
            Directory.CreateDirectory(folder);
            File.WriteAllText(Path.Combine(folder, root.Certificate.Thumbprint + ".pem"), root.Certificate.ExportCertificatePem());
        }

        string names = string.Join(',', stores.Select(pair => $"\"{pair.Store}\"").Distinct());
        File.WriteAllText(Path.Combine(Config, "trustpolicy.json"), $$"""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"{{level}}"{{more}}},"trustStores":[{{names}}],"trustedIdentities":[{{identities}}]}]}""");
    }

    /// <summary>Gives the client a key, under the name <c>signer</c>.</summary>
    public void AddKey(TestAuthority signer)
    {
        string key = Write("signer.key", signer.KeyPem), chain = Write("signer.crt", signer.ChainPem);
        File.WriteAllText(Path.Combine(Config, "signingkeys.json"), $$"""{"default":"signer","keys":[{"name":"signer","keyPath":"{{key}}","certPath":"{{chain}}"}]}""");
    }

    /// <summary>Writes a file.</summary>
    public string Write(string name, string text) => _registries.Write(name, text);

    /// <summary>Runs the client; what it printed, on both streams.</summary>
    public async Task<(int Code, string Output)> TryAsync(params string[] arguments)
    {
        (int code, string output, string error) = await Tools.TryRunAsync(_client, arguments, environment: new Dictionary<string, string?>
        {
            ["NOTATION_CONFIG"] = Config,
            ["NOTATION_EXPERIMENTAL"] = "1",
            ["XDG_CONFIG_HOME"] = Folder.Combine("xdg"),
            ["XDG_CACHE_HOME"] = Folder.Combine("xdg"),
            ["HOME"] = Folder.Combine("home"),
            ["NO_PROXY"] = "127.0.0.1",
        });
        return (code, output + error);
    }

    /// <summary>Runs the client, which has to succeed.</summary>
    public async Task<string> RunAsync(params string[] arguments)
    {
        (int code, string output) = await TryAsync(arguments);
        Assert.True(code == 0, $"notation {string.Join(' ', arguments)} ended with {code}:\n{output}");
        return output;
    }

    /// <summary>Opens the place of an image.</summary>
    public Task<IArtifactStore> OpenAsync(ImageReference reference, CancellationToken cancellationToken) => ArtifactStores.OpenAsync(reference, _registries.Paths, cancellationToken, _registries.Registries);

    /// <summary>Signs an image ourselves.</summary>
    public async Task<ImageSignature> SignAsync(string image, TestAuthority signer, SignatureFormat format, Func<SigningRequest, SigningRequest>? change = null)
    {
        SigningRequest request = new() { Image = Ours(image), Key = new SigningKeySource { KeyPath = Write("ours.pem", signer.KeyPem + "\n" + signer.ChainPem) }, Format = format };
        return await new ImageSigner(OpenAsync, TimeProvider.System).SignAsync(change?.Invoke(request) ?? request, SilentReporter.Instance, Token);
    }

    /// <summary>Verifies an image ourselves, by the client's policy and store.</summary>
    public Task<SignatureResult> TestAsync(string image)
        => new SignatureTester(OpenAsync, new Clock(Now)).TestAsync(Ours(image), new TrustRequest { PolicyPath = Path.Combine(Config, "trustpolicy.json") }, SilentReporter.Instance, Token);

    /// <summary>Has both verify an image, which both must refuse: the client in words, we by a status.</summary>
    public async Task RefusedAsync(string image, SignatureStatus status, string words, params string[] options)
    {
        (int code, string output) = await TryAsync(["verify", .. options, image]);
        Assert.True(code != 0 && output.Contains(words, StringComparison.Ordinal), $"{code}: {output}");
        SignatureResult result = await TestAsync(image);
        Assert.True(status == result.Status, $"{result.Status}: {result.Message}");
    }

    private static string Ours(string image) => Path.IsPathRooted(image) ? $"oci:{image}" : $"docker://{image}";

    private static string Plain(ImageReference reference)
    {
        string text = reference.ToString();
        return text[(text.IndexOf(':', StringComparison.Ordinal) + 1)..].TrimStart('/') is var rest && text.StartsWith("oci:", StringComparison.Ordinal) ? text["oci:".Length..] : rest;
    }

    private sealed class Clock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
