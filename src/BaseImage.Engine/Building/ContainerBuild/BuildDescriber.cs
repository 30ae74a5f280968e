using BaseImage.Engine.Building.ContainerBuild.Context;
using BaseImage.Engine.Building.Dockerfiles;
using BaseImage.Engine.Definitions;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Storage;
using BaseImage.Engine.Trust.Attestations;
using BaseImage.Errors;
using BaseImage.Ports;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>
/// Describes the build of a Dockerfile for a provenance: the Dockerfile, its settings, lock and context by digest, the images and
/// downloads by what pins them, build arguments by name and never by value. Source: docs/attestations.md.
/// </summary>
/// <param name="settings">Reads settings files.</param>
/// <param name="cache">Where the context's tar is made.</param>
/// <param name="paths">Where the store is.</param>
/// <param name="sources">Opens a place where bases lie; empty for the store.</param>
/// <param name="engine">The way to images that lie elsewhere than on disk; null where none is to be had.</param>
internal sealed class BuildDescriber(DockerfileSettingsReader settings, Func<ContentCache> cache, Func<BaseImagePaths> paths, Func<string, CancellationToken, Task<IImageSource>> sources, EngineImages? engine = null) : IDescribeDockerfile
{
    /// <inheritdoc/>
    public async Task<BuildDescription> DescribeAsync(string image, DockerfileBuildRequest build, IReporter reporter, CancellationToken cancellationToken)
    {
        BuildInputs inputs = await BuildInputs.ReadAsync(build, settings, cancellationToken).ConfigureAwait(false);
        await using ImageInspection inspection = await ImageInspection.OpenAsync(image, null, paths(), single: true, cancellationToken, engine).ConfigureAwait(false);
        if (inspection.Items is not [PendingInspection item])
        {
            throw new AttestationNotPossibleException(image, $"it is for {inspection.Items.Count} platforms, and one build of a Dockerfile makes one", "Name one platform's image.");
        }

        SourceManifest manifest = await item.CompleteAsync(cancellationToken).ConfigureAwait(false);
        Platform platform = manifest.Platform;
        DockerfileEvaluator values = inputs.Evaluate(platform, platform);
        IReadOnlyList<NamedImage> named = NamedImage.Find(inputs.File, values, inputs.Target, build.Path);
        IReadOnlyList<RemoteFile> downloads = RemoteFile.Find(inputs.File, values, inputs.Target, build.Path);
        (string Name, Digest Pin) below = named.FirstOrDefault(one => one.Stage == inputs.Target.Chain.Last()) is { } root ? (root.Name, PinOf(root.Name, inputs, platform)) : ("", default);
        new BuiltFromCheck(image, inputs, values).Check(manifest.Config, below.Name, below.Pin);
        await CheckLayersAsync(image, inputs, manifest, below, reporter, cancellationToken).ConfigureAwait(false);
        return new BuildDescription(
            PredicateTypes.DockerfileBuild,
            External(inputs, platform),
            new JObject { ["layers"] = inputs.Settings.Layers.ToString(), ["locale"] = inputs.Settings.Locale, ["timeZone"] = inputs.Settings.TimeZone },
            [.. await DependenciesAsync(inputs, platform, named, downloads, cancellationToken).ConfigureAwait(false)]);
    }

    /// <summary>What pins an image that a Dockerfile names: its own digest, else what the lock says; empty where nothing does.</summary>
    internal static Digest PinOf(string name, BuildInputs inputs, Platform platform)
        => name.Split('@') is [_, var text] && Digest.TryParse(text, out Digest own) ? own : inputs.Lock.Find(name, platform)?.Pin ?? default;

    private static JObject External(BuildInputs inputs, Platform platform)
    {
        JObject external = new()
        {
            ["dockerfile"] = new JObject { ["name"] = Path.GetFileName(inputs.Request.Path), ["digest"] = Sum(inputs.File.Source.Bytes) },
            ["platform"] = platform.ToString(),
            ["arguments"] = new JArray(inputs.Arguments.Values.Keys.Order(StringComparer.Ordinal)),
        };
        if (inputs.Target != inputs.File.Stages[^1] && inputs.Target.Name is { } target)
        {
            external["target"] = target;
        }

        if (inputs.Settings.Path.Length > 0)
        {
            external["settings"] = new JObject { ["name"] = Path.GetFileName(inputs.Settings.Path) };
        }

        return external;
    }

