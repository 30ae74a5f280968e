namespace BaseImage.Engine.Layers;

/// <summary>Sees a regular file's content as it passes, for instance to look for keys or to read an ELF header.</summary>
internal interface IContentObserver
{
    /// <summary>The next bytes, in order; valid during the call alone.</summary>
    void Write(ReadOnlySpan<byte> bytes);

    /// <summary>The content is complete.</summary>
    void Completed(MergedFile file);
}
