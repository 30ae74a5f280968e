using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Tests.Images;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Dsse;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust.Attestations;

/// <summary>A layout with an image, keys, and what states things about it.</summary>
internal sealed class AttestationRoom : IDisposable
{
    public const string Builder = "https://ci.example.org/runner";

    private readonly ImageRoom _room = new();

    public AttestationRoom()
    {
        Make("mine", ECDsa.Create(ECCurve.NamedCurves.nistP256));
        Make("other", ECDsa.Create(ECCurve.NamedCurves.nistP384));
    }

    public ImageAttester Attester => new(() => _room.Paths, OpenAsync);

    public AttestationReading Reading => new(OpenAsync);

    public AttestationTester Tester => new(OpenAsync, TimeProvider.System);

    public BaseImage.Engine.Storage.BaseImagePaths Paths => _room.Paths;

    public BaseImage.Engine.Auditing.Contents.LayerShelf Shelf => _room.Shelf;

    public string Combine(string name) => _room.Folder.Combine(name);

    public void Dispose() => _room.Dispose();

    public Task<IArtifactStore> OpenAsync(ImageReference reference, CancellationToken token) => ArtifactStores.OpenAsync(reference, _room.Paths, token);

    /// <summary>An image with one package, pinned.</summary>
    public async Task<string> ImageAsync(string name = "web", params Platform[] platforms)
    {
        byte[] tar = new TestTar().Add("etc/name", content: Encoding.UTF8.GetBytes(name)).Add("var/lib/dpkg/status", content: "Package: hello\nStatus: install ok installed\nVersion: 1.0\nArchitecture: amd64\n"u8.ToArray()).ToArray();
        ImageReference written = await _room.WriteAsync($"oci:{Combine(name)}:x", TestImage.Of(name, [tar], platforms));
        return written.ToString();
    }

    public SigningKeySource Key(string name = "mine") => new() { KeyPath = Combine(name + ".pem") };

    public AttestationPolicy Trusting(string name = "mine") => new() { Trust = new TrustRequest { PublicKeyPaths = [Combine(name + ".pub")] } };

    /// <summary>A definition and lock that the image may have been built from.</summary>
    public static DefinitionProvenance Built(params Platform[] platforms)
    {
        LockedPackage package = new() { Name = "hello", Version = new PackageVersion("1.0"), Architecture = "amd64", Archive = "debian", Path = "pool/hello.deb", Size = 1, Sha256 = Digest.Of("deb"u8), Source = "hello", SourceVersion = new PackageVersion("1.0") };
        LockedIndex index = new() { Archive = "debian", Suite = "bookworm", Path = "dists/bookworm/InRelease", Sha256 = Digest.Of("release"u8), Date = DateTimeOffset.UnixEpoch, Signer = "ABCD", PackageIndexes = [new LockedPackageIndex("main/binary-amd64/Packages.xz", 1, Digest.Of("index"u8))] };
        Platform[] all = platforms.Length == 0 ? [Platform.LinuxAmd64] : platforms;
        ImageDefinition definition = new() { Path = "/d/web.image.psd1", Name = "web", From = new DistributionSource("debian", "bookworm"), Platforms = all, ModelDigest = Digest.Of("model"u8) };
        ImageLock imageLock = new() { Path = "/d/web.lock.json", Name = "web", DefinitionDigest = Digest.Of("model"u8), SnapshotTime = DateTimeOffset.UnixEpoch, Epoch = DateTimeOffset.UnixEpoch, Compressor = "x/1", Indexes = [index], Platforms = [.. all.Select(platform => new LockedPlatform(platform, [package]))] };
        return new DefinitionProvenance { Definition = definition, Lock = imageLock, BuilderId = Builder, Source = "https://git.example.org/images", Revision = new string('a', 40) };
    }

    /// <summary>What is stated of a build.</summary>
    public static JObject Predicate(DefinitionProvenance built) => ProvenanceWriter.Write(built, ProvenanceWriter.Describe(built));

    /// <summary>Writes a bundle of any bytes beside an image.</summary>
    public async Task PutAsync(string image, byte[] bundle, string? listed = PredicateKind.Provenance, string type = CosignNames.Bundle, int layers = 1)
    {
        await using IArtifactStore store = await OpenAsync(ImageReference.Parse(image), TestContext.Current.CancellationToken);
        OciDescriptor subject = await store.FindSubjectAsync(TestContext.Current.CancellationToken);
        SortedDictionary<string, string> annotations = new(StringComparer.Ordinal);
        if (listed is not null)
        {
            annotations[CosignNames.BundlePredicate] = listed;
        }

        BuiltDocument document = new(type, bundle);
        await store.WriteAsync(OciDocuments.Artifact(type, subject, [.. Enumerable.Repeat((document, (IReadOnlyDictionary<string, string>)new SortedDictionary<string, string>(StringComparer.Ordinal)), layers)], annotations), TestContext.Current.CancellationToken);
    }

    /// <summary>A bundle of a payload, signed.</summary>
    public async Task<JObject> SignedAsync(ReadOnlyMemory<byte> payload, string key = "mine", string payloadType = CosignNames.InToto)
    {
        using SigningKey signing = await SigningKey.OpenAsync(Key(key), TestContext.Current.CancellationToken);
        return StrictJson.ParseObject(SigstoreBundle.Write(DsseEnvelope.Sign(payloadType, payload, signing), signing.Public), "bundle");
    }

    private void Make(string name, ECDsa key)
    {
        using (key)
        {
            File.WriteAllText(Combine(name + ".pem"), key.ExportPkcs8PrivateKeyPem() + "\n");
            File.WriteAllText(Combine(name + ".pub"), key.ExportSubjectPublicKeyInfoPem() + "\n");
        }
    }
}
