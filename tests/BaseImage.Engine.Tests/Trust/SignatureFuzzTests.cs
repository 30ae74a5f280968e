using BaseImage.Engine.Images;
using BaseImage.Engine.Trust;
using BaseImage.Engine.Trust.Cms;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Notation;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Engine.Trust.Verification;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>
/// Every byte of every form is changed, by seeds that are always the same: nothing is thrown, and what still verifies says of the
/// same image, by the same signature and the same certificates, what it said before.
/// </summary>
public sealed class SignatureFuzzTests
{
    private static readonly TestAuthority Root = TestAuthority.Root();
    private static readonly TestAuthority Signer = Root.Leaf();
    private static readonly ProtectedHeader Header = new() { Algorithm = "", IsSigningAuthority = false, SigningTime = TestAuthority.Now, Expiry = TestAuthority.Now.AddDays(1) };
    private static readonly OciDescriptor Subject = new MemoryArtifactStore().Subject;

    [Theory]
    [InlineData(SignatureFormat.Notation)]
    [InlineData(SignatureFormat.NotationCose)]
    [InlineData(SignatureFormat.Cms)]
    [InlineData(SignatureFormat.Cosign)]
    [InlineData(SignatureFormat.CosignBundle)]
    public void No_changed_byte_verifies_as_something_else(SignatureFormat format)
    {
        using SigningKey key = Signer.SigningKey();
        StoredSignature good = Sign(format, key);
        SignatureDocument original = SignatureReader.Read(good)!;
        TrustAnchors anchors = new() { Statement = new TrustStatement { Name = "", Level = "strict" }, Authorities = [Root.Certificate], Keys = format is SignatureFormat.Cosign or SignatureFormat.CosignBundle ? [new TrustedKey(key.Public, null)] : [] };
        Assert.Equal(SignatureStatus.Trusted, Verify(anchors, good)?.Status);

        Random random = new(20260601 + (int)format);
        byte[] content = good.Content.ToArray();
        int refused = 0, tries = 0;
        for (int i = 0; i < content.Length + 1500; i++, tries++)
        {
            byte[] bad = [.. content];
            bad[i < content.Length ? i : random.Next(content.Length)] ^= (byte)random.Next(1, 256);
            if (i >= content.Length && random.Next(2) == 0)
            {
                bad = random.Next(3) switch { 0 => bad[..random.Next(bad.Length)], 1 => [.. bad, (byte)random.Next(256)], _ => [.. bad[..random.Next(bad.Length)], .. bad[random.Next(bad.Length)..]] };
            }

            refused += Check(good with { Content = bad }, $"byte {i}");
        }

        byte[] payload = good.Payload.ToArray();
        for (int i = 0; i < payload.Length; i++, tries++)
        {
            byte[] bad = [.. payload];
            bad[i] ^= (byte)random.Next(1, 256);
            refused += Check(good with { Payload = bad }, $"payload byte {i}");
        }

        // What nothing signs (an agent's name, a hint, versions that nobody reads) is a small part.
        Assert.True(refused > tries * 8 / 10, $"{refused} of {tries} refused");

        int Check(StoredSignature changed, string where)
        {
            SignatureVerdict? verdict = Verify(anchors, changed);
            if (verdict is null || verdict.Status != SignatureStatus.Trusted)
            {
                return 1;
            }

            SignatureDocument read = SignatureReader.Read(changed)!;
            Assert.True(read.Target.Digest == original.Target.Digest && read.Expiry == original.Expiry && read.SigningTime == original.SigningTime && read.Signature.Span.SequenceEqual(original.Signature.Span)
                && read.Chain.Select(one => one.Thumbprint).SequenceEqual(original.Chain.Select(one => one.Thumbprint)), $"{format}: {where} verifies");
            return 0;
        }
    }

    private static SignatureVerdict? Verify(TrustAnchors anchors, StoredSignature stored) => new SignatureVerifier(anchors, Subject, TestAuthority.Now).Verify("image", stored);

    private static StoredSignature Sign(SignatureFormat format, SigningKey key)
    {
        Dictionary<string, string> nothing = [];
        byte[] payload = SignedPayload.Of(Subject, nothing);
        OciDescriptor manifest = new(MediaTypes.OciManifest, Digest.Of([]), 0);
        switch (format)
        {
            case SignatureFormat.Notation:
                return new StoredSignature(format, manifest, JwsEnvelope.Sign(payload, key, Header, "test/1"));
            case SignatureFormat.NotationCose:
                return new StoredSignature(format, manifest, CoseEnvelope.Sign(payload, key, Header, "test/1"));
            case SignatureFormat.Cms:
                return new StoredSignature(format, manifest, CmsSignature.Sign(payload, key, TestAuthority.Now)) { Payload = payload };
            case SignatureFormat.Cosign:
                byte[] simple = SimpleSigning.Payload(Subject.Digest, "registry.example/team/web", nothing);
                return new StoredSignature(format, manifest, simple) { Annotations = new Dictionary<string, string> { [CosignNames.Signature] = Convert.ToBase64String(key.Sign(simple, SignatureForm.Sigstore)) } };
            default:
                return new StoredSignature(format, manifest, BundleSignature.Sign(Subject.Digest, nothing, key));
        }
    }
}
