using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>
/// All that a plan needs to know of a package, so that its archive need not be opened again: what it ships, its control
/// data, which scripts it has, and the content of the few files that scripts would have read.
/// </summary>
internal sealed record PackageListing
{
    /// <summary>The SHA-256 of the .deb.</summary>
    public required Digest Package { get; init; }

    /// <summary>The control stanza, as shipped.</summary>
    public required byte[] Control { get; init; }

    /// <summary>The md5sums file, as shipped; null for none.</summary>
    public byte[]? Md5Sums { get; init; }

    /// <summary>The scripts that run when a package is installed, in ordinal order of their names.</summary>
    public IReadOnlyList<PackageScript> Scripts { get; init; } = [];

    /// <summary>One entry a path, in the archive's order; of a path that is there twice, the last.</summary>
    public required IReadOnlyList<ListedEntry> Entries { get; init; }
}

/// <summary>An entry of a package.</summary>
/// <param name="Entry">The entry, its path as shipped.</param>
/// <param name="Content">The SHA-256 of a regular file's content; empty for other kinds.</param>
/// <param name="Offset">Where a regular file's content starts in the uncompressed data archive.</param>
/// <param name="Target">Of a hard link, the index of the regular file it is a name of; else -1.</param>
/// <param name="Kept">The content, of the few files that are needed to do what scripts do; else null.</param>
internal sealed record ListedEntry(LayerEntry Entry, Digest Content, long Offset, int Target, byte[]? Kept);

/// <summary>A maintainer script.</summary>
/// <param name="Name"><c>preinst</c> or <c>postinst</c>.</param>
/// <param name="Text">Its text; bytes that are not UTF-8 are replaced, which only the review sees.</param>
internal sealed record PackageScript(string Name, string Text);
