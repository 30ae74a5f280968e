using System.Text;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Reads a Packages index for a universe: as strict as <see cref="Deb822Reader"/>, but in one pass over a buffer that
/// keeps nothing except the fields that resolving and locking need. An index is 50 MB in 1.7 million lines, of which a
/// closure looks at a few hundred. Source: deb822(5) and Debian Policy 5.1.
/// </summary>
internal sealed class StanzaScanner(PackageUniverse universe, IndexOrigin origin, string name)
{
    private const int MaximumFields = 512;
    private const int MaximumLine = 4 << 20;

    // By the length of a field's name: 1.7 million lines an index, so few comparisons a line.
    private static readonly (string Name, int Bit)[][] KeptByLength =
        [.. Enumerable.Range(0, 20).Select(length => StanzaFields.Kept.Select((field, bit) => (Name: field, Bit: bit)).Where(f => f.Name.Length == length).ToArray())];

    private readonly StanzaFields _kept = new();
    private int _fields;
    private int _line;
    private bool _keeps;

    /// <summary>Reads a whole index.</summary>
    /// <exception cref="ControlDataInvalidException">The content is not control data.</exception>
    /// <exception cref="ControlDataTooLargeException">A limit is exceeded.</exception>
    public void Read(Stream content, CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[1 << 17];
        int length = 0;
        long total = 0;
        while (true)
        {
            int read = content.Read(buffer, length, buffer.Length - length);
            total += read;
            if (total > Deb822Limits.Index.TotalBytes)
            {
                throw new ControlDataTooLargeException(name, _line + 1, $"it is longer than {Deb822Limits.Index.TotalBytes} bytes");
            }

            cancellationToken.ThrowIfCancellationRequested();
            length += read;
            int taken = TakeLines(buffer.AsSpan(0, length));
            if (read == 0)
            {
                if (taken < length)
                {
                    TakeLine(buffer.AsSpan(taken, length - taken));
                }

                End();
                return;
            }

            buffer.AsSpan(taken, length - taken).CopyTo(buffer);
            length -= taken;
            if (length == buffer.Length)
            {
                if (buffer.Length >= MaximumLine)
                {
                    throw new ControlDataTooLargeException(name, _line + 1, $"a line is longer than {MaximumLine} bytes");
                }

                Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
    }

    /// <summary>Reads text that is at hand.</summary>
    public void Read(ReadOnlySpan<byte> text)
    {
        int taken = TakeLines(text);
        if (taken < text.Length)
        {
            TakeLine(text[taken..]);
        }

        End();
    }

    private int TakeLines(ReadOnlySpan<byte> text)
    {
        int taken = 0;
        for (int end; (end = text[taken..].IndexOf((byte)'\n')) >= 0; taken += end + 1)
        {
            TakeLine(text.Slice(taken, end));
        }

        return taken;
    }

    private void TakeLine(ReadOnlySpan<byte> line)
    {
        _line++;
        if (line.Length > 0 && line[^1] == '\r')
        {
            line = line[..^1];
        }

        if (line.Length == 0 || (line[0] is (byte)' ' or (byte)'\t' && line.IndexOfAnyExcept((byte)' ', (byte)'\t') < 0))
        {
            End();
            return;
        }

        if (line.Contains((byte)0))
        {
            throw Invalid("a line holds a NUL byte");
        }

        if (line[0] is (byte)' ' or (byte)'\t')
        {
            if (_fields == 0)
            {
                throw Invalid("a continuation line stands where a field is expected");
            }

            if (_keeps && !_kept.Continue(line))
            {
                throw TooLong();
            }

            return;
        }

        TakeField(line);
    }

    private void TakeField(ReadOnlySpan<byte> line)
    {
        int colon = line.IndexOf((byte)':');
        ReadOnlySpan<byte> field = colon < 0 ? default : line[..colon];
        // deb822(5): printable ASCII but for space and colon, and neither # nor - in front.
        if (field.Length == 0 || field[0] is (byte)'#' or (byte)'-' || field.IndexOfAnyExceptInRange((byte)'!', (byte)'~') >= 0)
        {
            throw Invalid("a line is neither 'Name: value' nor a continuation");
        }

        if (++_fields > MaximumFields)
        {
            throw new ControlDataTooLargeException(name, _line, $"a paragraph has more than {MaximumFields} fields");
        }

        int place = Find(field);
        _keeps = place >= 0;
        if (_keeps && _kept.Has(place))
        {
            throw Invalid($"the field '{Encoding.ASCII.GetString(field)}' stands twice in one paragraph");
        }

        if (_keeps && !_kept.Begin(place, line[(colon + 1)..]))
        {
            throw TooLong();
        }
    }

    private void End()
    {
        if (_fields > 0)
        {
            universe.Add(_kept, origin);
            _kept.Clear();
            (_fields, _keeps) = (0, false);
        }
    }

    private static int Find(ReadOnlySpan<byte> field)
    {
        if (field.Length < KeptByLength.Length)
        {
            foreach ((string kept, int bit) in KeptByLength[field.Length])
            {
                if ((field[0] | 0x20) == (kept[0] | 0x20) && Ascii.EqualsIgnoreCase(field, kept))
                {
                    return bit;
                }
            }
        }

        return -1;
    }

    private ControlDataTooLargeException TooLong() => new(name, _line, $"a paragraph is longer than {StanzaFields.MaximumBytes} bytes");

    private ControlDataInvalidException Invalid(string problem) => new(name, _line, problem);
}
