using BaseImage.Documents;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Definitions;

/// <summary>Reads data files in JSON notation into nodes with line and column.</summary>
internal sealed class JsonDataFile : IReadDataFile
{
    /// <summary>What a definition, policy or configuration file may cost.</summary>
    private static readonly JsonLimits Limits = new() { MaxBytes = DataFileBytes.MaxBytes, MaxDepth = 32, MaxValues = 100_000 };

    /// <inheritdoc/>
    public DataDocument Read(string path)
    {
        byte[]? utf8 = DataFileBytes.Read(path);
        return utf8 is null ? DataFileBytes.TooLarge(path) : Read(utf8, path);
    }

    /// <inheritdoc/>
    public DataDocument Parse(ReadOnlyMemory<byte> utf8, string path) => Read(utf8, path);

    /// <summary>Reads bytes that are already at hand.</summary>
    public static DataDocument Read(ReadOnlyMemory<byte> utf8, string path, JsonLimits? limits = null)
    {
        try
        {
            return new DataDocument(path, JsonWalk.Run(utf8, path, limits ?? Limits, new NodeBuilder(utf8, path)), []);
        }
        catch (JsonInvalidException e)
        {
            return Refused(path, e.Line, e.Column, e.Problem, Hint(utf8.Span, e));
        }
    }

    private static DataDocument Refused(string path, int line, int column, string problem, string hint)
        => new(path, null, [new DataProblem(new SourcePosition(path, line, column), problem, hint)]);

    private static string Hint(ReadOnlySpan<byte> utf8, JsonInvalidException e)
    {
        string[] lines = System.Text.Encoding.UTF8.GetString(utf8).Split('\n');
        string line = e.Line <= lines.Length ? lines[e.Line - 1] : "";
        string rest = e.Column <= line.Length ? line[(e.Column - 1)..] : "";
        return (rest, e.Problem) switch
        {
            _ when e.Problem.Contains("twice", StringComparison.Ordinal) => "Keep one of them.",
            _ when e.Problem.Contains("UTF-8", StringComparison.Ordinal) => "Save the file as UTF-8.",
            _ when e.Problem.Contains("trailing comma", StringComparison.Ordinal) => "Remove the comma before it.",
            (['}' or ']', ..], _) => "Remove the comma before it.",
            (['/' or '#', ..], _) => "JSON has no comments: remove it, or use the .psd1 notation, which has.",
            ([',', ..], _) => "Remove this comma, or write what it divides.",
            (['\'', ..], _) => "JSON has double quotes only.",
            (['"', ..], _) => "Put a comma before it.",
            (['@' or '$', ..], _) => "This is PowerShell's notation: end the file's name in .psd1, or write JSON.",
            _ when rest.Length > 0 && char.IsAsciiLetter(rest[0]) => "Put it in double quotes; true, false and null are written in small letters.",
            _ when rest.Length > 0 && char.IsAsciiDigit(rest[0]) => "A number has no leading zero: put texts such as \"0644\" in double quotes.",
            ("", _) => "Close every string, { and [ that was opened.",
            _ => "Write strict JSON (RFC 8259).",
        };
    }

    private sealed class NodeBuilder(ReadOnlyMemory<byte> utf8, string path) : IJsonBuilder<DataNode>
    {
        private readonly TextPositions _positions = new(JsonWalk.WithoutMark(utf8).Span);

        public DataNode String(string value, int offset) => new DataScalar(At(offset), value, value);

        public DataNode Number(JsonNumber value, int offset)
            => new DataScalar(At(offset), value.Exponent == 0 && value.Digits >= long.MinValue && value.Digits <= long.MaxValue ? (object)(long)value.Digits : value.ToDouble(), value.Text);

        public DataNode Boolean(bool value, int offset) => new DataScalar(At(offset), value, value ? "true" : "false");

        public DataNode Null(int offset) => new DataScalar(At(offset), null, "null");

        public DataNode Array(List<DataNode> items, int offset) => new DataList(At(offset), items);

        public DataNode Object(List<JsonMember<DataNode>> members, int offset)
            => new DataTable(At(offset), [.. members.Select(member => new DataEntry(member.Key, At(member.KeyOffset), member.Value))]);

        private SourcePosition At(int offset)
        {
            (int line, int column) = _positions.At(offset);
            return new SourcePosition(path, line, column);
        }
    }
}
