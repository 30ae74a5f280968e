using BaseImage.Engine.Inspection.Licences;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection.Languages;

/// <summary>
/// Finds packages of Node, Python and .NET by the files that their installers leave: <c>node_modules/NAME/package.json</c>,
/// <c>NAME.dist-info/METADATA</c> and <c>NAME.egg-info</c>, <c>NAME.deps.json</c>, <c>NAME.nuspec</c> and what is in a
/// <c>.nupkg</c>. Only files of the merged file system count, so that what a later layer took away is not listed. A file that
/// cannot be read is a remark, and its package is listed under the name that its place gives it.
/// </summary>
internal static class LanguageFiles
{
    private const int MaximumPackages = 200_000, MaximumRemarks = 200;

    /// <summary>True of files whose content is to be kept.</summary>
    internal static bool IsWanted(LayerEntry entry) => entry.Kind == ImageFileKind.File && (KindOf(entry.Path) is not Kind.None || entry.Path.Span.EndsWith(".dist-info/RECORD"u8));

    /// <summary>Reads what was kept.</summary>
    /// <param name="files">The merged file system.</param>
    /// <param name="image">The image, pinned.</param>
    /// <param name="platform">Its platform.</param>
    /// <param name="archives">The manifests of packed packages (.nupkg), by what holds their bytes; null for none.</param>
    /// <exception cref="ImageLimitExceededException">There are more packages than are read.</exception>
    internal static LanguageFindings Read(MergedFileSystem files, string image, Platform platform, IReadOnlyDictionary<MergedFileBody, ReadOnlyMemory<byte>>? archives = null)
    {
        Dictionary<(string, string, LayerPath), LanguagePackage> found = [];
        List<string> remarks = [];
        foreach (MergedFile file in files.Files())
        {
            if (file.Entry.Kind != ImageFileKind.File)
            {
                continue;
            }

            Kind kind = KindOf(file.Path);
            ReadOnlyMemory<byte>? content = file.Content;
            if (archives is not null && archives.TryGetValue(file.Body, out ReadOnlyMemory<byte> manifest))
            {
                (kind, content) = (Kind.Nuspec, manifest);
            }

            if (kind == Kind.None)
            {
                continue;
            }

            PackageReadingContext context = new(files, file, content, image, platform, remark =>
            {
                if (remarks.Count < MaximumRemarks)
                {
                    remarks.Add(remark);
                }
                else if (remarks.Count == MaximumRemarks)
                {
                    remarks.Add("More files of packages could not be read.");
                }
            });
            foreach (LanguagePackage package in ReadOne(kind, context))
            {
                // One package may be said twice in one place: by a program's list and by its own manifest.
                found.TryAdd((package.Key, package.Package.Version.ToString(), package.Root), package);
                if (found.Count > MaximumPackages)
                {
                    throw new ImageLimitExceededException(image, $"more than {MaximumPackages} packages of Node, Python and .NET are not read");
                }
            }
        }

        return new LanguageFindings(
            [.. found.Values.OrderBy(p => p.Package.Name, StringComparer.Ordinal).ThenBy(p => p.Package.Version.ToString(), StringComparer.Ordinal).ThenBy(p => p.Package.Ecosystem).ThenBy(p => p.File.Path)],
            remarks);
    }

    private static IEnumerable<LanguagePackage> ReadOne(Kind kind, PackageReadingContext context) => kind switch
    {
        Kind.Node => NodePackages.Read(context),
        Kind.Python => PythonPackages.Read(context),
        Kind.Deps => DotNetPackages.ReadDeps(context),
        _ => DotNetPackages.ReadNuspec(context),
    };

    private static Kind KindOf(LayerPath path)
    {
        ReadOnlySpan<byte> bytes = path.Span;
        return bytes.EndsWith("/package.json"u8) ? NodePackages.IsManifest(path) ? Kind.Node : Kind.None
            : bytes.EndsWith(".dist-info/METADATA"u8) || bytes.EndsWith(".egg-info/PKG-INFO"u8) || bytes.EndsWith(".egg-info"u8) ? Kind.Python
            : bytes.EndsWith(".deps.json"u8) ? Kind.Deps
            : bytes.EndsWith(".nuspec"u8) ? Kind.Nuspec
            : Kind.None;
    }

    private enum Kind
    {
        None,
        Node,
        Python,
        Deps,
        Nuspec,
    }
}

/// <summary>A file that says what packages there are, and where its reader tells what it could not read.</summary>
internal sealed record PackageReadingContext(MergedFileSystem Files, MergedFile File, ReadOnlyMemory<byte>? Content, string Image, Platform Platform, Action<string> Remark)
{
    /// <summary>The file's name in errors and places.</summary>
    internal string Path { get; } = File.ToString();

    /// <summary>Tells that the file was not read, and why.</summary>
    internal void Unread(string why) => Remark($"'{Path}' was not read: {PackageText.Line(why).TrimEnd('.')}.");

    /// <summary>Tells that it is no JSON.</summary>
    internal void Unread(JsonInvalidException exception) => Unread($"line {exception.Line}, column {exception.Column}: {exception.Problem}");

    /// <summary>A package that this file says.</summary>
    internal ImagePackage Package(string name, PackageVersion version, string maintainer = "", LicenceClaim? licence = null) => new()
    {
        Name = name,
        Version = version,
        Source = name,
        Maintainer = PackageText.Line(maintainer),
        License = licence?.Expression ?? "",
        Location = Path,
        Image = Image,
        Platform = Platform,
    };
}
