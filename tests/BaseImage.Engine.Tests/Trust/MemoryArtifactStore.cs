using BaseImage.Engine.Images;
using BaseImage.Errors;

namespace BaseImage.Engine.Tests.Trust;

/// <summary>A place for artifacts in memory, of one image.</summary>
internal sealed class MemoryArtifactStore : IArtifactStore
{
    private readonly Dictionary<Digest, byte[]> _blobs = [];
    private readonly Dictionary<string, OciDescriptor> _tags = [];
    private readonly List<(OciDescriptor Subject, OciDescriptor Referrer)> _referrers = [];

    public MemoryArtifactStore(string name = "registry.example/team/web", byte[]? manifest = null)
    {
        Subject = new OciDescriptor(MediaTypes.OciManifest, Digest.Of(manifest ?? "{\"image\":1}"u8), manifest?.Length ?? 11);
        Reference = ImageReference.Parse($"docker://{name}:latest");
    }

    public OciDescriptor Subject { get; }

    public ImageReference Reference { get; init; }

    public IReadOnlyList<OciDescriptor> Referrers => [.. _referrers.Select(pair => pair.Referrer)];

    public Task<OciDescriptor> FindSubjectAsync(CancellationToken cancellationToken) => Task.FromResult(Subject);

    public Task<IReadOnlyList<OciDescriptor>> ListReferrersAsync(Digest subject, CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyList<OciDescriptor>>([.. _referrers.Where(pair => pair.Subject.Digest == subject).Select(pair => pair.Referrer).OrderBy(one => one.Digest)]);

    public Task<OciDescriptor?> FindTagAsync(string tag, CancellationToken cancellationToken) => Task.FromResult(_tags.GetValueOrDefault(tag));

    public Task<byte[]> ReadAsync(OciDescriptor descriptor, int limit, CancellationToken cancellationToken)
        => descriptor.Size > limit ? throw new ImageLimitExceededException(descriptor.Digest.ToString(), "it is too large")
            : Task.FromResult(_blobs.TryGetValue(descriptor.Digest, out byte[]? bytes) ? bytes : throw new ImageBlobCorruptException(descriptor.Digest.ToString(), "it is missing"));

    public Task<OciDescriptor> WriteAsync(BuiltArtifact artifact, CancellationToken cancellationToken)
    {
        foreach (BuiltDocument document in artifact.Blobs.Append(artifact.Manifest))
        {
            _blobs[document.Digest] = document.Bytes;
        }

        OciDescriptor written = artifact.Manifest.Descriptor with { ArtifactType = artifact.ArtifactType, Annotations = artifact.Annotations };
        if (artifact.Subject is { } subject && !_referrers.Any(pair => pair.Referrer.Digest == written.Digest))
        {
            _referrers.Add((subject, written));
        }

        if (artifact.Tag.Length > 0)
        {
            _tags[artifact.Tag] = written;
        }

        return Task.FromResult(written);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
