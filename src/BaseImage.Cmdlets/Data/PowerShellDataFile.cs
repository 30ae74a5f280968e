using System.Buffers;
using System.Management.Automation.Language;
using System.Text;
using System.Text.Unicode;
using BaseImage.Documents;
using BaseImage.Ports;

namespace BaseImage.Cmdlets.Data;

/// <summary>
/// Reads PowerShell data files with PowerShell's own parser, and runs nothing: the syntax tree is walked, and only one
/// table of strings, numbers, $true, $false, $null, arrays and tables is let through.
/// </summary>
internal sealed class PowerShellDataFile : IReadDataFile
{
    /// <inheritdoc/>
    public DataDocument Read(string path)
    {
        byte[]? utf8 = DataFileBytes.Read(path);
        return utf8 is null ? DataFileBytes.TooLarge(path) : Read(utf8, path);
    }

    /// <inheritdoc/>
    public DataDocument Parse(ReadOnlyMemory<byte> utf8, string path) => utf8.Length > DataFileBytes.MaxBytes ? DataFileBytes.TooLarge(path) : Read(utf8.Span, path);

    /// <summary>Reads bytes that are already at hand.</summary>
    public static DataDocument Read(ReadOnlySpan<byte> utf8, string path)
    {
        if (!Utf8.IsValid(utf8))
        {
            return NotUtf8(utf8, path);
        }

        // Here-strings would otherwise change with the checkout's line ends.
        string text = Encoding.UTF8.GetString(utf8).TrimStart('\uFEFF').Replace("\r\n", "\n", StringComparison.Ordinal);
        if ((TableStart.Check(text, path) ?? TextGate.Check(text, path)) is { } early)
        {
            return new DataDocument(path, null, [early]);
        }

        ScriptBlockAst tree = Parser.ParseInput(text, path, out Token[] tokens, out ParseError[] errors);
        IReadOnlyList<DataProblem> syntax = SyntaxMistakes.Explain(text, path, tokens, errors, out bool unreadable);
        if (unreadable)
        {
            return new DataDocument(path, null, syntax);
        }

        DataProblems problems = new();
        problems.Add(syntax);
        DataNode? root = new SyntaxTreeReader(path, problems).Read(tree);
        return new DataDocument(path, root, problems.Items);
    }

    private static DataDocument NotUtf8(ReadOnlySpan<byte> utf8, string path)
    {
        int offset = 0;
        while (Rune.DecodeFromUtf8(utf8[offset..], out _, out int length) == OperationStatus.Done)
        {
            offset += length;
        }

        int start = utf8[..offset].LastIndexOf((byte)'\n') + 1;
        SourcePosition position = new(path, utf8[..offset].Count((byte)'\n') + 1, Encoding.UTF8.GetCharCount(utf8[start..offset]) + 1);
        return new DataDocument(path, null, [new DataProblem(position, "The text is not valid UTF-8.", "Save the file as UTF-8, for instance with Set-Content -Encoding utf8.")]);
    }
}
