using System.Security.Cryptography;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>SHA-256 of every file.</summary>
internal sealed class DigestPart : ContentPart
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);

    /// <inheritdoc/>
    public override bool Begin(LayerEntry entry, ReadOnlySpan<byte> head) => true;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <inheritdoc/>
    public override ContentFacts Complete(ContentFacts facts)
    {
        Span<byte> sum = stackalloc byte[SHA256.HashSizeInBytes];
        _hash.GetHashAndReset(sum);
        return facts with { Digest = Digest.FromSha256(sum) };
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing) => _hash.Dispose();
}
