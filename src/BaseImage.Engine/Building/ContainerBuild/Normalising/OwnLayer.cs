using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>What one or several names of a layer lead to: metadata, and for a file its content.</summary>
internal sealed class OwnBody
{
    /// <summary>Kind, mode, owner, time and attributes; its path is that under which it was met first.</summary>
    public required LayerEntry Entry { get; init; }

    /// <summary>The content, where it is at hand.</summary>
    public byte[]? Content { get; init; }

    /// <summary>Where the content begins among the spooled ones.</summary>
    public long Offset { get; init; }
}

/// <summary>A layer as a table of names: each once, whatever the order and repetition of a tar's entries were.</summary>
internal sealed class OwnLayer
{
    /// <summary>The names.</summary>
    public SortedDictionary<LayerPath, OwnBody> Files { get; } = [];

    /// <summary>While it is read: files that were left out, to which a later name may be a link.</summary>
    public Dictionary<LayerPath, OwnBody> Dropped { get; } = [];

    /// <summary>What was left out, rewritten or emptied.</summary>
    public int Changed { get; set; }

    /// <summary>
    /// Writes the layer's tar: names in the order of their bytes, of several names of one file the first with its content
    /// and the others as links to it.
    /// </summary>
    /// <param name="tar">Where to.</param>
    /// <param name="open">Opens spooled content: where it begins, how much.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public void Write(TarWriter tar, Func<long, long, Stream> open, CancellationToken cancellationToken)
    {
        Dictionary<OwnBody, LayerPath> written = new(ReferenceEqualityComparer.Instance);
        foreach ((LayerPath path, OwnBody body) in Files)
        {
            cancellationToken.ThrowIfCancellationRequested();
            LayerEntry entry = body.Entry with { Path = path };
            if (written.TryGetValue(body, out LayerPath first))
            {
                tar.Write(entry with { Kind = ImageFileKind.HardLink, Size = 0, LinkTarget = first.Bytes, Xattrs = LayerEntry.NoXattrs, DeviceMajor = 0, DeviceMinor = 0 });
                continue;
            }

            written.Add(body, path);
            if (entry.Kind is not ImageFileKind.File)
            {
                tar.Write(entry);
            }
            else if (body.Content is { } content)
            {
                tar.Write(entry, content);
            }
            else
            {
                using Stream stored = open(body.Offset, entry.Size);
                tar.Write(entry, stored);
            }
        }

        tar.WriteEnd();
    }
}
