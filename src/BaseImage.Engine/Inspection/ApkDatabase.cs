using System.Globalization;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection;

/// <summary>A package as apk's database describes it, and the files that it ships.</summary>
/// <param name="Package">Name, version and so on.</param>
/// <param name="Files">Path without a leading '/', in bytes, and the checksum as apk writes it (<c>Q1</c> and Base64 of SHA-1); empty for none.</param>
/// <param name="Depends">What it depends on, as written.</param>
/// <param name="Provides">What it provides, as written.</param>
/// <param name="IsBroken">True where apk marked it: its scripts failed, or files of it are missing.</param>
internal sealed record ApkPackage(ImagePackage Package, IReadOnlyList<(ReadOnlyMemory<byte> Path, string Checksum)> Files, string Depends, string Provides, bool IsBroken);

/// <summary>
/// Reads apk's database of installed packages: <c>lib/apk/db/installed</c>, since Alpine 3.23 below <c>usr/lib</c>. A line is a letter,
/// a colon and a value; an empty line ends a package. Files follow the folder (<c>F:</c>) that they lie in, each with its
/// checksum (<c>Z:</c>) behind it. Source: apk-tools 2.14, apk(5) and src/database.c.
/// </summary>
internal static class ApkDatabase
{
    internal const string Path = "lib/apk/db/installed", UsrPath = "usr/lib/apk/db/installed";

    private const int MaxPackages = 200_000;

    /// <summary>The packages, in the database's order.</summary>
    /// <exception cref="ImageDocumentInvalidException">The database is damaged.</exception>
    internal static IReadOnlyList<ApkPackage> Read(ReadOnlyMemory<byte> content, string source, string image, Platform platform)
    {
        List<ApkPackage> packages = [];
        Dictionary<char, string> fields = [];
        List<(ReadOnlyMemory<byte> Path, string Checksum)> files = [];
        ReadOnlyMemory<byte> folder = default;
        int number = 0, first = 1;
        while (!content.IsEmpty)
        {
            int end = content.Span.IndexOf((byte)'\n');
            ReadOnlyMemory<byte> line = end < 0 ? content : content[..end];
            content = end < 0 ? default : content[(end + 1)..];
            number++;
            if (line.IsEmpty)
            {
                Finish();
                first = number + 1;
                continue;
            }

            if (line.Length < 2 || line.Span[1] != ':' || !char.IsAsciiLetter((char)line.Span[0]))
            {
                throw new ImageDocumentInvalidException(source, $"line {number} is no letter, colon and value");
            }

            ReadOnlyMemory<byte> value = line[2..];
            switch ((char)line.Span[0])
            {
                case 'F':
                    folder = value;
                    break;
                case 'R':
                    files.Add((folder.IsEmpty ? value : new ReadOnlyMemory<byte>([.. folder.Span, (byte)'/', .. value.Span]), ""));
                    break;
                case 'Z' when files.Count > 0:
                    files[^1] = (files[^1].Path, Encoding.Latin1.GetString(value.Span));
                    break;
                case var letter when letter is not ('M' or 'a'):
                    fields[letter] = LayerText.Escape(value.Span);
                    break;
            }
        }

        Finish();
        return packages;

        void Finish()
        {
            if (fields.Count == 0 && files.Count == 0)
            {
                return;
            }

            if (packages.Count == MaxPackages)
            {
                throw new ImageLimitExceededException(source, $"more than {MaxPackages} packages are not read");
            }

            packages.Add(new ApkPackage(Describe(fields, source, first, image, platform), [.. files], fields.GetValueOrDefault('D', ""), fields.GetValueOrDefault('p', ""), fields.ContainsKey('f')));
            fields.Clear();
            files.Clear();
            folder = default;
        }
    }

    private static ImagePackage Describe(Dictionary<char, string> fields, string source, int line, string image, Platform platform)
    {
        if (!fields.TryGetValue('P', out string? name) || name.Length == 0)
        {
            throw new ImageDocumentInvalidException(source, $"the package in line {line} has no name");
        }

        string text = fields.GetValueOrDefault('V', "");
        if (!PackageVersion.TryParse(text, PackageEcosystem.Alpine, out PackageVersion? version))
        {
            throw new ImageDocumentInvalidException(source, $"the package '{name}' in line {line} has the version '{text}', which is none");
        }

        return new ImagePackage
        {
            Name = name,
            Version = version,
            Architecture = fields.GetValueOrDefault('A', ""),
            Source = fields.GetValueOrDefault('o', name),
            SourceVersion = version,
            Maintainer = fields.GetValueOrDefault('m', ""),
            License = fields.GetValueOrDefault('L', ""),
            InstalledSize = long.TryParse(fields.GetValueOrDefault('I'), NumberStyles.None, CultureInfo.InvariantCulture, out long bytes) ? bytes : 0,
            Image = image,
            Platform = platform,
        };
    }
}