    private static JObject Sum(ReadOnlySpan<byte> bytes) => new() { ["sha256"] = Digest.Of(bytes).Hex };

    private async Task<List<JObject>> DependenciesAsync(BuildInputs inputs, Platform platform, IReadOnlyList<NamedImage> named, IReadOnlyList<RemoteFile> downloads, CancellationToken cancellationToken)
    {
        DockerfileBuildRequest build = inputs.Request;
        List<JObject> found = [BuildDescription.Dependency("dockerfile", "", Digest.Of(inputs.File.Source.Bytes))];
        if (inputs.Settings.Path.Length > 0)
        {
            found.Add(BuildDescription.Dependency("settings", "", Digest.Of(await File.ReadAllBytesAsync(inputs.Settings.Path, cancellationToken).ConfigureAwait(false))));
        }

        if (inputs.Lock.Images.Count + inputs.Lock.Downloads.Count > 0)
        {
            found.Add(BuildDescription.Dependency("lock", "", Digest.Of(DockerfileLockFile.Write(inputs.Lock))));
        }

        found.Add(BuildDescription.Dependency("context", "", await ContextAsync(inputs, cancellationToken).ConfigureAwait(false)));
        foreach (string name in named.Select(one => one.Name).Distinct(StringComparer.Ordinal))
        {
            found.Add(BuildDescription.Dependency($"image {name}", "", PinOf(name, inputs, platform)));
        }

        foreach (RemoteFile file in downloads.DistinctBy(file => file.Url))
        {
            Digest locked = inputs.Lock.Downloads.FirstOrDefault(one => one.Url == file.Url)?.Sha256 ?? default;
            found.Add(BuildDescription.Dependency($"download {file.FileName}", file.Url, file.Checksum.IsEmpty ? locked : file.Checksum));
        }

        return found;

        // The files that COPY and ADD may take, as they are sent: names, bytes and whether they may be run, at one time and of one owner.
        async Task<Digest> ContextAsync(BuildInputs of, CancellationToken stop)
        {
            string folder = build.Context ?? (of.Settings.Context.Length > 0 ? of.Settings.Context : Path.GetDirectoryName(build.Path)!);
            BuildContext context = await BuildContext.OpenAsync(folder, build.Path, takesIgnoreFile: false, rereadsIgnoreFile: false, stop).ConfigureAwait(false);
            FileStream tar = await context.WriteAsync(cache(), of.File.Source.Bytes.ToArray(), epoch: 0, order: null, SilentReporter.Instance, stop).ConfigureAwait(false);
            await using (tar.ConfigureAwait(false))
            {
                return Digest.FromSha256(await System.Security.Cryptography.SHA256.HashDataAsync(tar, stop).ConfigureAwait(false));
            }
        }
    }

    // Where the base lies in the store or in a layout that the settings name, its layers are the image's first ones or the image does not stand on it.
    private async Task CheckLayersAsync(string image, BuildInputs inputs, SourceManifest manifest, (string Name, Digest Pin) below, IReporter reporter, CancellationToken cancellationToken)
    {
        if (below.Pin.IsEmpty)
        {
            return;
        }

        Digest id = inputs.Lock.Find(below.Name, manifest.Platform)?.ImageId ?? below.Pin;
        foreach (string place in inputs.Settings.Bases.Prepend(""))
        {
            IImageSource source = await sources(place, cancellationToken).ConfigureAwait(false);
            await using (source.ConfigureAwait(false))
            {
                SourceManifest? found = (await source.ReadAsync(cancellationToken).ConfigureAwait(false)).SelectMany(one => one.Manifests.Select(of => (one.Root.Digest, Manifest: of)))
                    .FirstOrDefault(one => one.Manifest.Platform == manifest.Platform && (one.Digest == below.Pin || one.Manifest.Descriptor?.Digest == below.Pin || one.Manifest.ConfigDescriptor.Digest == id)).Manifest;
                if (found is null)
                {
                    continue;
                }

                if (!manifest.Config.DiffIds.Take(found.Config.DiffIds.Count).SequenceEqual(found.Config.DiffIds))
                {
                    throw new AttestationNotPossibleException(image, $"its first layers are not those of '{below.Name}' ({below.Pin}), which the Dockerfile starts from", BuiltFromCheck.Action);
                }

                return;
            }
        }

        reporter.Verbose($"{image}: '{below.Name}' lies neither in the store nor in a layout that the settings name (Bases), so that its layers are not compared.");
    }
}
