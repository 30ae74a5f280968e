using BaseImage.Engine.Inspection.Elf;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>Reads ELF files as they pass.</summary>
internal sealed class ElfPart : IContentPart
{
    private readonly ElfCapture.Head _head = new();
    private readonly SharedTexts _texts = new();
    private ElfCapture? _capture;

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        _capture = ElfHeaders.IsElf(head) ? new ElfCapture(entry.Size, _head) : null;
        return _capture is not null;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _capture!.Write(bytes);

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts)
    {
        ElfFacts? elf = _capture!.Complete();
        _capture = null;
        return facts with { Elf = elf is null ? null : _texts.Of(elf) };
    }
}
