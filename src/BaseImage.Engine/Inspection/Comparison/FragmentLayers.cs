using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>
/// Two images that Build-BaseImage made, with the fragments alone that they do not share: those that both have hold the
/// same entries, so only their digests are checked and they are not unpacked. What is left is compared as two images are.
/// </summary>
internal static class FragmentLayers
{
    /// <summary>The two images of what they do not share; false where one of them was made by others, or lies in places without descriptors.</summary>
    internal static bool TryReduce(ComparedSide left, ComparedSide right, [NotNullWhen(true)] out (ComparedSide Left, ComparedSide Right)? reduced)
    {
        reduced = null;
        if (Of(left) is not { } a || Of(right) is not { } b)
        {
            return false;
        }

        HashSet<Digest> shared = [.. a.Select(part => part.Digest).Intersect(b.Select(part => part.Digest))];
        if (shared.Count == 0)
        {
            return false;
        }

        reduced = (Reduce(left, a, shared), Reduce(right, b, shared));
        return true;
    }

    private static IReadOnlyList<LayerFragment>? Of(ComparedSide side)
        => side.Manifest.Layers is [{ Descriptor: var descriptor }] && descriptor.Annotations.TryGetValue(LayerFragments.Annotation, out string? annotation)
            && LayerFragments.TryParse(annotation, out IReadOnlyList<LayerFragment>? fragments) && fragments.Sum(part => part.Size) == descriptor.Size
            && fragments.Select(part => part.Digest).Distinct().Count() == fragments.Count ? fragments : null;

    private static ComparedSide Reduce(ComparedSide side, IReadOnlyList<LayerFragment> fragments, IReadOnlySet<Digest> shared)
    {
        SourceLayer layer = side.Manifest.Layers[0];
        SourceLayer part = layer with
        {
            OpenTarAsync = async token => new PartialTar(await layer.OpenBlobAsync(token).ConfigureAwait(false), side.LayerName(0), fragments, shared),
        };
        return new ComparedSide(side.Image, side.Manifest with { Layers = [part] });
    }

    /// <summary>The tar of some fragments, one after the other; every fragment's digest is checked, and at the end the blob's.</summary>
    private sealed class PartialTar(Stream blob, string name, IReadOnlyList<LayerFragment> fragments, IReadOnlySet<Digest> left) : ReadOnlyForwardStream
    {
        private readonly byte[] _buffer = new byte[128 * 1024];
        private HashedPiece? _piece;
        private Stream? _tar;
        private int _next;

        public override int Read(Span<byte> buffer)
        {
            while (!buffer.IsEmpty)
            {
                if (_tar?.Read(buffer) is > 0 and var read)
                {
                    return read;
                }

                Finish();
                if (_next == fragments.Count)
                {
                    // The stream's own check stands behind its last byte.
                    blob.CopyTo(Null);
                    return 0;
                }

                LayerFragment fragment = fragments[_next++];
                _piece = new HashedPiece(blob, fragment);
                _tar = left.Contains(fragment.Digest) ? null : Codecs.OpenDecompressed(_piece, $"{name}, fragment '{fragment.Name}'", DecompressionLimits.Layer);
            }

            return 0;
        }

        protected override void Dispose(bool disposing)
        {
            _tar?.Dispose();
            _piece?.Dispose();
            blob.Dispose();
            base.Dispose(disposing);
        }

        private void Finish()
        {
            if (_piece is null)
            {
                return;
            }

            while (_piece.Read(_buffer) > 0)
            {
            }

            _tar?.Dispose();
            _piece.Dispose();
            if (!_piece.IsWhole)
            {
                throw new ImageBlobCorruptException(name, "its list of fragments is not of these bytes");
            }

            (_tar, _piece) = (null, null);
        }
    }

    private sealed class HashedPiece(Stream inner, LayerFragment fragment) : ReadOnlyForwardStream
    {
        private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        private long _left = fragment.Size;

        internal bool IsWhole { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            int read = inner.Read(buffer[..(int)Math.Min(buffer.Length, _left)]);
            _left -= read;
            _hash.AppendData(buffer[..read]);
            if (_left == 0 && !IsWhole)
            {
                IsWhole = Digest.FromSha256(_hash.GetHashAndReset()) == fragment.Digest;
            }

            return read;
        }

        protected override void Dispose(bool disposing)
        {
            _hash.Dispose();
            base.Dispose(disposing);
        }
    }
}
