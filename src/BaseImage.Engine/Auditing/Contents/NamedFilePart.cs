using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Files whose name says that they hold passwords: read whole, judged, and forgotten.</summary>
internal sealed class NamedFilePart : IContentPart, IDisposable
{
    private const int MaximumLength = 1 << 20;

    private readonly MemoryStream _content = new();
    private string _path = "";

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        _content.SetLength(0);
        _path = entry.Size <= MaximumLength ? "/" + entry.Path : "";
        return _path.Length > 0 && NamedFiles.IsWanted(_path);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _content.Write(bytes);

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts)
        => facts with { Secrets = [.. facts.Secrets.Concat(NamedFiles.Judge(_path, _content.GetBuffer().AsMemory(0, (int)_content.Length))).Take(SecretsPart.MaximumHits)] };

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();
}
