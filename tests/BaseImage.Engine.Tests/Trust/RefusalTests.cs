using System.Security.Cryptography;
using System.Security.Cryptography.Pkcs;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust;
using BaseImage.Engine.Trust.Cms;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Notation;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>
/// What must not be trusted, and the status that says why: every field tampered with, wrong keys and certificates, other
/// images, algorithms that do not fit, documents that are not what they should be. The policy trusts the root that signed.
/// </summary>
public sealed class RefusalTests : IDisposable
{
    private const string Other = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

    private static readonly TestAuthority Root = TestAuthority.Root();
    private static readonly TestAuthority Middle = Root.Intermediate();
    private static readonly TestAuthority Signer = Middle.Leaf();
    private static readonly TestAuthority RsaSigner = Root.Leaf(key: "RSA-2048");
    private static readonly TestAuthority Stranger = TestAuthority.Root("CN=Stranger").Leaf();
    private static readonly TestAuthority KeySigner = TestAuthority.SelfSigned();

    private static readonly SortedDictionary<string, (SignatureStatus Status, Func<SignatureRoom, Task> Arrange)> Cases = new(StringComparer.Ordinal)
    {
        ["notation payload: digest of another image"] = (SignatureStatus.SubjectMismatch, room => ForgedSignatures.Notation(room, Signer, payload: p => p["digest"] = Other)),
        ["notation payload: another size"] = (SignatureStatus.SubjectMismatch, room => ForgedSignatures.Notation(room, Signer, payload: p => p["size"] = 12)),
        ["notation payload: another media type"] = (SignatureStatus.SubjectMismatch, room => ForgedSignatures.Notation(room, Signer, payload: p => p["mediaType"] = MediaTypes.OciIndex)),
        ["notation payload: no digest"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, payload: p => p.Remove("digest"))),
        ["notation payload: changed"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, payload: p => p["annotations"] = new JObject { ["a"] = "b" }, after: e => e["payload"] = StrictBase64.EncodeUrl(SignedPayload.Of(room.Store.Subject, new Dictionary<string, string>())))),
        ["notation payload: Base64 with padding"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e["payload"] += "=")),
        ["notation payload: empty"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e["payload"] = "")),
        ["notation protected: changed time"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, after: e => e["protected"] = Reheader(e, h => h[NotationNames.SigningTime] = "2026-06-01T12:00:01Z"))),
        ["notation protected: expiry taken away"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, Expires, after: e => e["protected"] = Reheader(e, h => { h.Remove(NotationNames.Expiry); h["crit"] = new JArray(NotationNames.Scheme); }))),
        ["notation protected: other scheme"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, after: e => e["protected"] = Reheader(e, AsAuthority))),
        ["notation protected: not JSON"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, headerText: _ => "header")),
        ["notation protected: a name twice"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, headerText: t => t.Replace("{\"alg\":", "{\"alg\":\"none\",\"alg\":", StringComparison.Ordinal))),
        ["notation protected: empty"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, headerText: _ => "{}")),
        ["notation signature: changed"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, after: e => e["signature"] = ForgedSignatures.Flip((string)e["signature"]!, 3))),
        ["notation signature: by another key"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, sign: input => ForgedSignatures.Sign(Stranger, input))),
        ["notation signature: cut off"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, sign: input => ForgedSignatures.Sign(Signer, input)[..^4])),
        ["notation signature: zeros"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, sign: _ => new byte[64])),
        ["notation signature: DER in place of r and s"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, sign: input => ((ECDsa)Signer.Key).SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))),
        ["notation signature: empty"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e["signature"] = "")),
        ["notation signature: missing"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e.Remove("signature"))),
        ["notation alg: none"] = (SignatureStatus.AlgorithmMismatch, room => ForgedSignatures.Notation(room, Signer, h => h["alg"] = "none")),
        ["notation alg: HMAC with the public key"] = (SignatureStatus.AlgorithmMismatch, room => ForgedSignatures.Notation(room, Signer, h => h["alg"] = "HS256", sign: input => HMACSHA256.HashData(Signer.Key.ExportSubjectPublicKeyInfo(), input))),
        ["notation alg: ES384 with P-256"] = (SignatureStatus.AlgorithmMismatch, room => ForgedSignatures.Notation(room, Signer, h => h["alg"] = "ES384")),
        ["notation alg: RS256"] = (SignatureStatus.AlgorithmMismatch, room => ForgedSignatures.Notation(room, RsaSigner, h => h["alg"] = "RS256", sign: input => ((RSA)RsaSigner.Key).SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["notation alg: PS512 with RSA 2048"] = (SignatureStatus.AlgorithmMismatch, room => ForgedSignatures.Notation(room, RsaSigner, h => h["alg"] = "PS512", sign: input => ((RSA)RsaSigner.Key).SignData(input, HashAlgorithmName.SHA512, RSASignaturePadding.Pss))),
        ["notation alg: PKCS #1 v1.5 under the name PS256"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, RsaSigner, sign: input => ((RSA)RsaSigner.Key).SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["notation alg: missing"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h.Remove("alg"))),
        ["notation alg: small letters"] = (SignatureStatus.AlgorithmMismatch, room => ForgedSignatures.Notation(room, Signer, h => h["alg"] = "es256")),
        ["notation cty: another"] = (SignatureStatus.UnsupportedAttribute, room => ForgedSignatures.Notation(room, Signer, h => h["cty"] = "application/json")),
        ["notation cty: missing"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h.Remove("cty"))),
        ["notation crit: missing"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h.Remove("crit"))),
        ["notation crit: empty"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h["crit"] = new JArray())),
        ["notation crit: a name twice"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h["crit"] = new JArray(NotationNames.Scheme, NotationNames.Scheme))),
        ["notation crit: without the scheme"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => { h["x"] = 1; h["crit"] = new JArray("x"); })),
        ["notation crit: alg"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h["crit"] = new JArray(NotationNames.Scheme, "alg"))),
        ["notation crit: the untrusted time"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h["crit"] = new JArray(NotationNames.Scheme, NotationNames.SigningTime))),
        ["notation crit: what is not there"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h["crit"] = new JArray(NotationNames.Scheme, "x"))),
        ["notation crit: not strings"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h["crit"] = new JArray(NotationNames.Scheme, 7))),
        ["notation crit: an unknown attribute"] = (SignatureStatus.UnsupportedAttribute, room => ForgedSignatures.Notation(room, Signer, h => { h["x"] = 1; h["crit"] = new JArray(NotationNames.Scheme, "x"); })),
        ["notation crit: without the expiry"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => { Expires(h); h["crit"] = new JArray(NotationNames.Scheme); })),
        ["notation plugin: needed"] = (SignatureStatus.UnsupportedAttribute, room => ForgedSignatures.Notation(room, Signer, h => { h[NotationNames.Plugin] = "com.example.plugin"; h["crit"] = new JArray(NotationNames.Scheme, NotationNames.Plugin); })),
        ["notation plugin: not critical"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h[NotationNames.Plugin] = "com.example.plugin")),
        ["notation scheme: unknown"] = (SignatureStatus.UnsupportedAttribute, room => ForgedSignatures.Notation(room, Signer, h => h[NotationNames.Scheme] = "notary.x509.other")),
        ["notation scheme: missing"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h.Remove(NotationNames.Scheme))),
        ["notation time: missing"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h.Remove(NotationNames.SigningTime))),
        ["notation time: not RFC 3339"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h[NotationNames.SigningTime] = "2026-06-01 12:00:00")),
        ["notation time: an authority's in the other scheme"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h[NotationNames.AuthenticSigningTime] = "2026-06-01T12:00:00Z")),
        ["notation time: both in an authority's scheme"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => { AsAuthority(h); h[NotationNames.SigningTime] = "2026-06-01T12:00:00Z"; })),
        ["notation time: an authority's not critical"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => { AsAuthority(h); h["crit"] = new JArray(NotationNames.Scheme); })),
        ["notation authority: only trusted for signing"] = (SignatureStatus.UntrustedRoot, room => ForgedSignatures.Notation(room, Signer, AsAuthority)),
        ["notation authority: time before the certificate"] = (SignatureStatus.CertificateNotYetValid, room => { room.Put("signingAuthority/test", Root); room.TrustRoots(stores: "\"signingAuthority:test\"", roots: Root); return ForgedSignatures.Notation(room, Signer, h => { AsAuthority(h); h[NotationNames.AuthenticSigningTime] = "2020-06-01T12:00:00Z"; }); }),
        ["notation expiry: before the signing"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => { Expires(h); h[NotationNames.Expiry] = "2026-06-01T11:00:00Z"; })),
        ["notation expiry: null"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, h => h[NotationNames.Expiry] = null)),
        ["notation expiry: passed"] = (SignatureStatus.SignatureExpired, room => ForgedSignatures.Notation(room, Signer, h => { Expires(h); h[NotationNames.Expiry] = "2026-06-01T13:00:00Z"; })),
        ["notation expiry: this very moment"] = (SignatureStatus.SignatureExpired, room => ForgedSignatures.Notation(room, Signer, h => { Expires(h); h[NotationNames.Expiry] = "2026-06-02T12:00:00Z"; })),
        ["notation envelope: a field twice"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, text: t => t.Replace("{\"payload\":", "{\"payload\":\"e30\",\"payload\":", StringComparison.Ordinal))),
        ["notation envelope: another field"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e["signatures"] = new JArray())),
        ["notation envelope: no header"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e.Remove("header"))),
        ["notation envelope: alg in the open header"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e["header"]!["alg"] = "ES256")),
        ["notation envelope: a signed name in the open header"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e["header"]![NotationNames.SigningTime] = "2026-06-01T12:00:00Z")),
        ["notation envelope: compact form"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, text: t => $"{JObject.Parse(t)["protected"]}.{JObject.Parse(t)["payload"]}.{JObject.Parse(t)["signature"]}")),
        ["notation envelope: an array"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, text: t => $"[{t}]")),
        ["notation envelope: nothing"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, text: _ => "")),
        ["notation envelope: bytes after it"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, text: t => t + "{}")),
        ["notation envelope: oversized"] = (SignatureStatus.TooLarge, room => ForgedSignatures.Notation(room, Signer, text: t => t + new string(' ', NotationEnvelope.MaxBytes))),
        ["notation manifest: COSE that is JWS"] = (SignatureStatus.Malformed, room => ForgedSignatures.Put(room, NotationNames.ArtifactType, (NotationNames.Cose, "{}"u8.ToArray()))),
        ["notation manifest: two layers"] = (SignatureStatus.Malformed, room => ForgedSignatures.Put(room, NotationNames.ArtifactType, (NotationNames.Jws, [1]), (NotationNames.Jws, [2]))),
        ["notation manifest: no layer"] = (SignatureStatus.Malformed, room => ForgedSignatures.Put(room, NotationNames.ArtifactType)),
        ["notation manifest: another layer"] = (SignatureStatus.Malformed, room => ForgedSignatures.Put(room, NotationNames.ArtifactType, ("application/json", [1]))),

        ["chain: missing"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Notation(room, Signer, after: e => ((JObject)e["header"]!).Remove("x5c"))),
        ["chain: empty"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Notation(room, Signer, chain: [])),
        ["chain: not Base64"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e["header"]!["x5c"]![0] = "%%%%")),
        ["chain: no certificate in it"] = (SignatureStatus.Malformed, room => ForgedSignatures.Notation(room, Signer, after: e => e["header"]!["x5c"]![0] = "AAAA")),
        ["chain: without its root"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Notation(room, Signer, chain: [Signer.Certificate, Middle.Certificate])),
        ["chain: the signer alone"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Notation(room, Signer, chain: [Signer.Certificate])),
        ["chain: in another order"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Notation(room, Signer, chain: [Signer.Certificate, Root.Certificate, Middle.Certificate])),
        ["chain: a stranger at the end"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Notation(room, Signer, chain: [.. Signer.Chain, Stranger.Issuer!.Certificate])),
        ["chain: an authority of the same name"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Notation(room, Signer, chain: [Signer.Certificate, Root.Intermediate().Certificate, Root.Certificate])),
        ["chain: another signer's certificate"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Notation(room, Signer, chain: Middle.Leaf().Chain)),
        ["chain: too long"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Notation(room, Signer, chain: [.. Enumerable.Repeat(Signer.Certificate, 11)])),
        ["trust: self-signed and not in the store"] = (SignatureStatus.UntrustedRoot, room => ForgedSignatures.Notation(room, KeySigner)),
        ["trust: a stranger's root"] = (SignatureStatus.UntrustedRoot, room => ForgedSignatures.Notation(room, Stranger)),
        ["trust: a root of the same name"] = (SignatureStatus.UntrustedRoot, room => ForgedSignatures.Notation(room, TestAuthority.Root().Leaf())),
        ["trust: another identity"] = (SignatureStatus.UntrustedIdentity, room => { room.TrustRoots(identities: "\"x509.subject: C=XX, ST=Test, O=Example, CN=Somebody\"", roots: Root); return ForgedSignatures.Notation(room, Signer); }),
        ["trust: an identity in other letters"] = (SignatureStatus.UntrustedIdentity, room => { room.TrustRoots(identities: "\"x509.subject: C=XX, ST=Test, O=example\"", roots: Root); return ForgedSignatures.Notation(room, Signer); }),
        ["trust: a subject with an attribute twice"] = (SignatureStatus.UntrustedIdentity, room => { room.TrustRoots(identities: "\"x509.subject: C=XX, ST=Test, O=Example\"", roots: Root); return ForgedSignatures.Notation(room, Root.Leaf("C=XX, ST=Test, O=Example, O=Evil, CN=Signer")); }),

        ["leaf: no key usage"] = Unfit(Root.Leaf(change: c => c.KeyUsage = null)),
        ["leaf: key usage not critical"] = Unfit(Root.Leaf(change: c => c.IsKeyUsageCritical = false)),
        ["leaf: key usage for encryption alone"] = Unfit(Root.Leaf(change: c => c.KeyUsage = X509KeyUsageFlags.KeyEncipherment)),
        ["leaf: key usage for certificates too"] = Unfit(Root.Leaf(change: c => c.KeyUsage = X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyCertSign)),
        ["leaf: for TLS servers"] = Unfit(Root.Leaf(change: c => c.Purposes = ["1.3.6.1.5.5.7.3.1"])),
        ["leaf: for TLS servers beside code signing"] = Unfit(Root.Leaf(change: c => c.Purposes = ["1.3.6.1.5.5.7.3.3", "1.3.6.1.5.5.7.3.1"])),
        ["leaf: for anything"] = Unfit(Root.Leaf(change: c => c.Purposes = ["2.5.29.37.0"])),
        ["leaf: for e-mail"] = Unfit(Root.Leaf(change: c => c.Purposes = ["1.3.6.1.5.5.7.3.4"])),
        ["leaf: for timestamps"] = Unfit(Root.Leaf(change: c => c.Purposes = ["1.3.6.1.5.5.7.3.8"])),
        ["leaf: an authority's"] = Unfit(Root.Leaf(change: c => c.IsAuthority = true)),
        ["leaf: RSA of 1024 bits"] = Unfit(Root.Leaf(key: "RSA-1024")),
        ["leaf: another curve"] = Unfit(Root.Leaf(key: "brainpool")),
        ["leaf: signed with SHA-1"] = Unfit(Root.Leaf(change: c => c.Hash = HashAlgorithmName.SHA1)),
        ["authority: none by its constraints"] = Unfit(Root.Intermediate(change: c => c.IsAuthority = false).Leaf()),
        ["authority: no constraints"] = Unfit(Root.Intermediate(change: c => c.HasBasicConstraints = false).Leaf()),
        ["authority: constraints not critical"] = Unfit(Root.Intermediate(change: c => c.IsBasicConstraintsCritical = false).Leaf()),
        ["authority: may not sign certificates"] = Unfit(Root.Intermediate(change: c => c.KeyUsage = X509KeyUsageFlags.CrlSign).Leaf()),
        ["authority: key usage not critical"] = Unfit(Root.Intermediate(change: c => c.IsKeyUsageCritical = false).Leaf()),
        ["authority: one more than allowed"] = Unfit(Root.Intermediate(change: c => c.PathLength = 0).Intermediate("CN=Below").Leaf()),
        ["authority: signed with SHA-1"] = Unfit(Root.Intermediate(change: c => c.Hash = HashAlgorithmName.SHA1).Leaf()),
        ["time: leaf expired"] = (SignatureStatus.CertificateExpired, room => ForgedSignatures.Notation(room, Root.Leaf(change: c => c.NotAfter = TestAuthority.Now))),
        ["time: leaf not valid yet"] = (SignatureStatus.CertificateNotYetValid, room => ForgedSignatures.Notation(room, Root.Leaf(change: c => c.NotBefore = TestAuthority.Now.AddDays(2)))),
        ["time: authority expired"] = (SignatureStatus.CertificateExpired, room => ForgedSignatures.Notation(room, Root.Intermediate(change: c => c.NotAfter = TestAuthority.Now).Leaf())),
        ["time: root expired"] = (SignatureStatus.CertificateExpired, room => { room.VerifyingTime = TestAuthority.Now.AddYears(6); return ForgedSignatures.Notation(room, Root.Leaf(change: c => c.NotAfter = TestAuthority.Now.AddYears(9))); }),
        ["time: no timestamp where one is asked for"] = (SignatureStatus.TimestampMissing, room => { room.Put("tsa/times", Root); room.TrustRoots(stores: "\"ca:test\",\"tsa:times\"", roots: Root); return ForgedSignatures.Notation(room, Signer); }),
        ["time: a timestamp that is none"] = (SignatureStatus.TimestampInvalid, room => { room.Put("tsa/times", Root); room.TrustRoots(stores: "\"ca:test\",\"tsa:times\"", roots: Root); return ForgedSignatures.Notation(room, Signer, after: e => e["header"]![NotationNames.Timestamp] = "AAAA"); }),
        ["time: a timestamp that is another CMS message"] = (SignatureStatus.TimestampInvalid, room => { room.Put("tsa/times", Root); room.TrustRoots(stores: "\"ca:test\",\"tsa:times\"", roots: Root); return ForgedSignatures.Notation(room, Signer, after: e => e["header"]![NotationNames.Timestamp] = Convert.ToBase64String(ForgedSignatures.CmsMessage(room, Signer))); }),

        ["cms payload: of another image"] = (SignatureStatus.SubjectMismatch, room => { byte[] other = SignedPayload.Of(new OciDescriptor(MediaTypes.OciManifest, Digest.Parse(Other), 1), new Dictionary<string, string>()); return ForgedSignatures.Cms(room, CmsOf(other), other); }),
        ["cms payload: changed"] = (SignatureStatus.SignatureInvalid, room => ForgedSignatures.Cms(room, ForgedSignatures.CmsMessage(room, Signer), SignedPayload.Of(room.Store.Subject, new Dictionary<string, string> { ["a"] = "b" }))),
        ["cms payload: not JSON"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cms(room, ForgedSignatures.CmsMessage(room, Signer), [1, 2, 3])),
        ["cms: its last byte changed"] = (SignatureStatus.SignatureInvalid, room => { byte[] message = ForgedSignatures.CmsMessage(room, RsaSigner); message[^1] ^= 1; return ForgedSignatures.Cms(room, message); }),
        ["cms: a byte after it"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cms(room, [.. ForgedSignatures.CmsMessage(room, Signer), 0])),
        ["cms: none"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cms(room, [0x30, 0x00])),
        ["cms: content inside"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cms(room, CmsOf(ForgedSignatures.CmsPayload(room), isDetached: false))),
        ["cms: two signers"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cms(room, CmsOf(ForgedSignatures.CmsPayload(room), signers: 2))),
        ["cms: no signed attributes"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cms(room, CmsOf(ForgedSignatures.CmsPayload(room), hasAttributes: false))),
        ["cms: no certificates"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Cms(room, CmsOf(ForgedSignatures.CmsPayload(room), hasCertificates: false))),
        ["cms: PKCS #1 v1.5"] = (SignatureStatus.AlgorithmMismatch, room => ForgedSignatures.Cms(room, CmsOf(ForgedSignatures.CmsPayload(room), by: RsaSigner))),
        ["cms: SHA-1"] = (SignatureStatus.AlgorithmMismatch, room => ForgedSignatures.Cms(room, CmsOf(ForgedSignatures.CmsPayload(room), hash: "1.3.14.3.2.26"))),
        ["cms: a stranger's"] = (SignatureStatus.UntrustedRoot, room => ForgedSignatures.Cms(room, ForgedSignatures.CmsMessage(room, Stranger))),
        ["cms: a certificate beside the chain"] = (SignatureStatus.ChainBroken, room => ForgedSignatures.Cms(room, CmsOf(ForgedSignatures.CmsPayload(room), more: Stranger.Certificate))),
        ["cms manifest: no payload"] = (SignatureStatus.Malformed, room => ForgedSignatures.Put(room, CmsSignature.ArtifactType, (CmsSignature.MediaType, ForgedSignatures.CmsMessage(room, Signer)))),

        ["cosign: digest of another image"] = (SignatureStatus.SubjectMismatch, room => ForgedSignatures.Cosign(room, KeySigner, signed: t => t.Replace(room.Store.Subject.Digest.ToString(), Other, StringComparison.Ordinal))),
        ["cosign: changed to this image"] = (SignatureStatus.UntrustedKey, room => ForgedSignatures.Cosign(room, KeySigner, signed: t => t.Replace(room.Store.Subject.Digest.ToString(), Other, StringComparison.Ordinal), after: t => t.Replace(Other, room.Store.Subject.Digest.ToString(), StringComparison.Ordinal))),
        ["cosign: another key"] = (SignatureStatus.UntrustedKey, room => ForgedSignatures.Cosign(room, Stranger)),
        ["cosign: no signature"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cosign(room, KeySigner, annotations: a => a.Remove(CosignNames.Signature))),
        ["cosign: signature is not Base64"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cosign(room, KeySigner, annotations: a => a[CosignNames.Signature] = "****")),
        ["cosign: empty signature"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cosign(room, KeySigner, annotations: a => a[CosignNames.Signature] = "")),
        ["cosign: another type"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cosign(room, KeySigner, signed: t => t.Replace("cosign container image signature", "something else", StringComparison.Ordinal))),
        ["cosign: not JSON"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cosign(room, KeySigner, signed: _ => "payload")),
        ["cosign: the image twice"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cosign(room, KeySigner, signed: t => t.Replace("\"image\":{", "\"image\":{\"docker-manifest-digest\":\"" + Other + "\",", StringComparison.Ordinal))),
        ["cosign: without a key"] = (SignatureStatus.UnsupportedFormat, room => ForgedSignatures.Cosign(room, Stranger, annotations: a => a[CosignNames.Certificate] = Stranger.Certificate.ExportCertificatePem())),
        ["cosign: oversized"] = (SignatureStatus.TooLarge, room => ForgedSignatures.Cosign(room, KeySigner, signed: t => t + new string(' ', SimpleSigning.MaxBytes))),
        ["cosign: another media type"] = (SignatureStatus.Malformed, room => ForgedSignatures.Cosign(room, KeySigner, mediaType: "application/json")),

        ["bundle: digest of another image"] = (SignatureStatus.SubjectMismatch, room => ForgedSignatures.Bundle(room, KeySigner, s => s["subject"]![0]!["digest"]!["sha256"] = Other["sha256:".Length..])),
        ["bundle: changed payload"] = (SignatureStatus.UntrustedKey, room => ForgedSignatures.Bundle(room, KeySigner, s => s["predicate"]!["a"] = 7, after: b => b["dsseEnvelope"]!["payload"] = Convert.ToBase64String(Convert.FromBase64String((string)b["dsseEnvelope"]!["payload"]!).Select(x => x == (byte)'7' ? (byte)'8' : x).ToArray()))),
        ["bundle: another key with the right hint"] = (SignatureStatus.UntrustedKey, room => ForgedSignatures.Bundle(room, Stranger, after: b => b["verificationMaterial"]!["publicKey"]!["hint"] = KeySigner.SigningKey(withChain: false).Public.Hint)),
        ["bundle: two signatures"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, after: b => ((JArray)b["dsseEnvelope"]!["signatures"]!).Add(b["dsseEnvelope"]!["signatures"]![0]!.DeepClone()))),
        ["bundle: no signature"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, after: b => ((JArray)b["dsseEnvelope"]!["signatures"]!).Clear())),
        ["bundle: a message's signature"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, after: b => b["messageSignature"] = new JObject())),
        ["bundle: another version"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, after: b => b["mediaType"] = "application/vnd.dev.sigstore.bundle+json;version=0.1")),
        ["bundle: without a key"] = (SignatureStatus.UnsupportedFormat, room => ForgedSignatures.Bundle(room, Stranger, after: b => b["verificationMaterial"] = TestAuthority.KeylessMaterial())),
        ["bundle: a certificate that is none"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, Stranger, after: b => b["verificationMaterial"] = new JObject { ["certificate"] = new JObject { ["rawBytes"] = "AAAA" } })),
        ["bundle: key and certificate"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, after: b => b["verificationMaterial"]!["certificate"] = new JObject())),
        ["bundle: another type of payload"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, payloadType: "application/json")),
        ["bundle: two subjects"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, s => ((JArray)s["subject"]!).Add(s["subject"]![0]!.DeepClone()))),
        ["bundle: no digest of SHA-256"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, s => s["subject"]![0]!["digest"] = new JObject { ["sha1"] = "00" })),
        ["bundle: another statement"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, s => s["_type"] = "https://in-toto.io/Statement/v0.1")),
        ["bundle: an attestation is no signature"] = (SignatureStatus.NotSigned, room => ForgedSignatures.Bundle(room, KeySigner, s => s["predicateType"] = "https://slsa.dev/provenance/v1")),
        ["bundle: a key twice"] = (SignatureStatus.Malformed, room => ForgedSignatures.Bundle(room, KeySigner, text: t => t.Replace("{\"dsseEnvelope\":", "{\"dsseEnvelope\":{},\"dsseEnvelope\":", StringComparison.Ordinal))),

        ["revocation: revoked"] = (SignatureStatus.Revoked, room => Revoke(room, Middle, Signer)),
        ["revocation: authority revoked"] = (SignatureStatus.Revoked, room => Revoke(room, Root, Middle)),
        ["revocation: revoked by a list of long ago"] = (SignatureStatus.Revoked, room => Revoke(room, Middle, Signer, days: -100)),
        ["revocation: list no longer in force"] = (SignatureStatus.RevocationUnknown, room => Revoke(room, Middle, null, days: -100)),
        ["revocation: can be revoked and no list"] = (SignatureStatus.RevocationUnknown, room => ForgedSignatures.Notation(room, Root.Leaf(change: c => c.More.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://crl.example/1"]))))),
        ["revocation: list by another key"] = (SignatureStatus.RevocationUnknown, room => { room.Trust = room.Trust with { RevocationListPaths = [room.Write("other.crl", List(TestAuthority.Root(), null, 0))] }; return ForgedSignatures.Notation(room, Root.Leaf(change: c => c.More.Add(CertificateRevocationListBuilder.BuildCrlDistributionPointExtension(["http://crl.example/1"])))); }),
    };

    private readonly SignatureRoom _room = new();

    public static TheoryData<string> Names => [.. Cases.Keys];

    public void Dispose() => _room.Dispose();

    [Theory]
    [MemberData(nameof(Names))]
    public async Task It_is_refused_with_the_status_that_says_why(string name)
    {
        (SignatureStatus status, Func<SignatureRoom, Task> arrange) = Cases[name];
        _room.TrustRoots(roots: Root);
        if (name.StartsWith("cosign", StringComparison.Ordinal) || name.StartsWith("bundle", StringComparison.Ordinal))
        {
            _room.Trust = new BaseImage.Ports.TrustRequest { PublicKeyPaths = [_room.PublicKey(KeySigner)] };
        }

        await arrange(_room);
        SignatureResult result = await _room.TestAsync();
        Assert.True(status == result.Status, $"{name}: {result.Status}, {result.Message}");
        Assert.False(result.IsTrusted || result.IsAllowed);
        Assert.True(result.Message.Length > 20, result.Message);
    }

    [Fact]
    public async Task What_they_are_made_of_is_trusted_when_nothing_is_wrong()
    {
        _room.TrustRoots(roots: Root);
        Assert.True(Cases.Count >= 60, $"{Cases.Count} cases");
        await ForgedSignatures.Notation(_room, Signer);
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        _room.Store = new MemoryArtifactStore();
        await ForgedSignatures.Notation(_room, RsaSigner, Expires);
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        _room.Store = new MemoryArtifactStore();
        await ForgedSignatures.Cms(_room, CmsOf(ForgedSignatures.CmsPayload(_room)));
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        _room.Trust = _room.Trust with { RevocationListPaths = [_room.Write("a.crl", List(Middle, null, 0)), _room.Write("b.crl", List(Root, Stranger, 0))] };
        Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        foreach (Func<SignatureRoom, Task> arrange in new Func<SignatureRoom, Task>[] { room => ForgedSignatures.Cosign(room, KeySigner), room => ForgedSignatures.Bundle(room, KeySigner) })
        {
            _room.Store = new MemoryArtifactStore();
            _room.Trust = new BaseImage.Ports.TrustRequest { PublicKeyPaths = [_room.PublicKey(KeySigner)] };
            await arrange(_room);
            Assert.Equal(SignatureStatus.Trusted, (await _room.TestAsync()).Status);
        }
    }

    private static (SignatureStatus Status, Func<SignatureRoom, Task> Arrange) Unfit(TestAuthority signer) => (SignatureStatus.CertificateUnfit, room => ForgedSignatures.Notation(room, signer));

    private static void Expires(JObject header)
    {
        header[NotationNames.Expiry] = "2027-06-01T12:00:00Z";
        header["crit"] = new JArray(NotationNames.Scheme, NotationNames.Expiry);
    }

    private static void AsAuthority(JObject header)
    {
        header.Remove(NotationNames.SigningTime);
        header[NotationNames.Scheme] = NotationNames.SigningAuthority;
        header[NotationNames.AuthenticSigningTime] = "2026-06-01T12:00:00Z";
        header["crit"] = new JArray(NotationNames.Scheme, NotationNames.AuthenticSigningTime);
    }

    private static string Reheader(JObject envelope, Action<JObject> change)
    {
        Assert.True(StrictBase64.TryDecodeUrl((string)envelope["protected"]!, out byte[] bytes));
        using Newtonsoft.Json.JsonTextReader reader = new(new StringReader(System.Text.Encoding.UTF8.GetString(bytes))) { DateParseHandling = Newtonsoft.Json.DateParseHandling.None };
        JObject header = JObject.Load(reader);
        change(header);
        return StrictBase64.EncodeUrl(System.Text.Encoding.UTF8.GetBytes(header.ToString(Newtonsoft.Json.Formatting.None)));
    }

    private static byte[] CmsOf(byte[] payload, bool isDetached = true, int signers = 1, bool hasAttributes = true, bool hasCertificates = true, TestAuthority? by = null, string hash = "2.16.840.1.101.3.4.2.1", X509Certificate2? more = null)
    {
        SignedCms cms = new(new ContentInfo(payload), isDetached);
        for (int i = 0; i < signers; i++)
        {
            TestAuthority own = by ?? (i == 0 ? Signer : RsaSigner);
            CmsSigner signer = new(SubjectIdentifierType.IssuerAndSerialNumber, own.WithKey()) { IncludeOption = X509IncludeOption.None, DigestAlgorithm = new Oid(hash) };
            if (hasAttributes)
            {
                signer.SignedAttributes.Add(new Pkcs9SigningTime(TestAuthority.Now.UtcDateTime));
            }

            if (hasCertificates)
            {
                signer.Certificates.AddRange(own.Chain.ToArray());
            }

            if (more is not null)
            {
                signer.Certificates.Add(more);
            }

            cms.ComputeSignature(signer);
        }

        return cms.Encode();
    }

    private static Task Revoke(SignatureRoom room, TestAuthority issuer, TestAuthority? revoked, int days = 0)
    {
        room.Trust = room.Trust with { RevocationListPaths = [room.Write("list.crl", List(issuer, revoked, days))] };
        return ForgedSignatures.Notation(room, Signer);
    }

    internal static byte[] List(TestAuthority issuer, TestAuthority? revoked, int days)
    {
        CertificateRevocationListBuilder builder = new();
        DateTimeOffset from = TestAuthority.Now.AddDays(days);
        if (revoked is not null)
        {
            builder.AddEntry(revoked.Certificate, from.AddDays(-1), X509RevocationReason.KeyCompromise);
        }

        X509SignatureGenerator generator = X509SignatureGenerator.CreateForECDsa((ECDsa)issuer.Key);
        return builder.Build(issuer.Certificate.SubjectName, generator, 1, from.AddDays(7), HashAlgorithmName.SHA256, X509AuthorityKeyIdentifierExtension.CreateFromIssuerNameAndSerialNumber(issuer.Certificate.IssuerName, issuer.Certificate.SerialNumberBytes.Span), from);
    }
}
