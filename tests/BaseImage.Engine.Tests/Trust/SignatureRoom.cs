using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Ports;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>An image, a trust policy with its store, and a clock: what a test of signatures needs.</summary>
internal sealed class SignatureRoom : IDisposable
{
    private readonly TempFolder _folder = new("trust");

    public MemoryArtifactStore Store { get; set; } = new();

    /// <summary>When signatures are made.</summary>
    public DateTimeOffset SigningTime { get; set; } = TestAuthority.Now;

    /// <summary>When they are verified.</summary>
    public DateTimeOffset VerifyingTime { get; set; } = TestAuthority.Now.AddDays(1);

    public string PolicyPath => _folder.Combine("trustpolicy.json");

    public TrustRequest Trust { get; set; } = new();

    public TimeProvider Clock => new FixedTime(VerifyingTime);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    /// <summary>Trusts authorities by a policy of one statement.</summary>
    public void TrustRoots(string level = "strict", string identities = "\"*\"", string more = "", string stores = "\"ca:test\"", params TestAuthority[] roots)
    {
        foreach (TestAuthority root in roots)
        {
            Put("ca/test", root);
        }

        File.WriteAllText(PolicyPath, $$"""{"version":"1.0","trustPolicies":[{"name":"all","registryScopes":["*"],"signatureVerification":{"level":"{{level}}"{{more}}},"trustStores":[{{stores}}],"trustedIdentities":[{{identities}}]}]}""");
        Trust = Trust with { PolicyPath = PolicyPath };
    }

    /// <summary>Puts a certificate into a store.</summary>
    public void Put(string store, TestAuthority authority)
    {
        string folder = _folder.Combine("truststore", "x509", store);
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, authority.Certificate.Thumbprint + ".pem"), authority.Certificate.ExportCertificatePem());
    }

    /// <summary>Writes a file and gives its path.</summary>
    public string Write(string name, string text)
    {
        File.WriteAllText(_folder.Combine(name), text);
        return _folder.Combine(name);
    }

    /// <summary>Writes a file and gives its path.</summary>
    public string Write(string name, byte[] bytes)
    {
        File.WriteAllBytes(_folder.Combine(name), bytes);
        return _folder.Combine(name);
    }

    /// <summary>A public key as a file.</summary>
    public string PublicKey(TestAuthority signer) => Write(signer.Certificate.Thumbprint + ".pub", signer.Key.ExportSubjectPublicKeyInfoPem());

    /// <summary>Signs the image.</summary>
    public async Task<ImageSignature> SignAsync(TestAuthority signer, SignatureFormat format = SignatureFormat.Notation, Func<SigningRequest, SigningRequest>? change = null)
    {
        using SigningKey key = signer.SigningKey();
        SigningRequest request = new() { Image = Store.Reference.ToString(), Key = new SigningKeySource(), Format = format };
        return await new ImageSigner((_, _) => Task.FromResult<IArtifactStore>(Store), new FixedTime(SigningTime)).SignAsync(Store, key, change?.Invoke(request) ?? request, SilentReporter.Instance, Token);
    }

    /// <summary>Verifies the image.</summary>
    public Task<SignatureResult> TestAsync() => new SignatureTester((_, _) => Task.FromResult<IArtifactStore>(Store), new FixedTime(VerifyingTime)).TestAsync(Store, Store.Reference.ToString(), Trust, SilentReporter.Instance, Token);

    /// <summary>Lists the image's signatures.</summary>
    public async Task<IReadOnlyList<ImageSignature>> ListAsync()
    {
        List<ImageSignature> found = [];
        await foreach (ImageSignature signature in new SignatureListing((_, _) => Task.FromResult<IArtifactStore>(Store)).ReadAsync(Store.Reference.ToString(), Token))
        {
            found.Add(signature);
        }

        return found;
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
