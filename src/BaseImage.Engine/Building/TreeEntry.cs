using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>A file of the image to be: what the layer says of it, and where its content comes from.</summary>
/// <param name="Entry">The entry as the layer will have it, but for hard links, which are settled when a fragment is written.</param>
/// <param name="Content">The SHA-256 of a regular file's content; empty for other kinds.</param>
/// <param name="Source">Where a regular file's content comes from; null for other kinds.</param>
internal sealed record TreeEntry(LayerEntry Entry, Digest Content, ContentSource? Source)
{
    /// <summary>The package that ships it, as an index into the plan's packages; -1 for none.</summary>
    public int Package { get; init; } = -1;

    /// <summary>The regular file of the package that this is a name of, as an index into its listing; -1 for what no package ships.</summary>
    public int Listed { get; init; } = -1;
}

/// <summary>Where a file's content comes from.</summary>
internal abstract record ContentSource;

/// <summary>A package's archive.</summary>
/// <param name="Package">An index into the plan's packages.</param>
/// <param name="Listed">An index into its listing.</param>
internal sealed record PackagedContent(int Package, int Listed) : ContentSource;

/// <summary>Memory.</summary>
internal sealed record MadeContent(byte[] Bytes) : ContentSource;

/// <summary>A file beside the definition.</summary>
internal sealed record DiskContent(string Path) : ContentSource;
