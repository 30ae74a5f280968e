using System.Security.Cryptography;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>SHA-256 of every file.</summary>
internal sealed class DigestPart : IContentPart, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head) => true;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts)
    {
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(sum);
        return facts with { Digest = Digest.FromSha256(sum) };
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
