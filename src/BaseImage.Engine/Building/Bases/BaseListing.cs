using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building.Bases;

/// <summary>
/// The file system of an image that is built on, as a listing that is laid below the packages: what is in it need not be
/// made again, and its links say where paths lead.
/// </summary>
internal static class BaseListing
{
    private static readonly PathGlob[] Kept = new[] { "/etc/passwd", "/etc/group", "/etc/shadow", "/etc/ssl/certs/ca-certificates.crt" }.Select(PathGlob.Parse).ToArray();

    /// <summary>True of the files whose content is needed to add to them.</summary>
    internal static bool IsKept(LayerEntry entry)
        => entry.Kind == ImageFileKind.File && (KeptContent.Includes(entry) || Kept.Any(pattern => pattern.IsMatch(entry.Path)));

    /// <summary>Makes the listing. Directories that no layer describes are in it too: an engine makes them.</summary>
    internal static PackageListing Of(MergedFileSystem files, Digest manifest) => new()
    {
        Package = manifest,
        Control = [],
        Entries = [.. files.Files().Select(file => new ListedEntry(file.Entry with { Path = file.Path }, file.Digest, 0, -1, IsKept(file.Entry with { Path = file.Path }) ? file.Content?.ToArray() : null))],
    };
}
