using System.Security.Cryptography;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>MD5 of every file. Not a matter of trust: it is what dpkg's lists of files hold (deb-md5sums(5)).</summary>
internal sealed class Md5Part : IContentPart, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head) => true;

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _hash.AppendData(bytes);

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts)
    {
        Span<byte> sum = stackalloc byte[MD5.HashSizeInBytes];
        _hash.GetHashAndReset(sum);
        return facts with { Md5 = new Md5Sum(sum) };
    }

    /// <inheritdoc/>
    public void Dispose() => _hash.Dispose();
}
