using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// All that belongs to an image, found by following every descriptor: indexes inside indexes, what lies in them beside images, and
/// what refers to any of it (referrers, and cosign's tags), and what refers to that. Nothing is written again: documents are bytes.
/// </summary>
internal sealed class CopyPlan
{
    // cosign's names for what is about a digest: signatures, attestations, SBOMs.
    private static readonly string[] Suffixes = [".sig", ".att", ".sbom"];
    private const int MaxDepth = 8;

    private readonly IArtifactStore _source;
    private readonly bool _referrers;
    private readonly HashSet<Digest> _seen = [];
    private readonly Dictionary<Digest, OciDescriptor> _blobs = [];

    private CopyPlan(IArtifactStore source, bool referrers) => (_source, _referrers) = (source, referrers);

    /// <summary>What is copied: the index, or a platform's manifest.</summary>
    internal OciDescriptor Root { get; private set; } = null!;

    /// <summary>Every manifest and index, each behind those that it needs.</summary>
    internal List<BuiltDocument> Documents { get; } = [];

    /// <summary>Every blob.</summary>
    internal IReadOnlyCollection<OciDescriptor> Blobs => _blobs.Values;

    /// <summary>What refers to something of it by its subject, as lists of referrers describe it.</summary>
    internal List<(OciDescriptor Referrer, Digest Subject)> Referrers { get; } = [];

    /// <summary>Every document with a subject, those of <see cref="Referrers"/> and of what is copied itself, as lists of referrers describe it.</summary>
    internal List<(OciDescriptor Listed, Digest Subject)> About { get; } = [];

    /// <summary>What refers to something of it by its tag.</summary>
    internal List<(OciDescriptor Document, string Tag)> Tagged { get; } = [];

    /// <summary>The platforms of the images in it.</summary>
    internal List<Platform> Platforms { get; } = [];

    /// <summary>Finds out what there is.</summary>
    /// <param name="source">The place.</param>
    /// <param name="platform">The one platform wanted; null for all.</param>
    /// <param name="referrers">True to find what refers to it too.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<CopyPlan> MakeAsync(IArtifactStore source, Platform? platform, bool referrers, CancellationToken cancellationToken)
    {
        CopyPlan plan = new(source, referrers);
        plan.Root = await plan.ChooseAsync(await source.FindSubjectAsync(cancellationToken).ConfigureAwait(false), platform, cancellationToken).ConfigureAwait(false);
        await plan.AddAsync(plan.Root, 0, isImage: true, cancellationToken).ConfigureAwait(false);
        return plan;
    }

    private async Task<OciDescriptor> ChooseAsync(OciDescriptor root, Platform? platform, CancellationToken cancellationToken)
    {
        if (platform is null)
        {
            return root;
        }

        if (!MediaTypes.IsIndex(root.MediaType))
        {
            string name = _source.Reference.Pin(root.Digest).ToString();
            OciManifest manifest = OciReader.Manifest(await _source.ReadAsync(root, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false), name);
            Platform? only = MediaTypes.IsImageConfig(manifest.Config.MediaType) ? OciReader.Config(await _source.ReadAsync(manifest.Config, OciLimits.MaxConfigBytes, cancellationToken).ConfigureAwait(false), name).Platform : null;
            return only == platform ? root : throw Lacks(platform, only is null ? [] : [only]);
        }

        OciDescriptor[] images = [.. (await IndexAsync(root, cancellationToken).ConfigureAwait(false)).Manifests.Where(d => !ImageAssembly.IsAttestation(d) && d.Platform is not null)];
        return images.FirstOrDefault(d => d.Platform == platform) is { } match ? new OciDescriptor(match.MediaType, match.Digest, match.Size) { Platform = match.Platform }
            : throw Lacks(platform, images.Select(d => d.Platform!));
    }

    private ImageNotFoundException Lacks(Platform platform, IEnumerable<Platform> others) => new(_source.Reference.ToString(), $"the image has no platform {platform}",
        others.Any() ? $"Choose one of: {string.Join(", ", others)}." : "It is for no platform at all; leave -Platform out.");

    private async Task AddAsync(OciDescriptor descriptor, int depth, bool isImage, CancellationToken cancellationToken)
    {
        if (!_seen.Add(descriptor.Digest))
        {
            return;
        }

        if (depth > MaxDepth || _seen.Count > OciLimits.MaxDescriptors)
        {
            throw new ImageLimitExceededException(_source.Reference.ToString(), $"it leads to more than {OciLimits.MaxDescriptors} documents, or through more than {MaxDepth} of them");
        }

        byte[] bytes = await _source.ReadAsync(descriptor, OciLimits.MaxManifestBytes, cancellationToken).ConfigureAwait(false);
        string name = $"{_source.Reference.Pin(descriptor.Digest)}";
        if (MediaTypes.IsIndex(descriptor.MediaType))
        {
            foreach (OciDescriptor child in OciReader.Index(bytes, name).Manifests)
            {
                if (MediaTypes.IsIndex(child.MediaType) || MediaTypes.IsManifest(child.MediaType))
                {
                    await AddAsync(child, depth + 1, isImage && !ImageAssembly.IsAttestation(child), cancellationToken).ConfigureAwait(false);
                }
                else
                {
                    _blobs.TryAdd(child.Digest, child);
                }
            }
        }
        else
        {
            OciManifest manifest = OciReader.Manifest(bytes, name);
            foreach (OciDescriptor blob in manifest.Layers.Prepend(manifest.Config).Where(blob => !MediaTypes.IsForeign(blob.MediaType)))
            {
                _blobs.TryAdd(blob.Digest, blob);
            }

            if (isImage && MediaTypes.IsImageConfig(manifest.Config.MediaType))
            {
                Platforms.Add(descriptor.Platform ?? OciReader.Config(await _source.ReadAsync(manifest.Config, OciLimits.MaxConfigBytes, cancellationToken).ConfigureAwait(false), name).Platform);
            }
        }

        Documents.Add(new BuiltDocument(descriptor.MediaType, bytes));
        if (ReferrerTags.Read(descriptor, bytes, name) is { } about)
        {
            About.Add(about);
        }

        if (_referrers)
        {
            await AddReferrersAsync(descriptor.Digest, depth, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task AddReferrersAsync(Digest subject, int depth, CancellationToken cancellationToken)
    {
        foreach (OciDescriptor referrer in await _source.ListReferrersAsync(subject, cancellationToken).ConfigureAwait(false))
        {
            Referrers.Add((referrer, subject));
            await AddAsync(referrer, depth + 1, isImage: false, cancellationToken).ConfigureAwait(false);
        }

        foreach (string tag in Suffixes.Select(suffix => ReferrerTags.Of(subject) + suffix))
        {
            if (await _source.FindTagAsync(tag, cancellationToken).ConfigureAwait(false) is { } tagged)
            {
                Tagged.Add((new OciDescriptor(tagged.MediaType, tagged.Digest, tagged.Size), tag));
                await AddAsync(tagged, depth + 1, isImage: false, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    private async Task<OciIndex> IndexAsync(OciDescriptor descriptor, CancellationToken cancellationToken)
        => OciReader.Index(await _source.ReadAsync(descriptor, OciLimits.MaxIndexBytes, cancellationToken).ConfigureAwait(false), _source.Reference.Pin(descriptor.Digest).ToString());
}
