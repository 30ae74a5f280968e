using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building.Synthesis;

/// <summary>
/// The package database in the layout of distroless images, which scanners read: /var/lib/dpkg/status.d/NAME is the
/// control stanza as shipped, NAME.md5sums the digests of the package's files that are in the image. The name has no
/// architecture, so that the second of two Multi-Arch packages of one name gets it after a colon, as dpkg writes it.
/// </summary>
internal static class StatusDirectory
{
    private const string Folder = "var/lib/dpkg/status.d";

    /// <summary>Writes the database.</summary>
    /// <param name="tree">The image, all removals done.</param>
    /// <param name="architectures">Each package's architecture, in the packages' order.</param>
    public static void Write(ImageTree tree, IReadOnlyList<string> architectures)
    {
        HashSet<string> used = new(StringComparer.Ordinal);
        for (int package = 0; package < tree.Packages.Count; package++)
        {
            (string name, PackageListing listing) = tree.Packages[package];
            string file = used.Add(name) ? name : $"{name}:{architectures[package]}";
            tree.AddFile($"{Folder}/{file}", WithNewline(listing.Control));
            if (listing.Md5Sums is { } sums)
            {
                tree.AddFile($"{Folder}/{file}.md5sums", Present(tree, package, sums));
            }
        }
    }

    // Of what was removed, or overridden by another package, a digest would only make a scanner report damage.
    private static byte[] Present(ImageTree tree, int package, byte[] sums)
    {
        using MemoryStream kept = new();
        foreach (Range range in Lines(sums))
        {
            ReadOnlyMemory<byte> line = sums.AsMemory(range);
            // 32 digits, two spaces, path.
            if (line.Length > 34 && LayerPath.TryCreate(line[34..], out LayerPath path) && tree.Find(path) is { } entry && entry.Package == package)
            {
                kept.Write(line.Span);
                kept.WriteByte((byte)'\n');
            }
        }

        return kept.ToArray();
    }

    private static IEnumerable<Range> Lines(byte[] bytes)
    {
        for (int start = 0; start < bytes.Length;)
        {
            int length = bytes.AsSpan(start).IndexOf((byte)'\n');
            int end = length < 0 ? bytes.Length : start + length;
            if (end > start)
            {
                yield return start..end;
            }

            start = end + 1;
        }
    }

    private static byte[] WithNewline(byte[] control)
        => Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(control).TrimEnd('\n') + "\n");
}
