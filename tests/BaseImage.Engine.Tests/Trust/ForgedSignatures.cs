using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using BaseImage.Engine.Images;
using BaseImage.Engine.Trust;
using BaseImage.Engine.Trust.Cms;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Dsse;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Notation;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>Makes signatures that our own signer would not: each part as a test wants it, signed or changed after signing.</summary>
internal static class ForgedSignatures
{
    private static readonly SortedDictionary<string, string> None = new(StringComparer.Ordinal);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>A Notation envelope with changes to what is signed and to what is not.</summary>
    public static async Task Notation(SignatureRoom room, TestAuthority signer, Action<JObject>? header = null, Action<JObject>? payload = null, Action<JObject>? after = null,
        Func<string, string>? headerText = null, Func<string, string>? text = null, IReadOnlyList<X509Certificate2>? chain = null, Func<byte[], byte[]>? sign = null)
    {
        JObject target = new() { ["mediaType"] = room.Store.Subject.MediaType, ["digest"] = room.Store.Subject.Digest.ToString(), ["size"] = room.Store.Subject.Size };
        payload?.Invoke(target);
        using VerificationKey key = Public(signer);
        JObject signed = new()
        {
            ["alg"] = key.Algorithm.Jose,
            ["cty"] = SignedPayload.MediaType,
            ["crit"] = new JArray(NotationNames.Scheme),
            [NotationNames.Scheme] = NotationNames.X509,
            [NotationNames.SigningTime] = "2026-06-01T12:00:00Z",
        };
        header?.Invoke(signed);
        string protectedText = signed.ToString(Newtonsoft.Json.Formatting.None);
        string first = StrictBase64.EncodeUrl(Encoding.UTF8.GetBytes(headerText?.Invoke(protectedText) ?? protectedText));
        string second = StrictBase64.EncodeUrl(Encoding.UTF8.GetBytes(new JObject { ["targetArtifact"] = target }.ToString(Newtonsoft.Json.Formatting.None)));
        byte[] input = Encoding.ASCII.GetBytes($"{first}.{second}");
        JObject envelope = new()
        {
            ["payload"] = second,
            ["protected"] = first,
            ["header"] = new JObject { ["x5c"] = new JArray((chain ?? signer.Chain).Select(one => Convert.ToBase64String(one.RawData))) },
            ["signature"] = StrictBase64.EncodeUrl(sign?.Invoke(input) ?? Sign(signer, input)),
        };
        after?.Invoke(envelope);
        string whole = envelope.ToString(Newtonsoft.Json.Formatting.None);
        await Put(room, NotationNames.ArtifactType, (NotationNames.Jws, Encoding.UTF8.GetBytes(text?.Invoke(whole) ?? whole)));
    }

    /// <summary>Signs as JWS does, whatever the key.</summary>
    public static byte[] Sign(TestAuthority signer, byte[] input) => signer.Key switch
    {
        ECDsa { KeySize: 256 } ec => ec.SignData(input, HashAlgorithmName.SHA256),
        ECDsa { KeySize: 384 } ec => ec.SignData(input, HashAlgorithmName.SHA384),
        ECDsa ec => ec.SignData(input, HashAlgorithmName.SHA512),
        RSA rsa => rsa.SignData(input, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
        _ => throw new NotSupportedException(),
    };

    /// <summary>A CMS message and its payload.</summary>
    public static Task Cms(SignatureRoom room, byte[] message, byte[]? payload = null)
        => Put(room, CmsSignature.ArtifactType, (CmsSignature.MediaType, message), (SignedPayload.MediaType, payload ?? CmsPayload(room)));

    /// <summary>The payload that a CMS message of the image is of.</summary>
    public static byte[] CmsPayload(SignatureRoom room) => SignedPayload.Of(room.Store.Subject, None);

    /// <summary>A CMS message of ours, changed.</summary>
    public static byte[] CmsMessage(SignatureRoom room, TestAuthority signer)
    {
        using SigningKey key = signer.SigningKey();
        return CmsSignature.Sign(CmsPayload(room), key, TestAuthority.Now);
    }

    /// <summary>A cosign signature under the tag.</summary>
    public static async Task Cosign(SignatureRoom room, TestAuthority signer, Func<string, string>? signed = null, Func<string, string>? after = null, Action<SortedDictionary<string, string>>? annotations = null, string mediaType = CosignNames.SimpleSigning)
    {
        string text = Encoding.UTF8.GetString(SimpleSigning.Payload(room.Store.Subject.Digest, "registry.example/team/web", None));
        text = signed?.Invoke(text) ?? text;
        using SigningKey key = signer.SigningKey(withChain: false);
        SortedDictionary<string, string> beside = new(StringComparer.Ordinal) { [CosignNames.Signature] = Convert.ToBase64String(key.Sign(Encoding.UTF8.GetBytes(text), SignatureForm.Sigstore)) };
        annotations?.Invoke(beside);
        BuiltArtifact artifact = OciDocuments.Artifact("", null, [(new BuiltDocument(mediaType, Encoding.UTF8.GetBytes(after?.Invoke(text) ?? text)), beside)], None);
        await room.Store.WriteAsync(artifact with { Tag = CosignNames.Tag(room.Store.Subject.Digest) }, Token);
    }

    /// <summary>A sigstore bundle.</summary>
    public static async Task Bundle(SignatureRoom room, TestAuthority signer, Action<JObject>? statement = null, Action<JObject>? after = null, string payloadType = CosignNames.InToto, Func<string, string>? text = null)
    {
        JObject said = new()
        {
            ["_type"] = CosignNames.Statement,
            ["subject"] = new JArray(new JObject { ["digest"] = new JObject { ["sha256"] = room.Store.Subject.Digest.Hex } }),
            ["predicateType"] = CosignNames.SignPredicate,
            ["predicate"] = new JObject(),
        };
        statement?.Invoke(said);
        using SigningKey key = signer.SigningKey(withChain: false);
        DsseEnvelope envelope = DsseEnvelope.Sign(payloadType, Encoding.UTF8.GetBytes(said.ToString(Newtonsoft.Json.Formatting.None)), key);
        JObject bundle = JObject.Parse(Encoding.UTF8.GetString(SigstoreBundle.Write(envelope, key.Public)));
        after?.Invoke(bundle);
        string whole = bundle.ToString(Newtonsoft.Json.Formatting.None);
        await Put(room, CosignNames.Bundle, (CosignNames.Bundle, Encoding.UTF8.GetBytes(text?.Invoke(whole) ?? whole)));
    }

    /// <summary>An artifact of the image, of any kind.</summary>
    public static async Task Put(SignatureRoom room, string artifactType, params (string MediaType, byte[] Bytes)[] layers)
        => await room.Store.WriteAsync(OciDocuments.Artifact(artifactType, room.Store.Subject, [.. layers.Select(layer => (new BuiltDocument(layer.MediaType, layer.Bytes), (IReadOnlyDictionary<string, string>)None))], None), Token);

    /// <summary>Text with one character replaced by another of the same alphabet.</summary>
    public static string Flip(string text, int at) => text[..at] + (text[at] == 'A' ? 'B' : 'A') + text[(at + 1)..];

    private static VerificationKey Public(TestAuthority signer)
    {
        try
        {
            return VerificationKey.Of(signer.Certificate);
        }
        catch (BaseImage.Errors.KeyNotSupportedException)
        {
            // A key that no format has is signed for all the same, under a name that fits another.
            return VerificationKey.Of(ECDsa.Create(ECCurve.NamedCurves.nistP256), "other");
        }
    }
}
