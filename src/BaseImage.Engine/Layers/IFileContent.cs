namespace BaseImage.Engine.Layers;

/// <summary>What is known of a regular file's content that was read before.</summary>
internal interface IFileContent
{
    /// <summary>The content's SHA-256.</summary>
    Digest Digest { get; }

    /// <summary>The content, where it was kept.</summary>
    ReadOnlyMemory<byte>? Content { get; }
}
