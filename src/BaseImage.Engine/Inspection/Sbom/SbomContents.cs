using BaseImage.Engine.Inspection.Licences;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>
/// All that a bill of materials says of one platform of an image. Nothing in it depends on where the image lies or on when
/// or by whom it is looked at; every list is in a fixed order.
/// </summary>
internal sealed record SbomContents
{
    /// <summary>What the document calls the image.</summary>
    internal required string Name { get; init; }

    /// <summary>The manifest's digest, or the ImageId where an engine knows none.</summary>
    internal required Digest Digest { get; init; }

    /// <summary>True where the digest is of a manifest, by which a registry knows the image.</summary>
    internal required bool HasManifest { get; init; }

    /// <summary>The platform.</summary>
    internal required Platform Platform { get; init; }

    /// <summary>When the image says it was made; else SOURCE_DATE_EPOCH, else 1970.</summary>
    internal required DateTimeOffset Created { get; init; }

    /// <summary>The distribution.</summary>
    internal required Distribution Distribution { get; init; }

    /// <summary>The layers, lowest first.</summary>
    internal required IReadOnlyList<ImageLayer> Layers { get; init; }

    /// <summary>Who gives the image out (label or annotation <c>org.opencontainers.image.vendor</c>); empty for unknown.</summary>
    internal string Vendor { get; init; } = "";

    /// <summary>The image that it was made on top of, by name; empty for unknown.</summary>
    internal string BaseName { get; init; } = "";

    /// <summary>That image's digest; empty for unknown.</summary>
    internal Digest BaseDigest { get; init; }

    /// <summary>The packages, in ordinal order of their package-urls, then of places.</summary>
    internal required IReadOnlyList<SbomPackage> Packages { get; init; }

    /// <summary>The files of no package, in ordinal order of paths: synthesised, copied, or left behind.</summary>
    internal required IReadOnlyList<SbomFile> Files { get; init; }

    /// <summary>True where files are listed at all.</summary>
    internal required bool ListsFiles { get; init; }

    /// <summary>What could not be read, a sentence each.</summary>
    internal required IReadOnlyList<string> Remarks { get; init; }
}

/// <summary>A package in a bill of materials.</summary>
internal sealed class SbomPackage
{
    /// <summary>Name, version and so on.</summary>
    internal required ImagePackage Package { get; init; }

    /// <summary>Letters, digits, dots and hyphens that no other package of the document has; the same in every document of the image.</summary>
    internal required string Id { get; init; }

    /// <summary>What it declares its licence to be.</summary>
    internal LicenceClaim Licence { get; init; } = LicenceClaim.None;

    /// <summary>Where its home is; empty for unknown.</summary>
    internal string Homepage { get; init; } = "";

    /// <summary>What it is, in a line; empty for unknown.</summary>
    internal string Summary { get; init; } = "";

    /// <summary>Where its archive lies below its archive's root, by the lock; empty for unknown.</summary>
    internal string ArchivePath { get; init; } = "";

    /// <summary>SHA-256 of its archive, by the lock; SHA-512 of NuGet's; as SPDX names algorithms.</summary>
    internal IReadOnlyList<(string Algorithm, string Hex)> Checksums { get; init; } = [];

    /// <summary>Its files, in ordinal order of paths.</summary>
    internal List<SbomFile> Files { get; } = [];

    /// <summary>What it depends on and the image has, in ordinal order of ids.</summary>
    internal SortedDictionary<string, SbomPackage> DependsOn { get; } = new(StringComparer.Ordinal);

    /// <summary>The package whose files say that it is there; null for none, which makes it the image's own.</summary>
    internal SbomPackage? Within { get; set; }

    /// <summary>True of packages that a database of the system lists.</summary>
    internal bool IsSystem => Package.Ecosystem is PackageEcosystem.Debian or PackageEcosystem.Alpine;

    /// <summary>The version; empty where no file says it.</summary>
    internal string Version => Package.Version.ToString() is var text && text == Languages.LanguagePackage.UnknownVersion ? "" : text;
}

/// <summary>A regular file in a bill of materials.</summary>
/// <param name="Path">Absolute; bytes that are not text as <c>\xNN</c>.</param>
/// <param name="Id">Hexadecimal digits that come from the path's bytes.</param>
/// <param name="Sha256">Hexadecimal digits.</param>
/// <param name="Sha1">Hexadecimal digits.</param>
internal sealed record SbomFile(string Path, string Id, string Sha256, string Sha1)
{
    /// <summary>Of one file.</summary>
    internal static SbomFile Of(MergedFile file, string sha1) => new(file.ToString(), Digest.Of(file.Path.Span).Hex[..32], file.Digest.Hex, sha1);
}
