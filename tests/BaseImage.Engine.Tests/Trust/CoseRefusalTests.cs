using System.Security.Cryptography;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Notation;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>COSE envelopes that must not be trusted, and the status that says why; <see cref="RefusalTests"/> has the other forms.</summary>
public sealed class CoseRefusalTests : IDisposable
{
    private const string Scheme = NotationNames.Scheme;
    private const string Time = NotationNames.SigningTime;
    private const string AuthenticTime = NotationNames.AuthenticSigningTime;
    private const string Expiry = NotationNames.Expiry;

    private static readonly TestAuthority Root = TestAuthority.Root();
    private static readonly TestAuthority Middle = Root.Intermediate();
    private static readonly TestAuthority Signer = Middle.Leaf();
    private static readonly TestAuthority RsaSigner = Root.Leaf(key: "RSA-2048");
    private static readonly TestAuthority Stranger = TestAuthority.Root("CN=Stranger").Leaf();

    private static readonly SortedDictionary<string, (SignatureStatus Status, Func<SignatureRoom, Task> Arrange)> Cases = new(StringComparer.Ordinal)
    {
        ["payload: digest of another image"] = Before(SignatureStatus.SubjectMismatch, c => c.Target(t => t["digest"] = "sha256:" + new string('0', 64))),
        ["payload: another size"] = Before(SignatureStatus.SubjectMismatch, c => c.Target(t => t["size"] = 12)),
        ["payload: another media type"] = Before(SignatureStatus.SubjectMismatch, c => c.Target(t => t["mediaType"] = MediaTypes.OciIndex)),
        ["payload: not JSON"] = Before(SignatureStatus.Malformed, c => c.Payload = [1, 2, 3]),
        ["payload: empty"] = Before(SignatureStatus.Malformed, c => c.Payload = []),
        ["payload: changed"] = After(SignatureStatus.SignatureInvalid, c => c.Target(t => t["annotations"] = new Newtonsoft.Json.Linq.JObject { ["a"] = "b" })),
        ["payload: kept elsewhere"] = Raw(SignatureStatus.Malformed, e => Parts(e, payload: [0xF6])),
        ["payload: in pieces"] = Raw(SignatureStatus.Malformed, e => Parts(e, payload: [0x5F, .. Part(e, 2), 0xFF])),

        ["header: changed time"] = After(SignatureStatus.SignatureInvalid, c => c.Rewrite(Time, ForgedCose.Time(ForgedCose.Noon + 1))),
        ["header: expiry taken away"] = (SignatureStatus.SignatureInvalid, room => ForgedCose.Put(room, Signer, Expires(ForgedCose.Noon + 9), after: c => c.Set(2, ForgedCose.Labels(Scheme)).Rewrite(Expiry, null))),
        ["header: other scheme"] = After(SignatureStatus.SignatureInvalid, c => { AsAuthority(c); c.Rewrite(4, ForgedCose.Int(1)); }),
        ["header: other algorithm"] = After(SignatureStatus.AlgorithmMismatch, c => c.Rewrite(1, ForgedCose.Int(-37))),
        ["header: empty"] = Header(SignatureStatus.Malformed, _ => []),
        ["header: an empty map"] = Header(SignatureStatus.Malformed, _ => [0xA0]),
        ["header: a list"] = Header(SignatureStatus.Malformed, _ => [0x80]),
        ["header: not CBOR"] = Header(SignatureStatus.Malformed, _ => [0xFF, 0xFF]),
        ["header: cut off"] = Header(SignatureStatus.Malformed, h => h[..^3]),
        ["header: bytes after it"] = Header(SignatureStatus.Malformed, h => [.. h, 0]),
        ["header: its length not said"] = Header(SignatureStatus.Malformed, h => [0xBF, .. h[1..], 0xFF]),
        ["header: a length that is a lie"] = Header(SignatureStatus.Malformed, h => [0xBB, 0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, .. h[1..]]),
        ["header: a number twice"] = Before(SignatureStatus.Malformed, c => c.Signed.Add((1, ForgedCose.Int(-7)))),
        ["header: a name twice"] = Before(SignatureStatus.Malformed, c => c.Signed.Add((Scheme, ForgedCose.Text(NotationNames.X509)))),
        ["header: a number twice, once longer than it needs"] = Before(SignatureStatus.Malformed, c => c.Signed.Add((new byte[] { 0x18, 0x01 }, ForgedCose.Int(-7)))),
        ["header: a label of bytes"] = Before(SignatureStatus.Malformed, c => c.Signed.Add((new byte[] { 0x41, 0x01 }, ForgedCose.Int(1)))),
        ["header: a label past 64 bits"] = Before(SignatureStatus.Malformed, c => c.Signed.Add((new byte[] { 0x1B, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF }, ForgedCose.Int(1)))),
        ["header: a name that is no UTF-8"] = Before(SignatureStatus.Malformed, c => c.Signed.Add((new byte[] { 0x61, 0xFF }, ForgedCose.Int(1)))),

        ["signature: changed"] = After(SignatureStatus.SignatureInvalid, c => c.Signature[3] ^= 1),
        ["signature: by another key"] = (SignatureStatus.SignatureInvalid, room => ForgedCose.Put(room, Signer, sign: input => ForgedSignatures.Sign(Stranger, input))),
        ["signature: of the payload alone"] = (SignatureStatus.SignatureInvalid, room => ForgedCose.Put(room, Signer, sign: _ => ForgedSignatures.Sign(Signer, BaseImage.Engine.Trust.SignedPayload.Of(room.Store.Subject, new Dictionary<string, string>())))),
        ["signature: of a COSE_Sign context"] = (SignatureStatus.SignatureInvalid, room => ForgedCose.Put(room, Signer, sign: input => ForgedSignatures.Sign(Signer, [input[0], 0x69, .. "Signature"u8, .. input[12..]]))),
        ["signature: cut off"] = After(SignatureStatus.SignatureInvalid, c => c.Signature = c.Signature[..^4]),
        ["signature: zeros"] = After(SignatureStatus.SignatureInvalid, c => c.Signature = new byte[64]),
        ["signature: DER in place of r and s"] = (SignatureStatus.SignatureInvalid, room => ForgedCose.Put(room, Signer, sign: input => ((ECDsa)Signer.Key).SignData(input, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence))),
        ["signature: empty"] = After(SignatureStatus.Malformed, c => c.Signature = []),
        ["signature: text"] = Raw(SignatureStatus.Malformed, e => Parts(e, signature: ForgedCose.Text("signature"))),

        ["alg: none there"] = Before(SignatureStatus.Malformed, c => c.Set(1, null)),
        ["alg: zero"] = Before(SignatureStatus.AlgorithmMismatch, c => c.Set(1, ForgedCose.Int(0))),
        ["alg: a name"] = Before(SignatureStatus.Malformed, c => c.Set(1, ForgedCose.Text("ES256"))),
        ["alg: HMAC with the public key"] = (SignatureStatus.AlgorithmMismatch, room => ForgedCose.Put(room, Signer, c => c.Set(1, ForgedCose.Int(5)), sign: input => HMACSHA256.HashData(Signer.Key.ExportSubjectPublicKeyInfo(), input))),
        ["alg: ES384 with P-256"] = Before(SignatureStatus.AlgorithmMismatch, c => c.Set(1, ForgedCose.Int(-35))),
        ["alg: EdDSA"] = Before(SignatureStatus.AlgorithmMismatch, c => c.Set(1, ForgedCose.Int(-8))),
        ["alg: RS256"] = (SignatureStatus.AlgorithmMismatch, room => ForgedCose.Put(room, RsaSigner, c => c.Set(1, ForgedCose.Int(-257)), sign: input => ((RSA)RsaSigner.Key).SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["alg: PS512 with RSA 2048"] = (SignatureStatus.AlgorithmMismatch, room => ForgedCose.Put(room, RsaSigner, c => c.Set(1, ForgedCose.Int(-39)), sign: input => ((RSA)RsaSigner.Key).SignData(input, HashAlgorithmName.SHA512, RSASignaturePadding.Pss))),
        ["alg: PKCS #1 v1.5 under the number of PS256"] = (SignatureStatus.SignatureInvalid, room => ForgedCose.Put(room, RsaSigner, sign: input => ((RSA)RsaSigner.Key).SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1))),
        ["alg: in the open header"] = After(SignatureStatus.Malformed, c => c.Open.Add((1, ForgedCose.Int(-7)))),
        ["alg: in the open header alone"] = Before(SignatureStatus.Malformed, c => { c.Set(1, null); c.Open.Add((1, ForgedCose.Int(-7))); }),

        ["type: another"] = Before(SignatureStatus.UnsupportedAttribute, c => c.Set(3, ForgedCose.Text("application/json"))),
        ["type: a number"] = Before(SignatureStatus.Malformed, c => c.Set(3, ForgedCose.Int(50))),
        ["type: missing, as in a hash envelope"] = Before(SignatureStatus.Malformed, c => c.Set(3, null).Set(258, ForgedCose.Int(-16))),

        ["crit: missing"] = Before(SignatureStatus.Malformed, c => c.Set(2, null)),
        ["crit: empty"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Labels())),
        ["crit: no list"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Text(Scheme))),
        ["crit: its length not said"] = Before(SignatureStatus.Malformed, c => c.Set(2, [0x9F, .. ForgedCose.Text(Scheme), 0xFF])),
        ["crit: a label twice"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Labels(Scheme, Scheme))),
        ["crit: without the scheme"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Labels("x")).Set("x", ForgedCose.Int(1))),
        ["crit: the algorithm"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Labels(Scheme, 1))),
        ["crit: the untrusted time"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Labels(Scheme, Time))),
        ["crit: a name that is not there"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Labels(Scheme, "x"))),
        ["crit: a number that is not there"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Labels(Scheme, 99))),
        ["crit: an unknown name"] = Before(SignatureStatus.UnsupportedAttribute, c => c.Set(2, ForgedCose.Labels(Scheme, "x")).Set("x", ForgedCose.Int(1))),
        ["crit: an unknown number"] = Before(SignatureStatus.UnsupportedAttribute, c => c.Set(2, ForgedCose.Labels(Scheme, 99)).Set(99, ForgedCose.Int(1))),
        ["crit: a number as text"] = Before(SignatureStatus.Malformed, c => c.Set(2, ForgedCose.Labels(Scheme, "#1"))),
        ["crit: in the open header"] = After(SignatureStatus.Malformed, c => c.Open.Add((2, ForgedCose.Labels(Scheme)))),
        ["crit: without the expiry"] = (SignatureStatus.Malformed, room => ForgedCose.Put(room, Signer, c => { Expires(ForgedCose.Noon + 99)(c); c.Set(2, ForgedCose.Labels(Scheme)); })),
        ["plugin: needed"] = Before(SignatureStatus.UnsupportedAttribute, c => c.Set(NotationNames.Plugin, ForgedCose.Text("com.example.plugin")).Set(2, ForgedCose.Labels(Scheme, NotationNames.Plugin))),
        ["plugin: not critical"] = Before(SignatureStatus.Malformed, c => c.Set(NotationNames.Plugin, ForgedCose.Text("com.example.plugin"))),

        ["scheme: unknown"] = Before(SignatureStatus.UnsupportedAttribute, c => c.Set(Scheme, ForgedCose.Text("notary.x509.other"))),
        ["scheme: missing"] = Before(SignatureStatus.Malformed, c => c.Set(Scheme, null)),
        ["scheme: bytes"] = Before(SignatureStatus.Malformed, c => c.Set(Scheme, ForgedCose.Bytes("notary.x509"u8.ToArray()))),
        ["time: missing"] = Before(SignatureStatus.Malformed, c => c.Set(Time, null)),
        ["time: without its tag"] = Before(SignatureStatus.Malformed, c => c.Set(Time, ForgedCose.Int(ForgedCose.Noon))),
        ["time: as text (tag 0)"] = Before(SignatureStatus.Malformed, c => c.Set(Time, [0xC0, .. ForgedCose.Text("2026-06-01T12:00:00Z")])),
        ["time: not a number"] = Before(SignatureStatus.Malformed, c => c.Set(Time, [0xC1, 0xF9, 0x7E, 0x00])),
        ["time: past all calendars"] = Before(SignatureStatus.Malformed, c => c.Set(Time, ForgedCose.Time(long.MaxValue))),
        ["time: an authority's in the other scheme"] = Before(SignatureStatus.Malformed, c => c.Set(AuthenticTime, ForgedCose.Time(ForgedCose.Noon))),
        ["time: both in an authority's scheme"] = Before(SignatureStatus.Malformed, c => { AsAuthority(c); c.Set(Time, ForgedCose.Time(ForgedCose.Noon)); }),
        ["time: an authority's not critical"] = Before(SignatureStatus.Malformed, c => { AsAuthority(c); c.Set(2, ForgedCose.Labels(Scheme)); }),
        ["authority: only trusted for signing"] = Before(SignatureStatus.UntrustedRoot, AsAuthority),
        ["expiry: before the signing"] = Before(SignatureStatus.Malformed, Expires(ForgedCose.Noon - 1)),
        ["expiry: null"] = Before(SignatureStatus.Malformed, c => { Expires(0)(c); c.Set(Expiry, [0xF6]); }),
        ["expiry: passed"] = Before(SignatureStatus.SignatureExpired, Expires(ForgedCose.Noon + 3600)),
        ["expiry: this very moment"] = Before(SignatureStatus.SignatureExpired, Expires(ForgedCose.Noon + 86_400)),

        ["open header: a signed name"] = After(SignatureStatus.Malformed, c => c.Open.Add((Time, ForgedCose.Time(ForgedCose.Noon)))),
        ["open header: the type"] = After(SignatureStatus.Malformed, c => c.Open.Add((3, ForgedCose.Text("application/json")))),
        ["open header: a label twice"] = After(SignatureStatus.Malformed, c => c.Open.Add((33, ForgedCose.Chain(Stranger.Chain)))),
        ["open header: an agent that is no text"] = After(SignatureStatus.Malformed, c => c.Open.Add((NotationNames.Agent, ForgedCose.Int(1)))),
        ["open header: a timestamp that is text"] = After(SignatureStatus.Malformed, c => c.Open.Add((NotationNames.Timestamp, ForgedCose.Text("token")))),
        ["open header: none"] = Raw(SignatureStatus.Malformed, e => Parts(e, open: [0xF6])),

        ["chain: missing"] = After(SignatureStatus.ChainBroken, c => c.Open.Clear()),
        ["chain: empty"] = After(SignatureStatus.ChainBroken, c => c.Open[0] = (33, ForgedCose.Chain([]))),
        ["chain: not in a list"] = After(SignatureStatus.Malformed, c => c.Open[0] = (33, ForgedCose.Bytes(Signer.Certificate.RawData))),
        ["chain: no certificate in it"] = After(SignatureStatus.Malformed, c => c.Open[0] = (33, [0x81, 0x41, 0x00])),
        ["chain: text in it"] = After(SignatureStatus.Malformed, c => c.Open[0] = (33, ForgedCose.Labels("certificate"))),
        ["chain: without its root"] = After(SignatureStatus.ChainBroken, c => c.Open[0] = (33, ForgedCose.Chain([Signer.Certificate, Middle.Certificate]))),
        ["chain: out of order"] = After(SignatureStatus.ChainBroken, c => c.Open[0] = (33, ForgedCose.Chain([Signer.Certificate, Root.Certificate, Middle.Certificate]))),
        ["chain: too long"] = After(SignatureStatus.ChainBroken, c => c.Open[0] = (33, ForgedCose.Chain(Enumerable.Repeat(Signer.Certificate, 11)))),
        ["chain: a stranger's"] = After(SignatureStatus.SignatureInvalid, c => c.Open[0] = (33, ForgedCose.Chain(Stranger.Chain))),
        ["chain: to no root that is trusted"] = (SignatureStatus.UntrustedRoot, room => ForgedCose.Put(room, Stranger)),
        ["certificate: for servers"] = (SignatureStatus.CertificateUnfit, room => ForgedCose.Put(room, Root.Leaf(change: c => c.Purposes = ["1.3.6.1.5.5.7.3.1"]))),
        ["certificate: expired"] = (SignatureStatus.CertificateExpired, room => ForgedCose.Put(room, Root.Leaf(change: c => c.NotAfter = TestAuthority.Now.AddHours(1)))),

        ["envelope: without a tag"] = Raw(SignatureStatus.Malformed, e => e[1..]),
        ["envelope: COSE_Sign's tag"] = Raw(SignatureStatus.Malformed, e => [0xD8, 0x62, .. e[1..]]),
        ["envelope: COSE_Mac0's tag"] = Raw(SignatureStatus.Malformed, e => [0xD1, .. e[1..]]),
        ["envelope: the tag twice"] = Raw(SignatureStatus.Malformed, e => [0xD2, .. e]),
        ["envelope: three parts"] = Raw(SignatureStatus.Malformed, e => [0xD2, 0x83, .. Part(e, 0), .. Part(e, 1), .. Part(e, 2)]),
        ["envelope: five parts"] = Raw(SignatureStatus.Malformed, e => [0xD2, 0x85, .. e[2..], 0xF6]),
        ["envelope: parts without their number"] = Raw(SignatureStatus.Malformed, e => [0xD2, 0x9F, .. e[2..], 0xFF]),
        ["envelope: bytes after it"] = Raw(SignatureStatus.Malformed, e => [.. e, 0xF6]),
        ["envelope: cut off"] = Raw(SignatureStatus.Malformed, e => e[..^1]),
        ["envelope: nothing"] = Raw(SignatureStatus.Malformed, _ => []),
        ["envelope: JSON"] = Raw(SignatureStatus.Malformed, _ => "{\"payload\":\"\"}"u8.ToArray()),
        ["envelope: lists in lists"] = Raw(SignatureStatus.Malformed, _ => [0xD2, 0x84, 0x40, 0xA1, 0x01, .. Enumerable.Repeat((byte)0x81, 1 << 20)]),
        ["envelope: oversized"] = Raw(SignatureStatus.TooLarge, e => [.. e, .. new byte[NotationEnvelope.MaxBytes]]),
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
        await arrange(_room);
        SignatureResult result = await _room.TestAsync();
        Assert.True(status == result.Status, $"{name}: {result.Status}, {result.Message}");
        Assert.False(result.IsTrusted || result.IsAllowed);
        Assert.True(result.Message.Length > 20, result.Message);
    }

    [Fact]
    public async Task What_they_are_made_of_is_trusted_when_nothing_is_wrong()
    {
        Assert.True(Cases.Count >= 100, $"{Cases.Count} cases");
        _room.TrustRoots(roots: Root);
        foreach (Func<Task> arrange in new Func<Task>[]
        {
            () => ForgedCose.Put(_room, Signer),
            () => ForgedCose.Put(_room, RsaSigner, Expires(ForgedCose.Noon + 999_999)),

            // What is signed and not critical, labels in another order and numbers nobody knows are no reason to refuse.
            () => ForgedCose.Put(_room, Signer, c => { c.Set("x", ForgedCose.Int(1)).Set(-70_001, ForgedCose.Text("y")); c.Signed.Reverse(); }, c => c.Open.Insert(0, ("z", ForgedCose.Int(1)))),
            () => ForgedCose.Put(_room, Signer, c => c.Set(Time, [0xC1, 0xFB, .. BitConverter.GetBytes((double)ForgedCose.Noon).Reverse()])),
        })
        {
            _room.Store = new MemoryArtifactStore();
            await arrange();
            SignatureResult result = await _room.TestAsync();
            Assert.True(result.Status == SignatureStatus.Trusted, result.Message);
            Assert.Equal(SignatureFormat.NotationCose, result.Format);
        }
    }

    private static (SignatureStatus Status, Func<SignatureRoom, Task> Arrange) Before(SignatureStatus status, Action<ForgedCose> change) => (status, room => ForgedCose.Put(room, Signer, change));

    private static (SignatureStatus Status, Func<SignatureRoom, Task> Arrange) After(SignatureStatus status, Action<ForgedCose> change) => (status, room => ForgedCose.Put(room, Signer, after: change));

    private static (SignatureStatus Status, Func<SignatureRoom, Task> Arrange) Header(SignatureStatus status, Func<byte[], byte[]> change) => (status, room => ForgedCose.Put(room, Signer, header: change));

    private static (SignatureStatus Status, Func<SignatureRoom, Task> Arrange) Raw(SignatureStatus status, Func<byte[], byte[]> change) => (status, room => ForgedCose.Put(room, Signer, whole: change));

    private static Action<ForgedCose> Expires(long seconds) => forged => forged.Set(2, ForgedCose.Labels(Scheme, Expiry)).Set(Expiry, ForgedCose.Time(seconds));

    private static void AsAuthority(ForgedCose forged) => forged.Set(Time, null).Set(AuthenticTime, ForgedCose.Time(ForgedCose.Noon))
        .Set(Scheme, ForgedCose.Text(NotationNames.SigningAuthority)).Set(2, ForgedCose.Labels(Scheme, AuthenticTime));

    // One of an envelope's four parts, encoded.
    private static byte[] Part(byte[] envelope, int index)
    {
        System.Formats.Cbor.CborReader reader = new(envelope.AsMemory(1));
        reader.ReadStartArray();
        for (int i = 0; i < index; i++)
        {
            reader.SkipValue();
        }

        return reader.ReadEncodedValue().ToArray();
    }

    private static byte[] Parts(byte[] envelope, byte[]? open = null, byte[]? payload = null, byte[]? signature = null)
        => [0xD2, 0x84, .. Part(envelope, 0), .. open ?? Part(envelope, 1), .. payload ?? Part(envelope, 2), .. signature ?? Part(envelope, 3)];
}
