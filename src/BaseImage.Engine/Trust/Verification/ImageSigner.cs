using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using BaseImage.Engine.Images;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Certificates;
using BaseImage.Engine.Trust.Cms;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Engine.Trust.Notation;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Verification;

/// <summary>Signs images, and keeps the signatures beside them.</summary>
/// <param name="open">Opens the place of an image.</param>
/// <param name="time">The clock.</param>
internal sealed class ImageSigner(Func<ImageReference, CancellationToken, Task<IArtifactStore>> open, TimeProvider time) : ISignImage
{
    private static readonly string Agent = $"BaseImage/{typeof(ImageSigner).Assembly.GetName().Version?.ToString(3)}";
    private static readonly SortedDictionary<string, string> Nothing = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<ImageSignature> SignAsync(SigningRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        using SigningKey key = await SigningKey.OpenAsync(request.Key, cancellationToken).ConfigureAwait(false);
        IArtifactStore store = await open(ImageReference.Parse(request.Image), cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            return await SignAsync(store, key, request, reporter, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Signs what a store's reference leads to.</summary>
    internal async Task<ImageSignature> SignAsync(IArtifactStore store, SigningKey key, SigningRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        OciDescriptor subject = await store.FindSubjectAsync(cancellationToken).ConfigureAwait(false);
        DateTimeOffset now = Seconds(time.GetUtcNow());
        CheckFits(request, key, now);
        reporter.Verbose($"Signing {subject.Digest} with {key.Public.Algorithm.Words} as {request.Format}.");
        (BuiltArtifact artifact, StoredSignature stored) = request.Format switch
        {
            SignatureFormat.Notation or SignatureFormat.NotationCose => await NotationAsync(subject, key, request, now, cancellationToken).ConfigureAwait(false),
            SignatureFormat.Cms => await CmsAsync(subject, key, request, now, cancellationToken).ConfigureAwait(false),
            SignatureFormat.CosignBundle => Bundle(subject, key, request),
            _ => await CosignAsync(store, subject, key, request, cancellationToken).ConfigureAwait(false),
        };

        // What was made is read and held against the key before anybody else can see it.
        SignatureDocument? document = SignatureReader.Read(stored);
        if (document is null || !document.Holds(key.Public))
        {
            throw new SigningFailedException(key.Name, new CryptographicException("The signature that it made does not verify."));
        }

        OciDescriptor written = await store.WriteAsync(artifact, cancellationToken).ConfigureAwait(false);
        ImageSignature described = SignatureReader.Describe(store.Reference.Pin(subject.Digest).ToString(), subject.Digest, stored with { Manifest = written }, document, "");
        return described.Signer.Length > 0 && described.Algorithm.Length > 0 ? described : described with { Signer = described.Signer.Length > 0 ? described.Signer : key.Public.Fingerprint.ToString(), Algorithm = key.Public.Algorithm.Words };
    }

    private static void CheckFits(SigningRequest request, SigningKey key, DateTimeOffset now)
    {
        if (request.Format is not (SignatureFormat.Notation or SignatureFormat.NotationCose) && (request.Expiry is not null || request.IsSigningAuthority))
        {
            throw new SigningNotPossibleException(key.Name, $"a signature of the form {request.Format} has no {(request.Expiry is not null ? "expiry" : "signing scheme")}");
        }

        if (request.TimestampUrl is not null && (request.Format is SignatureFormat.Cosign or SignatureFormat.CosignBundle || request.IsSigningAuthority))
        {
            throw new SigningNotPossibleException(key.Name, request.IsSigningAuthority ? "a signing authority's own time is believed, so that its signatures have no timestamp" : $"a signature of the form {request.Format} has no timestamp");
        }

        if (request.Expiry <= now)
        {
            throw new SigningNotPossibleException(key.Name, "it would expire before it was made");
        }

        if (request.Format is SignatureFormat.Notation or SignatureFormat.NotationCose or SignatureFormat.Cms)
        {
            CheckChain(key, now);
        }
    }

    private static void CheckChain(SigningKey key, DateTimeOffset now)
    {
        try
        {
            if (key.Chain.Count == 0)
            {
                throw new TrustFailureException(SignatureStatus.ChainBroken, "it has no certificate");
            }

            CertificateProfile.CheckSigning(key.Chain);
            ValidityPeriod.Check(key.Chain, now, now, "now");
        }
        catch (TrustFailureException e)
        {
            throw new SigningNotPossibleException(key.Name, e.Message.TrimEnd('.'));
        }
    }

    private static async Task<(BuiltArtifact Artifact, StoredSignature Stored)> NotationAsync(OciDescriptor subject, SigningKey key, SigningRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ProtectedHeader header = new() { Algorithm = "", IsSigningAuthority = request.IsSigningAuthority, SigningTime = now, Expiry = request.Expiry is { } expiry ? Seconds(expiry) : null };
        byte[] payload = SignedPayload.Of(subject, request.Annotations);
        bool isCose = request.Format == SignatureFormat.NotationCose;
        byte[] envelope = isCose ? CoseEnvelope.Sign(payload, key, header, Agent) : JwsEnvelope.Sign(payload, key, header, Agent);
        if (await StampAsync(isCose ? CoseEnvelope.Read(envelope) : JwsEnvelope.Read(envelope), key, request, cancellationToken).ConfigureAwait(false) is { } token)
        {
            envelope = isCose ? CoseEnvelope.WithTimestamp(envelope, token) : JwsEnvelope.WithTimestamp(envelope, token);
        }

        // The type is the config's, as Notation's client writes it: in a layout that client looks at nothing else.
        BuiltArtifact artifact = OciDocuments.Artifact("", subject, [(new BuiltDocument(isCose ? NotationNames.Cose : NotationNames.Jws, envelope), Nothing)], One(NotationNames.Thumbprints, Thumbprints(key.Chain)), new BuiltDocument(NotationNames.ArtifactType, "{}"u8.ToArray()))
            with { ArtifactType = NotationNames.ArtifactType };
        return (artifact, new StoredSignature(request.Format, artifact.Manifest.Descriptor, envelope));
    }

    private static async Task<(BuiltArtifact Artifact, StoredSignature Stored)> CmsAsync(OciDescriptor subject, SigningKey key, SigningRequest request, DateTimeOffset now, CancellationToken cancellationToken)
    {
        byte[] payload = SignedPayload.Of(subject, request.Annotations);
        byte[] signature = CmsSignature.Sign(payload, key, now);
        if (await StampAsync(CmsSignature.Read(signature, payload), key, request, cancellationToken).ConfigureAwait(false) is { } token)
        {
            signature = CmsSignature.WithTimestamp(signature, token);
        }

        BuiltArtifact artifact = OciDocuments.Artifact(CmsSignature.ArtifactType, subject,
            [(new BuiltDocument(CmsSignature.MediaType, signature), Nothing), (new BuiltDocument(SignedPayload.MediaType, payload), Nothing)], One(NotationNames.Thumbprints, Thumbprints(key.Chain)));
        return (artifact, new StoredSignature(SignatureFormat.Cms, artifact.Manifest.Descriptor, signature) { Payload = payload });
    }

    private static async Task<byte[]?> StampAsync(SignatureDocument signed, SigningKey key, SigningRequest request, CancellationToken cancellationToken)
    {
        if (request.TimestampUrl is not { } url)
        {
            return null;
        }

        List<X509Certificate2> roots = [];
        foreach (string path in request.TimestampCertificatePaths)
        {
            roots.AddRange(await CertificateFile.ReadAsync(path, cancellationToken).ConfigureAwait(false));
        }

        return await TimestampClient.For(url, roots).AskAsync(signed.Signature, key.Public.Algorithm.Hash, cancellationToken).ConfigureAwait(false);
    }

    private static (BuiltArtifact Artifact, StoredSignature Stored) Bundle(OciDescriptor subject, SigningKey key, SigningRequest request)
    {
        byte[] bundle = BundleSignature.Sign(subject.Digest, request.Annotations, key);
        SortedDictionary<string, string> certificates = BundleCertificates.Annotations(key.Chain);
        BuiltArtifact artifact = OciDocuments.Artifact(CosignNames.Bundle, subject, [(new BuiltDocument(CosignNames.Bundle, bundle), certificates)],
            new SortedDictionary<string, string>(StringComparer.Ordinal) { [CosignNames.BundleContent] = "dsse-envelope", [CosignNames.BundlePredicate] = CosignNames.SignPredicate });
        return (artifact, new StoredSignature(SignatureFormat.CosignBundle, artifact.Manifest.Descriptor, bundle) { Annotations = certificates });
    }

    // The tag's manifest lists all signatures of the image; those that are there stay.
    private static async Task<(BuiltArtifact Artifact, StoredSignature Stored)> CosignAsync(IArtifactStore store, OciDescriptor subject, SigningKey key, SigningRequest request, CancellationToken cancellationToken)
    {
        string identity = request.Identity.Length > 0 ? request.Identity : ImageScope.Of(store.Reference) ?? store.Reference.Name;
        byte[] payload = SimpleSigning.Payload(subject.Digest, identity, request.Annotations);
        SortedDictionary<string, string> annotations = One(CosignNames.Signature, Convert.ToBase64String(key.Sign(payload, SignatureForm.Sigstore)));
        string tag = CosignNames.Tag(subject.Digest);
        List<(BuiltDocument Document, IReadOnlyDictionary<string, string> Annotations)> layers = [];
        if (await store.FindTagAsync(tag, cancellationToken).ConfigureAwait(false) is { } earlier)
        {
            byte[] manifest = await store.ReadAsync(earlier, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
            foreach (OciDescriptor layer in OciReader.Manifest(manifest, $"manifest {earlier.Digest}").Layers)
            {
                layers.Add((new BuiltDocument(layer.MediaType, await store.ReadAsync(layer, SimpleSigning.MaxBytes, cancellationToken).ConfigureAwait(false)), layer.Annotations));
            }
        }

        layers.Add((new BuiltDocument(CosignNames.SimpleSigning, payload), annotations));
        BuiltDocument config = new(MediaTypes.OciConfig, CanonicalJson.WriteCompact(new JObject
        {
            ["architecture"] = "",
            ["config"] = new JObject(),
            ["os"] = "",
            ["rootfs"] = new JObject { ["type"] = "layers", ["diff_ids"] = new JArray(layers.Select(layer => layer.Document.Digest.ToString())) },
        }));
        BuiltArtifact artifact = OciDocuments.Artifact("", null, layers, Nothing, config) with { Tag = tag };
        return (artifact, new StoredSignature(SignatureFormat.Cosign, artifact.Manifest.Descriptor, payload) { Annotations = annotations });
    }

    private static string Thumbprints(IReadOnlyList<X509Certificate2> chain)
        => System.Text.Encoding.UTF8.GetString(CanonicalJson.WriteCompact(new JArray(chain.Select(certificate => certificate.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()))));

    private static SortedDictionary<string, string> One(string key, string value) => new(StringComparer.Ordinal) { [key] = value };

    private static DateTimeOffset Seconds(DateTimeOffset time) => DateTimeOffset.FromUnixTimeSeconds(time.ToUnixTimeSeconds());
}
