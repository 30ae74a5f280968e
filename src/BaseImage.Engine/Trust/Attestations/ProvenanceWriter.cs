using BaseImage.Engine.Definitions;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>
/// Writes how an image was built: what was asked for, of a definition the definition as it was parsed, and everything that went
/// in by digest. No time and no id that nobody asked for, so that the same build states the same bytes.
/// Source: SLSA provenance 1.0; docs/attestations.md.
/// </summary>
internal static class ProvenanceWriter
{
    /// <summary>What a build from a definition and its lock was asked for, and what went in.</summary>
    internal static BuildDescription Describe(DefinitionProvenance request) => new(
        PredicateTypes.DefinitionBuild,
        new JObject { ["definition"] = DefinitionModel.ToJson(request.Definition) },
        new JObject
        {
            ["compressor"] = request.Lock.Compressor,
            ["epoch"] = SbomDocument.Time(request.Lock.Epoch.ToUniversalTime()),
            ["snapshotTime"] = SbomDocument.Time(request.Lock.SnapshotTime.ToUniversalTime()),
        },
        [.. Dependencies(request)]);

    /// <summary>The predicate.</summary>
    internal static JObject Write(ProvenanceRequest request, BuildDescription build)
    {
        JObject external = new(build.External);
        SbomDocument.Put(external, "source", request.Source);
        JObject definition = new()
        {
            ["buildType"] = build.BuildType,
            ["externalParameters"] = external,
            ["internalParameters"] = build.Internal,
            ["resolvedDependencies"] = new JArray(Source(request).Concat(build.Dependencies)),
        };
        JObject metadata = [];
        SbomDocument.Put(metadata, "invocationId", request.InvocationId);
        SbomDocument.Put(metadata, "startedOn", request.StartedOn is { } started ? SbomDocument.Time(started.ToUniversalTime()) : "");
        SbomDocument.Put(metadata, "finishedOn", request.FinishedOn is { } finished ? SbomDocument.Time(finished.ToUniversalTime()) : "");
        JObject run = new() { ["builder"] = new JObject { ["id"] = request.BuilderId, ["version"] = new JObject { ["baseimage"] = SbomDocument.ToolVersion } } };
        if (metadata.Count > 0)
        {
            run["metadata"] = metadata;
        }

        return new JObject { ["buildDefinition"] = definition, ["runDetails"] = run };
    }

    private static IEnumerable<JObject> Source(ProvenanceRequest request)
    {
        if (request.Source.Length > 0)
        {
            JObject source = new() { ["name"] = "source", ["uri"] = $"git+{request.Source}" };
            if (request.Revision.Length > 0)
            {
                source["digest"] = new JObject { ["gitCommit"] = request.Revision };
            }

            yield return source;
        }
    }

    private static IEnumerable<JObject> Dependencies(DefinitionProvenance request)
    {
        yield return Pinned("definition", "", DefinitionModel.DigestOf(request.Definition));
        yield return Pinned("lock", "", Digest.Of(LockFormat.Write(request.Lock)));
        if (request.Definition.BaseImage is { } image)
        {
            yield return Pinned("base image", "", image.Digest);
        }

        foreach (LockedIndex index in request.Lock.Indexes)
        {
            JObject release = Pinned($"{index.Archive} {index.Path}", "", index.Sha256);
            release["annotations"] = new JObject { ["date"] = SbomDocument.Time(index.Date.ToUniversalTime()), ["signer"] = index.Signer.Length > 0 ? index.Signer : "none" };
            yield return release;
            foreach (LockedPackageIndex packages in index.PackageIndexes)
            {
                yield return Pinned($"{index.Archive} dists/{index.Suite}/{packages.Path}", "", packages.Sha256);
            }
        }

        Distribution distribution = new(request.Definition.From.Distribution, "", "", "");
        foreach (LockedPlatform platform in request.Lock.Platforms)
        {
            foreach (LockedPackage package in platform.Packages)
            {
                string url = PackageUrls.Of(new ImagePackage { Name = package.Name, Version = package.Version, Architecture = package.Architecture, Source = package.Source, SourceVersion = package.SourceVersion }, distribution);
                JObject one = Pinned($"{package.Archive} {package.Path}", url, package.Sha256);
                one["annotations"] = new JObject { ["platform"] = platform.Platform.ToString() };
                yield return one;
            }
        }

        // A file whose content the definition does not pin is a material that nothing pins: whoever asks is told so.
        foreach (AddedFile file in request.Definition.Files.Where(file => file.SourcePath is not null).OrderBy(file => file.Path, StringComparer.Ordinal))
        {
            yield return Pinned($"file {file.Path}", "", file.Sha256 ?? default);
        }
    }

    private static JObject Pinned(string name, string uri, Digest digest) => BuildDescription.Dependency(name, uri, digest);
}
