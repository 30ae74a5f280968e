using System.Text;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;

namespace BaseImage.Engine.Optimising;

/// <summary>
/// The databases of packages, so that scanners see what is left and nothing else: dpkg's in the layout of distroless images
/// (a stanza a file in status.d, with the digests of its files that are there as they were shipped), apk's as it is without
/// what went.
/// </summary>
internal static class PackageRecords
{
    // dpkg's own bookkeeping, which means nothing without it.
    private static readonly string[] Bookkeeping = ["Status", "Conffiles", "Config-Version", "Triggers-Awaited", "Triggers-Pending"];

    /// <summary>Files, by path without a leading slash.</summary>
    /// <param name="image">The image as it was read.</param>
    /// <param name="packages">The packages that are left.</param>
    /// <param name="there">Paths of what is left.</param>
    /// <param name="whole">Those of them that were not changed.</param>
    public static IEnumerable<(string Path, byte[] Content)> Make(InspectedImage image, IReadOnlySet<string> packages, IReadOnlySet<string> there, IReadOnlySet<string> whole)
    {
        foreach ((string name, ControlParagraph stanza, ReadOnlyMemory<byte>? sums) in Dpkg(image).Where(record => packages.Contains(record.Stanza["Package"]!)))
        {
            yield return (PackageDatabase.DpkgStatusFolder + name, Without(stanza));
            yield return (PackageDatabase.DpkgStatusFolder + name + ".md5sums", sums is { } lines ? Present(image, lines, whole) : []);
        }

        foreach (string path in (string[])[ApkDatabase.Path, ApkDatabase.UsrPath])
        {
            if (image.Merged.Find(LayerPath.FromUtf8(path))?.Content is { } database)
            {
                yield return (path, Apk(image, database, packages, there));
            }
        }
    }

    private static IEnumerable<(string Name, ControlParagraph Stanza, ReadOnlyMemory<byte>? Sums)> Dpkg(InspectedImage image)
    {
        HashSet<string> used = new(StringComparer.Ordinal);
        if (image.ReadContent("/" + PackageDatabase.DpkgStatus) is { } status)
        {
            foreach (ControlParagraph stanza in Deb822Reader.ReadAll(status, "/" + PackageDatabase.DpkgStatus).Where(stanza => stanza["Package"] is not null && PackageDatabase.IsInstalled(stanza)))
            {
                string name = stanza["Package"]!, architecture = stanza["Architecture"] ?? "";
                ReadOnlyMemory<byte>? sums = image.ReadContent($"/{PackageDatabase.DpkgInfo}{name}:{architecture}.md5sums") ?? image.ReadContent($"/{PackageDatabase.DpkgInfo}{name}.md5sums");
                yield return (used.Add(name) ? name : $"{name}:{architecture}", stanza, sums);
            }
        }

        foreach (MergedFile file in image.Merged.Resolve(LayerPath.FromUtf8(PackageDatabase.DpkgStatusFolder))?.Children ?? [])
        {
            string name = file.Path.Name.ToString();
            if (file.Content is { } content && !name.EndsWith(".md5sums", StringComparison.Ordinal) && used.Add(name)
                && Deb822Reader.ReadAll(content, file.ToString()).FirstOrDefault(stanza => stanza["Package"] is not null) is { } stanza)
            {
                yield return (name, stanza, image.ReadContent($"{file}.md5sums"));
            }
        }
    }

    private static byte[] Without(ControlParagraph stanza)
    {
        StringBuilder text = new();
        bool isWanted = true;
        foreach (string line in Encoding.Latin1.GetString(stanza.Raw.Span).Split('\n').Where(line => line.Length > 0))
        {
            isWanted = line[0] is ' ' or '\t' ? isWanted : !Array.Exists(Bookkeeping, field => line.StartsWith(field + ":", StringComparison.OrdinalIgnoreCase));
            if (isWanted)
            {
                text.Append(line).Append('\n');
            }
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    // 32 digits, two spaces, path. Of what was changed a digest would only make a scanner report damage.
    private static byte[] Present(InspectedImage image, ReadOnlyMemory<byte> sums, IReadOnlySet<string> whole)
        => Lines(sums, line => line.Length > 34 && LayerPath.TryCreate(Encoding.Latin1.GetBytes(line[34..]), out LayerPath path)
            && image.Merged.Resolve(path, followLast: false) is { } file && whole.Contains(file.ToString()));

    private static byte[] Lines(ReadOnlyMemory<byte> content, Func<string, bool> isWanted)
    {
        StringBuilder text = new();
        foreach (string line in Encoding.Latin1.GetString(content.Span).Split('\n').Where(line => line.Length > 0 && isWanted(line)))
        {
            text.Append(line).Append('\n');
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }

    // F: is a folder, R: a file in it, a: and Z: belong to the file before; an empty line ends a package.
    private static byte[] Apk(InspectedImage image, ReadOnlyMemory<byte> database, IReadOnlySet<string> packages, IReadOnlySet<string> there)
    {
        StringBuilder text = new();
        foreach (string block in Encoding.Latin1.GetString(database.Span).Split("\n\n", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] lines = block.Split('\n', StringSplitOptions.RemoveEmptyEntries);
            string name = lines.FirstOrDefault(line => line.StartsWith("P:", StringComparison.Ordinal))?[2..] ?? "";
            bool hasFiles = Array.Exists(lines, line => line.StartsWith("R:", StringComparison.Ordinal));
            if (hasFiles && !packages.Contains(name))
            {
                continue;
            }

            string folder = "";
            bool isThere = true;
            foreach (string line in lines)
            {
                if (line.StartsWith("F:", StringComparison.Ordinal))
                {
                    (folder, isThere) = (line[2..], true);
                }
                else if (line.StartsWith("R:", StringComparison.Ordinal))
                {
                    isThere = LayerPath.TryCreate(Encoding.Latin1.GetBytes($"{folder}/{line[2..]}"), out LayerPath path) && image.Merged.Resolve(path, followLast: false) is { } file && there.Contains(file.ToString());
                }

                if (isThere)
                {
                    text.Append(line).Append('\n');
                }
            }

            text.Append('\n');
        }

        return Encoding.Latin1.GetBytes(text.ToString());
    }
}
