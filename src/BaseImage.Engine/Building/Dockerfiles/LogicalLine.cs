using System.Text;

namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>An instruction's lines joined as the builder joins them, with the way back to the file for every character.</summary>
internal sealed class LogicalLine
{
    private readonly StringBuilder _joined = new();
    private readonly List<int> _starts = [];
    private readonly List<int> _offsets = [];
    private string? _text;

    /// <summary>The joined text, one character a byte.</summary>
    public string Text => _text ??= _joined.ToString();

    /// <summary>Adds a piece of a line.</summary>
    /// <param name="piece">Its text.</param>
    /// <param name="offset">Where it lies in the file.</param>
    public void Add(ReadOnlySpan<char> piece, int offset)
    {
        _starts.Add(_joined.Length);
        _offsets.Add(offset);
        _joined.Append(piece);
        _text = null;
    }

    /// <summary>Where a character of the joined text lies in the file.</summary>
    public int OffsetOf(int index)
    {
        int piece = _starts.BinarySearch(index);
        if (piece < 0)
        {
            piece = Math.Max(~piece - 1, 0);
        }

        // Empty pieces share their start with the next; the last of them holds the character.
        while (piece + 1 < _starts.Count && _starts[piece + 1] <= index)
        {
            piece++;
        }

        return _starts.Count == 0 ? 0 : _offsets[piece] + (index - _starts[piece]);
    }

    /// <summary>The stretch of the file that a stretch of the joined text comes from, continuations between its ends included.</summary>
    public SourceSpan SpanOf(int start, int end)
    {
        int from = OffsetOf(start);
        return end <= start ? new SourceSpan(from, 0) : SourceSpan.Between(from, OffsetOf(end - 1) + 1);
    }
}
