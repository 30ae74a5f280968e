using BaseImage.Engine.Inspection.Elf;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Reads ELF files as they pass.</summary>
internal sealed class ElfPart : IContentPart, IDisposable
{
    private ElfCapture? _capture;

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        Dispose();
        _capture = ElfHeaders.IsElf(head) ? new ElfCapture(entry.Size) : null;
        return _capture is not null;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _capture!.Write(bytes);

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts)
    {
        ElfFacts? elf = _capture!.Complete();
        Dispose();
        return facts with { Elf = elf };
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _capture?.Dispose();
        _capture = null;
    }
}
