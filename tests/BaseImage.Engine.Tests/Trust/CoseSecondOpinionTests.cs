using System.Security.Cryptography;
using System.Security.Cryptography.Cose;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Notation;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>Our COSE held against .NET's own: what we sign it verifies, what it signs is trusted here.</summary>
public sealed class CoseSecondOpinionTests : IDisposable
{
    private readonly SignatureRoom _room = new();

    public static TheoryData<string> Kinds => new("P-256", "P-384", "P-521", "RSA-2048", "RSA-3072", "RSA-4096");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _room.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Dotnets_cose_verifies_ours_and_reads_the_same_headers(string kind)
    {
        TestAuthority signer = TestAuthority.Root().Leaf(key: kind);
        await _room.SignAsync(signer, SignatureFormat.NotationCose, request => request with { Expiry = TestAuthority.Now.AddDays(9) });
        OciManifest manifest = OciReader.Manifest(await _room.Store.ReadAsync(Assert.Single(_room.Store.Referrers), 1 << 20, Token), "manifest");
        byte[] envelope = await _room.Store.ReadAsync(Assert.Single(manifest.Layers), 1 << 20, Token);
        CoseSign1Message message = CoseMessage.DecodeSign1(envelope);
        Assert.True(message.VerifyEmbedded(signer.Key));
        Assert.Equal(SignedPayload.Of(_room.Store.Subject, new Dictionary<string, string>()), message.Content!.Value.ToArray());
        Assert.Equal(SignedPayload.MediaType, message.ProtectedHeaders.GetValueAsString(CoseHeaderLabel.ContentType));
        Assert.Equal(NotationNames.X509, message.ProtectedHeaders.GetValueAsString(new CoseHeaderLabel(NotationNames.Scheme)));

        // Core deterministic encoding (RFC 8949, section 4.2.1) leaves one way to write it, and that library writes what it reads.
        Assert.Equal(envelope, message.Encode());
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Dotnets_cose_signatures_are_trusted(string kind)
    {
        TestAuthority signer = TestAuthority.Root().Leaf(key: kind);
        _room.TrustRoots(roots: signer.Issuer!);
        using VerificationKey key = VerificationKey.Of(signer.Certificate);
        CoseHeaderMap signed = new()
        {
            [CoseHeaderLabel.CriticalHeaders] = CoseHeaderValue.FromEncodedValue(ForgedCose.Labels(NotationNames.Scheme)),
            [CoseHeaderLabel.ContentType] = CoseHeaderValue.FromString(SignedPayload.MediaType),
            [new CoseHeaderLabel(NotationNames.Scheme)] = CoseHeaderValue.FromString(NotationNames.X509),
            [new CoseHeaderLabel(NotationNames.SigningTime)] = CoseHeaderValue.FromEncodedValue(ForgedCose.Time(ForgedCose.Noon)),
        };
        CoseHeaderMap open = new() { [new CoseHeaderLabel(33)] = CoseHeaderValue.FromEncodedValue(ForgedCose.Chain(signer.Chain)) };
        CoseSigner by = signer.Key is RSA rsa ? new CoseSigner(rsa, RSASignaturePadding.Pss, key.Algorithm.Hash, signed, open) : new CoseSigner(signer.Key, key.Algorithm.Hash, signed, open);
        byte[] envelope = CoseSign1Message.SignEmbedded(SignedPayload.Of(_room.Store.Subject, new Dictionary<string, string>()), by);
        await ForgedSignatures.Put(_room, NotationNames.ArtifactType, (NotationNames.Cose, envelope));
        SignatureResult result = await _room.TestAsync();
        Assert.True(result.Status == SignatureStatus.Trusted, result.Message);
    }
}
