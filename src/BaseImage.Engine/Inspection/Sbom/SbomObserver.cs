using System.IO.Compression;
using System.Security.Cryptography;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>
/// Sees every file's content as it passes: SHA-1, which SPDX wants of each file, and the manifest inside a NuGet package.
/// Memory grows by 20 bytes a file, and by what is kept of packages, which is bounded.
/// </summary>
internal sealed class SbomObserver(bool sums)
{
    private const int MaximumArchive = 32 << 20, MaximumManifest = 1 << 20;
    private const long MaximumManifests = 64L << 20;

    private readonly Dictionary<MergedFileBody, byte[]> _sums = [];
    private readonly Dictionary<MergedFileBody, ReadOnlyMemory<byte>> _manifests = [];
    private long _kept;

    /// <summary>The manifests of NuGet packages, by what holds their bytes.</summary>
    internal IReadOnlyDictionary<MergedFileBody, ReadOnlyMemory<byte>> Manifests => _manifests;

    /// <summary>A file's SHA-1 in hexadecimal digits; empty where nobody asked for it.</summary>
    internal string Sha1(MergedFile file) => _sums.TryGetValue(file.Body, out byte[]? sum) ? Convert.ToHexString(sum).ToLowerInvariant() : "";

    /// <summary>What looks at a file; null for nothing.</summary>
    internal IContentObserver? Observe(LayerEntry entry)
    {
        bool packed = entry.Path.Span.EndsWith(".nupkg"u8) && entry.Size is > 0 and <= MaximumArchive;
        return sums || packed ? new Observer(this, sums, packed) : null;
    }

    private void Manifest(MergedFile file, MemoryStream content)
    {
        content.Position = 0;
        try
        {
            using ZipArchive archive = new(content, ZipArchiveMode.Read);
            ZipArchiveEntry? entry = archive.Entries.FirstOrDefault(e => e.FullName.EndsWith(".nuspec", StringComparison.OrdinalIgnoreCase) && !e.FullName.Contains('/', StringComparison.Ordinal));
            if (entry is null)
            {
                return;
            }

            // The size in the archive is only what it claims.
            using Stream stream = entry.Open();
            byte[] bytes = new byte[MaximumManifest];
            int length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            if (length < bytes.Length && _kept + length <= MaximumManifests)
            {
                _kept += length;
                _manifests[file.Body] = bytes.AsMemory(0, length).ToArray();
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or NotSupportedException or ArgumentException or IOException)
        {
            // Whatever it is, it is no package: it is listed as the file that it is.
        }
    }

    private sealed class Observer(SbomObserver owner, bool sums, bool packed) : IContentObserver
    {
        private readonly IncrementalHash? _hash = sums ? IncrementalHash.CreateHash(HashAlgorithmName.SHA1) : null;
        private readonly MemoryStream? _content = packed ? new MemoryStream() : null;

        public void Write(ReadOnlySpan<byte> bytes)
        {
            _hash?.AppendData(bytes);
            _content?.Write(bytes);
        }

        public void Completed(MergedFile file)
        {
            if (_hash is not null)
            {
                owner._sums[file.Body] = _hash.GetHashAndReset();
                _hash.Dispose();
            }

            if (_content is not null)
            {
                owner.Manifest(file, _content);
                _content.Dispose();
            }
        }
    }
}
