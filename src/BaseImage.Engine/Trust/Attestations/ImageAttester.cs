using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Cosign;
using BaseImage.Engine.Trust.Dsse;
using BaseImage.Engine.Trust.Keys;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>
/// States things about images: in-toto statements in DSSE envelopes in sigstore bundles, kept as referrers as cosign 3 does.
/// Sources: in-toto Attestation Framework 1.0; cosign, BUNDLE_SPEC.
/// </summary>
/// <param name="paths">Where the store is.</param>
/// <param name="open">Opens the place of an image.</param>
/// <param name="engine">The way to images that lie elsewhere than on disk; null where none is to be had.</param>
/// <param name="dockerfiles">Describes builds of Dockerfiles; null where there are none.</param>
internal sealed class ImageAttester(Func<BaseImagePaths> paths, Func<ImageReference, CancellationToken, Task<IArtifactStore>> open, EngineImages? engine = null, IDescribeDockerfile? dockerfiles = null) : IAttestImage
{
    private static readonly JsonLimits PredicateLimits = new() { MaxBytes = InTotoStatement.MaxBytes, MaxDepth = 60, MaxValues = 4_000_000 };

    /// <inheritdoc/>
    public async Task<IReadOnlyList<ImageAttestation>> AttestAsync(AttestationRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        using SigningKey key = await SigningKey.OpenAsync(request.Key, cancellationToken).ConfigureAwait(false);
        IArtifactStore store = await open(ImageReference.Parse(request.Image), cancellationToken).ConfigureAwait(false);
        await using (store.ConfigureAwait(false))
        {
            AttestedImage image = await AttestedImage.FindAsync(store, cancellationToken).ConfigureAwait(false);
            string pinned = store.Reference.Pin(image.Root.Digest).ToString();

            // Everything that is stated is known before any of it is written.
            List<(OciDescriptor Subject, string Kind, JObject Predicate)> statements = [];
            if (request.Provenance is { } provenance)
            {
                BuildDescription build = await DescribeAsync(pinned, provenance, reporter, cancellationToken).ConfigureAwait(false);
                statements.Add((image.Root, PredicateTypes.Provenance, ProvenanceWriter.Write(provenance, build)));
            }

            if (request.Sboms.Count > 0)
            {
                statements.AddRange(await SbomsAsync(request, pinned, image, reporter, cancellationToken).ConfigureAwait(false));
            }

            if (request.PredicatePath is { } path)
            {
                if (!PredicateTypes.IsUri(request.PredicateType))
                {
                    throw new AttestationNotPossibleException(request.Image, $"the kind of a predicate is a URI, and '{Inspection.Languages.PackageText.Line(request.PredicateType)}' is none", "Name the kind with -PredicateType, for instance https://in-toto.io/attestation/test-result/v0.1.");
                }

                statements.Add((image.Root, request.PredicateType, await PredicateAsync(path, cancellationToken).ConfigureAwait(false)));
            }

            List<ImageAttestation> written = [];
            foreach ((OciDescriptor subject, string kind, JObject predicate) in statements)
            {
                cancellationToken.ThrowIfCancellationRequested();
                BuiltArtifact artifact = await Task.Run(() => Make(pinned, subject, kind, predicate, key), cancellationToken).ConfigureAwait(false);
                OciDescriptor referrer = await store.WriteAsync(artifact, cancellationToken).ConfigureAwait(false) with { ArtifactType = artifact.ArtifactType, Annotations = artifact.Annotations };
                AttestationDocument? document = await AttestationDocument.ReadAsync(store, referrer, cancellationToken).ConfigureAwait(false);
                reporter.Verbose($"{kind} of {subject.Digest} is kept in {referrer.Digest}.");
                written.Add(document!.Describe(pinned, subject));
            }

            return written;
        }
    }

    private static BuiltArtifact Make(string image, OciDescriptor subject, string kind, JObject predicate, SigningKey key)
    {
        byte[] statement = InTotoStatement.Of(subject.Digest, "", kind, predicate).Write();
        if (statement.Length > InTotoStatement.MaxBytes)
        {
            throw new AttestationNotPossibleException(image, $"the statement has {statement.Length} bytes, and at most {InTotoStatement.MaxBytes} fit into one", "State less: -PackageOnly leaves files out of a bill of materials.");
        }

        BuiltDocument bundle = new(CosignNames.Bundle, SigstoreBundle.Write(DsseEnvelope.Sign(CosignNames.InToto, statement, key), key.Public));
        SortedDictionary<string, string> annotations = new(StringComparer.Ordinal) { [CosignNames.BundleContent] = "dsse-envelope", [CosignNames.BundlePredicate] = kind };
        return OciDocuments.Artifact(CosignNames.Bundle, subject, [(bundle, BundleCertificates.Annotations(key.Chain))], annotations);
    }

