using BaseImage.Engine.Images;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection;

/// <summary>What one platform of an image holds.</summary>
internal sealed class InspectedImage
{
    private readonly Lazy<PackageDatabase> _database;
    private readonly Lazy<IReadOnlyList<ImageFile>> _files;

    /// <summary>Puts it together.</summary>
    internal InspectedImage(string reference, string name, SourceManifest manifest, Digest digest, MergedFileSystem merged)
    {
        (Reference, Name, Manifest, Digest, Merged) = (reference, name, manifest, digest, merged);
        _database = new Lazy<PackageDatabase>(() => new PackageDatabase(merged, reference, manifest.Platform));
        _files = new Lazy<IReadOnlyList<ImageFile>>(() => [.. merged.Files().Select(Describe).OrderBy(file => file.Path, StringComparer.Ordinal)]);
    }

    /// <summary>The image, pinned.</summary>
    internal string Reference { get; }

    /// <summary>What a person calls it.</summary>
    internal string Name { get; }

    /// <summary>Manifest, config and layers.</summary>
    internal SourceManifest Manifest { get; }

    /// <summary>The manifest's digest, or the ImageId.</summary>
    internal Digest Digest { get; }

    /// <summary>The platform.</summary>
    internal Platform Platform => Manifest.Platform;

    /// <summary>The merged file system.</summary>
    internal MergedFileSystem Merged { get; }

    /// <summary>Every file but the root, in ordinal order of paths.</summary>
    internal IReadOnlyList<ImageFile> Files => _files.Value;

    /// <summary>Its packages, in ordinal order of names, then architectures.</summary>
    internal IReadOnlyList<ImagePackage> Packages => _database.Value.Packages;

    /// <summary>Which package ships which file.</summary>
    internal PackageDatabase Database => _database.Value;

    /// <summary>The kept content of the file that an absolute path leads to; null where there is none or it was not kept.</summary>
    internal ReadOnlyMemory<byte>? ReadContent(string path) => Merged.Resolve(LayerPath.FromUtf8(path))?.Content;

    private ImageFile Describe(MergedFile file) => Describe(file, _database.Value.OwnerOf(file)) with { Image = Reference, Platform = Platform };

    /// <summary>A file of whichever image has it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="package">The package that ships it; empty for none.</param>
    internal static ImageFile Describe(MergedFile file, string package)
    {
        LayerEntry entry = file.Entry;
        return new ImageFile
        {
            Path = file.ToString(),
            Kind = file.LinkedTo is null ? entry.Kind : ImageFileKind.HardLink,
            Mode = entry.Mode,
            Uid = entry.Uid,
            Gid = entry.Gid,
            Size = entry.Size,
            LinkTarget = file.LinkedTo is { } target ? "/" + target : entry.Kind is ImageFileKind.SymbolicLink ? entry.LinkTargetText : null,
            ModifiedTime = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(entry.ModifiedTime, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds())),
            Digest = file.Digest,
            Capabilities = entry.Xattrs.TryGetValue(FileCapabilities.Attribute, out ReadOnlyMemory<byte> value) ? FileCapabilities.Format(value.Span) : "",
            ExtendedAttributes = [.. entry.Xattrs.Keys],
            Package = package,
            Layer = file.Layer,
        };
    }
}
