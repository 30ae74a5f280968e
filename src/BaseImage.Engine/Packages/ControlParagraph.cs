using System.Text;

namespace BaseImage.Engine.Packages;

/// <summary>
/// One paragraph of a control file: its bytes as they were read and where each field lies in them. Values are decoded
/// when asked for, since of an index's fields most are never looked at. Source: deb822(5).
/// </summary>
internal sealed class ControlParagraph
{
    private readonly byte[] _bytes;
    private readonly Field[] _fields;

    internal ControlParagraph(string source, int line, byte[] bytes, Field[] fields)
        => (Source, Line, _bytes, _fields) = (source, line, bytes, fields);

    /// <summary>The file it was read from, as an error names it.</summary>
    public string Source { get; }

    /// <summary>The line that it begins at, from 1.</summary>
    public int Line { get; }

    /// <summary>The paragraph's bytes, without comments and without the empty line after it; every line ends with "\n".</summary>
    public ReadOnlyMemory<byte> Raw => _bytes;

    /// <summary>The fields' names as written, in the file's order.</summary>
    public IEnumerable<string> Names => _fields.Select(f => Encoding.ASCII.GetString(_bytes, f.NameStart, f.NameLength));

    /// <summary>
    /// A field's value, or null when there is no such field: white space around it removed, continuation lines after a
    /// "\n" each, without the white space at their end. Names are told apart without regard to case.
    /// </summary>
    public string? this[string name] => Find(name) is { } field ? Decode(field) : null;

    /// <summary>True when the field is there.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>The line of a field's name, or of the paragraph when there is no such field.</summary>
    public int LineOf(string name) => Find(name)?.Line ?? Line;

    /// <summary>The field's value split at white space; empty when there is no such field.</summary>
    public string[] Words(string name) => this[name]?.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries) ?? [];

    private Field? Find(string name)
    {
        foreach (Field field in _fields)
        {
            if (field.NameLength == name.Length && Ascii.EqualsIgnoreCase(_bytes.AsSpan(field.NameStart, field.NameLength), name))
            {
                return field;
            }
        }

        return null;
    }

    private string Decode(Field field)
    {
        string value = Encoding.UTF8.GetString(_bytes, field.ValueStart, field.ValueLength);
        if (!value.Contains('\n', StringComparison.Ordinal))
        {
            return value.Trim(' ', '\t');
        }

        IEnumerable<string> lines = value.Split('\n').Select((line, index) => index == 0 ? line.Trim(' ', '\t') : line.TrimEnd(' ', '\t'));
        return string.Join('\n', lines);
    }

    /// <summary>Where a field lies in the paragraph's bytes; the value without its last "\n".</summary>
    internal readonly record struct Field(int NameStart, int NameLength, int ValueStart, int ValueLength, int Line);
}
