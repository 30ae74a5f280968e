using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace BaseImage.Engine.Images;

/// <summary>A piece of a layer's blob that is compressed by itself and holds whole tar entries.</summary>
/// <param name="Digest">Of the compressed bytes.</param>
/// <param name="Size">Compressed bytes.</param>
/// <param name="RawSize">Bytes of tar.</param>
/// <param name="Name">What it holds: <c>directories</c>, a package's name, or <c>image</c>.</param>
internal sealed record LayerFragment(Digest Digest, long Size, long RawSize, string Name);

/// <summary>
/// The annotation of a layer's descriptor that lists its fragments in their order, a line each: digest, compressed size,
/// raw size, name. Build-BaseImage writes it; nobody has to believe it.
/// </summary>
internal static class LayerFragments
{
    /// <summary>The annotation's name.</summary>
    internal const string Annotation = "io.baseimage.fragments";

    private const int MaxFragments = 20_000;

    /// <summary>The annotation's text.</summary>
    internal static string Format(IEnumerable<LayerFragment> fragments)
        => string.Join('\n', fragments.Select(part => string.Create(CultureInfo.InvariantCulture, $"{part.Digest} {part.Size} {part.RawSize} {part.Name}")));

    /// <summary>Reads an annotation; false where it is none of this module's.</summary>
    internal static bool TryParse(string annotation, [NotNullWhen(true)] out IReadOnlyList<LayerFragment>? fragments)
    {
        fragments = null;
        List<LayerFragment> found = [];
        long total = 0;
        foreach (string line in annotation.Split('\n', MaxFragments + 1))
        {
            string[] fields = line.Split(' ', 4);
            if (found.Count == MaxFragments || fields.Length != 4 || !Digest.TryParse(fields[0], out Digest digest) || !TryNumber(fields[1], out long size) || !TryNumber(fields[2], out long raw) || size > long.MaxValue - total)
            {
                return false;
            }

            total += size;
            found.Add(new LayerFragment(digest, size, raw, fields[3]));
        }

        fragments = found;
        return true;
    }

    private static bool TryNumber(string text, out long value) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
