namespace BaseImage.Engine.Layers;

/// <summary>Entries one after the other, each with its content, from a tar archive, a package or memory.</summary>
internal interface ITarEntries
{
    /// <summary>What errors call it.</summary>
    string SourceName { get; }

    /// <summary>The next entry, or null at the end. What was not read of the last one's content is passed over.</summary>
    LayerEntry? Next();

    /// <summary>The present entry's content: exactly <see cref="LayerEntry.Size"/> bytes, valid until the next call of <see cref="Next"/>.</summary>
    Stream Content { get; }

    /// <summary>What is known of the present entry's content, where it was read before: then <see cref="Content"/> has nothing to give.</summary>
    IFileContent? Known => null;
}