    private async Task<BuildDescription> DescribeAsync(string image, ProvenanceRequest request, IReporter reporter, CancellationToken cancellationToken)
    {
        if (!PredicateTypes.IsUri(request.BuilderId) || (request.Source.Length > 0 && !PredicateTypes.IsUri(request.Source)))
        {
            throw new AttestationNotPossibleException(image, "builder and source are URIs", "Give -BuilderId and -Source as absolute URIs, for instance https://ci.example.org/runner.");
        }

        if (request is DockerfileProvenance dockerfile)
        {
            return await (dockerfiles ?? throw new AttestationNotPossibleException(image, "Dockerfiles are not built here", "State it where they are.")).DescribeAsync(image, dockerfile.Build, reporter, cancellationToken).ConfigureAwait(false);
        }

        DefinitionProvenance definition = (DefinitionProvenance)request;
        await CheckAsync(image, definition, cancellationToken).ConfigureAwait(false);
        return ProvenanceWriter.Describe(definition);
    }

    // A lock that was made of another definition, and an image that has other packages than the lock, were not built so.
    private async Task CheckAsync(string image, DefinitionProvenance request, CancellationToken cancellationToken)
    {
        const string Action = "Name the definition and the lock that the image was built from, as they were then.";
        if (request.Lock.DefinitionDigest != request.Definition.ModelDigest)
        {
            throw new AttestationNotPossibleException(image, $"the lock '{request.Lock.Path}' was made of another definition than '{request.Definition.Path}'", Action);
        }

        await using ImageInspection inspection = await ImageInspection.OpenAsync(image, null, paths(), single: true, cancellationToken, engine).ConfigureAwait(false);
        foreach (PendingInspection item in inspection.Items)
        {
            SbomContents contents = await SbomReader.ReadAsync(item, null, null, packagesOnly: true, cancellationToken).ConfigureAwait(false);
            string[] there = [.. contents.Packages.Where(package => package.IsSystem).Select(package => $"{package.Package.Name}:{package.Package.Architecture}={package.Package.Version}").Order(StringComparer.Ordinal)];
            string[] locked = [.. (request.Lock.Platforms.FirstOrDefault(platform => platform.Platform == item.Manifest.Platform)?.Packages ?? throw new AttestationNotPossibleException(image, $"the lock has no platform {item.Manifest.Platform}", Action)).Select(package => package.ToString()).Order(StringComparer.Ordinal)];

            // On top of a base there are that image's packages too.
            string? other = locked.Except(there, StringComparer.Ordinal).Concat(request.Definition.BaseImage is null ? there.Except(locked, StringComparer.Ordinal) : []).FirstOrDefault();
            if (other is not null)
            {
                throw new AttestationNotPossibleException(image, $"image and lock differ in packages, {other} among them, for {item.Manifest.Platform}", Action);
            }
        }
    }

    private async Task<IReadOnlyList<(OciDescriptor Subject, string Kind, JObject Predicate)>> SbomsAsync(AttestationRequest request, string pinned, AttestedImage image, IReporter reporter, CancellationToken cancellationToken)
    {
        List<(OciDescriptor, string, JObject)> statements = [];
        await using ImageInspection inspection = await ImageInspection.OpenAsync(pinned, null, paths(), single: true, cancellationToken, engine).ConfigureAwait(false);
        foreach (PendingInspection item in inspection.Items)
        {
            OciDescriptor subject = image.Platforms.FirstOrDefault(platform => platform.Digest == item.Digest) ?? image.Root;
            SbomContents contents = await SbomReader.ReadAsync(item, null, null, request.PackagesOnly, cancellationToken).ConfigureAwait(false);
            foreach (string remark in contents.Remarks)
            {
                reporter.Warning($"{pinned} ({item.Manifest.Platform}): {remark}");
            }

            foreach (SbomFormat format in request.Sboms.Distinct())
            {
                using MemoryStream stream = new();
                await Task.Run(() => SbomDocument.Write(stream, contents, format, cancellationToken), cancellationToken).ConfigureAwait(false);
                if (stream.Length > PredicateLimits.MaxBytes)
                {
                    throw new AttestationNotPossibleException(pinned, $"the bill of materials has {stream.Length} bytes, and at most {PredicateLimits.MaxBytes} fit into a statement", "State less: -PackageOnly leaves files out of a bill of materials.");
                }

                statements.Add((subject, PredicateTypes.Of(format), StrictJson.ParseObject(stream.ToArray(), "bill of materials", PredicateLimits)));
            }
        }

        return statements;
    }

    private static async Task<JObject> PredicateAsync(string path, CancellationToken cancellationToken)
    {
        if (!File.Exists(path))
        {
            throw new PathNotFoundException(path, "Give the path of a file that holds the predicate, a JSON object.");
        }

        return new FileInfo(path).Length > PredicateLimits.MaxBytes
            ? throw new JsonInvalidException(path, 1, 1, $"The file is larger than {PredicateLimits.MaxBytes} bytes.")
            : StrictJson.ParseObject(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false), path, PredicateLimits);
    }
}
