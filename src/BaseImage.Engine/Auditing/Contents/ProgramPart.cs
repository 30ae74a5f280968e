using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>What sort of program a file is, by its first bytes and by what well-known programs say of themselves in their own usage texts.</summary>
internal sealed class ProgramPart : IContentPart
{
    private const int Overlap = 64;

    private readonly byte[] _seam = new byte[2 * Overlap];
    private int _held;
    private ProgramKind _kind;

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        _held = 0;
        _kind = head.StartsWith("\x7f"u8) && head[1..].StartsWith("ELF"u8) ? ProgramKind.Elf : head.StartsWith("#!"u8) ? ProgramKind.Script : ProgramKind.None;
        return _kind != ProgramKind.None;
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (_kind == ProgramKind.Script)
        {
            return;
        }

        // A text may lie across two pieces: the end of the one and the start of the next are looked at together.
        ReadOnlySpan<byte> start = bytes[..Math.Min(bytes.Length, Overlap)];
        start.CopyTo(_seam.AsSpan(_held));
        Look(_seam.AsSpan(0, _held + start.Length));
        Look(bytes);
        if (bytes.Length >= Overlap)
        {
            bytes[^Overlap..].CopyTo(_seam);
            _held = Overlap;
            return;
        }

        int all = _held + bytes.Length, kept = Math.Min(all, Overlap);
        _seam.AsSpan(all - kept, kept).CopyTo(_seam);
        _held = kept;
    }

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts) => facts with { Program = _kind };

    private void Look(ReadOnlySpan<byte> bytes)
    {
        if (_kind == ProgramKind.MultiCall)
        {
            return;
        }

        if (bytes.IndexOf("BusyBox is a multi-call binary"u8) >= 0 || bytes.IndexOf("toybox [--long"u8) >= 0)
        {
            _kind = ProgramKind.MultiCall;
        }
        else if (_kind == ProgramKind.Elf && bytes.IndexOf("GNU bash, version"u8) >= 0)
        {
            _kind = ProgramKind.Shell;
        }
    }
}
