using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// One of the things that look at a file's content as it passes. One object serves all files of a layer, one after the
/// other. It keeps a bounded part of the content, never all of a large file.
/// </summary>
internal interface IContentPart
{
    /// <summary>The least that <see cref="Begin"/> is shown of a file that is not shorter.</summary>
    const int HeadLength = 8 * 1024;

    /// <summary>A file begins.</summary>
    /// <param name="entry">Its entry in the layer.</param>
    /// <param name="head">Its first bytes: all of them, or at least <see cref="HeadLength"/>. They come again with <see cref="Write"/>.</param>
    /// <returns>False where the file is of no interest: then neither <see cref="Write"/> nor <see cref="Complete"/> is called.</returns>
    bool Begin(LayerEntry entry, ReadOnlySpan<byte> head);

    /// <summary>The next bytes, in order; valid during the call alone.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>The file is complete.</summary>
    /// <param name="facts">What the parts before this one have found.</param>
    /// <returns>The same, with what this part has found.</returns>
    ContentFacts Complete(ContentFacts facts);
}
