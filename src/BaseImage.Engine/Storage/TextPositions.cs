namespace BaseImage.Engine.Storage;

/// <summary>Turns byte offsets of a UTF-8 text into lines and columns, quickly even where all of it is one line.</summary>
internal sealed class TextPositions
{
    private const int BlockSize = 1024;
    private readonly byte[] _text;
    private readonly List<int> _lineStarts = [0];
    private readonly int[] _unitsBeforeBlock;

    /// <summary>Reads a text once.</summary>
    public TextPositions(ReadOnlySpan<byte> utf8)
    {
        _text = utf8.ToArray();
        _unitsBeforeBlock = new int[(_text.Length / BlockSize) + 1];
        int units = 0;
        for (int i = 0; i < _text.Length; i++)
        {
            if (i % BlockSize == 0)
            {
                _unitsBeforeBlock[i / BlockSize] = units;
            }

            units += Units(_text[i]);
            if (_text[i] == (byte)'\n')
            {
                _lineStarts.Add(i + 1);
            }
        }

        if (_text.Length % BlockSize == 0)
        {
            _unitsBeforeBlock[^1] = units;
        }
    }

    /// <summary>The line and the column (in UTF-16 units, as editors and PowerShell count), both from 1.</summary>
    public (int Line, int Column) At(int offset)
    {
        offset = Math.Clamp(offset, 0, _text.Length);
        int found = _lineStarts.BinarySearch(offset);
        int line = found >= 0 ? found : ~found - 1;
        return (line + 1, UnitsBefore(offset) - UnitsBefore(_lineStarts[line]) + 1);
    }

    private int UnitsBefore(int offset)
    {
        int block = offset / BlockSize;
        int units = _unitsBeforeBlock[block];
        for (int i = block * BlockSize; i < offset; i++)
        {
            units += Units(_text[i]);
        }

        return units;
    }

    // A continuation byte adds nothing; the lead byte of four stands for a surrogate pair.
    private static int Units(byte value) => (value & 0xC0) == 0x80 ? 0 : value >= 0xF0 ? 2 : 1;
}
