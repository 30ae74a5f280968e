using System.Text;
using BaseImage.Documents;
using Newtonsoft.Json;

namespace BaseImage.Engine.Auditing.Policies.Editing;

/// <summary>How a policy is written, as far as putting something into it needs to know. The text was read by the strict reader before.</summary>
internal abstract class PolicyNotation
{
    /// <summary>The notation of a file.</summary>
    public static PolicyNotation Of(string path) => path.EndsWith(".json", StringComparison.OrdinalIgnoreCase) ? new JsonNotation() : new PowerShellNotation();

    /// <summary>What a new file holds.</summary>
    public abstract string Empty { get; }

    /// <summary>What opens a list.</summary>
    public abstract string OpenList { get; }

    /// <summary>What closes a list.</summary>
    public abstract char CloseList { get; }

    /// <summary>What divides the items of a list that stand on lines of their own.</summary>
    public abstract string Divider { get; }

    /// <summary>A text as a value.</summary>
    public abstract string Quote(string text);

    /// <summary>A key and its value's beginning.</summary>
    public abstract string Key(string name);

    /// <summary>A table on one line.</summary>
    public abstract string Table(IEnumerable<KeyValuePair<string, string>> entries);

    /// <summary>The offset after a value.</summary>
    public int After(string text, int start)
    {
        int open = 0;
        for (int i = start; i < text.Length;)
        {
            int next = SkipText(text, i);
            if (next > i)
            {
                i = next;
            }
            else
            {
                open += text[i] is '{' or '(' or '[' ? 1 : text[i] is '}' or ')' or ']' ? -1 : 0;
                i++;
            }

            if (open == 0 && !IsOpening(text, start, i))
            {
                return i;
            }
        }

        return text.Length;
    }

    /// <summary>The offset of a place in the text.</summary>
    public int Offset(string text, SourcePosition position)
    {
        int at = text.StartsWith('\uFEFF') ? 1 : 0;
        for (int line = 1; line < position.Line; line++)
        {
            at = NextLine(text, at);
        }

        return at + position.Column - 1;
    }

    /// <summary>The offset after the text or comment that begins at an offset; the offset itself where none does.</summary>
    protected abstract int SkipText(string text, int at);

    /// <summary>The offset after the end of a line.</summary>
    protected virtual int NextLine(string text, int at) => text.IndexOf('\n', at) is >= 0 and var end ? end + 1 : text.Length;

    // "@{" begins with a sign that opens nothing; a bare word or a number goes on.
    private static bool IsOpening(string text, int start, int at)
        => (at == start + 1 && text[start] == '@') || (at < text.Length && (char.IsLetterOrDigit(text[at - 1]) || text[at - 1] is '$' or '-' or '.') && (char.IsLetterOrDigit(text[at]) || text[at] == '.'));
}

/// <summary>PowerShell's notation, as <c>about_Parsing</c> and the parser have it.</summary>
internal sealed class PowerShellNotation : PolicyNotation
{
    private const string SingleQuotes = "'\u2018\u2019\u201A\u201B", DoubleQuotes = "\"\u201C\u201D\u201E";

    /// <inheritdoc/>
    public override string Empty => "@{\n    SchemaVersion = 1\n    Suppressions  = @(\n    )\n}\n";

    /// <inheritdoc/>
    public override string OpenList => "@(";

    /// <inheritdoc/>
    public override char CloseList => ')';

    /// <inheritdoc/>
    public override string Divider => "";

    /// <inheritdoc/>
    public override string Quote(string text)
    {
        // Five characters end a text in single quotes, and each of them twice stands for itself. Nothing else means anything there.
        StringBuilder quoted = new("'");
        foreach (char c in text)
        {
            quoted.Append(c).Append(SingleQuotes.Contains(c, StringComparison.Ordinal) ? c.ToString() : "");
        }

        return quoted.Append('\'').ToString();
    }

    /// <inheritdoc/>
    public override string Key(string name) => $"{name} = ";

    /// <inheritdoc/>
    public override string Table(IEnumerable<KeyValuePair<string, string>> entries) => $"@{{ {string.Join("; ", entries.Select(entry => Key(entry.Key) + Quote(entry.Value)))} }}";

    /// <inheritdoc/>
    protected override int SkipText(string text, int at)
    {
        char c = text[at];
        if (c == '#')
        {
            int end = text.AsSpan(at).IndexOfAny('\r', '\n');
            return end < 0 ? text.Length : at + end;
        }

        if (text.AsSpan(at).StartsWith("<#", StringComparison.Ordinal))
        {
            return text.IndexOf("#>", at + 2, StringComparison.Ordinal) is >= 0 and var end ? end + 2 : text.Length;
        }

        if (c == '@' && at + 1 < text.Length && Quotes(text[at + 1]) is { } here)
        {
            for (int line = NextLine(text, at); line < text.Length; line = NextLine(text, line))
            {
                if (line + 1 < text.Length && here.Contains(text[line], StringComparison.Ordinal) && text[line + 1] == '@')
                {
                    return line + 2;
                }
            }

            return text.Length;
        }

        return Quotes(c) is { } quotes ? Quoted(text, at, quotes) : at;
    }

    /// <inheritdoc/>
    protected override int NextLine(string text, int at)
    {
        int end = text.AsSpan(at).IndexOfAny('\r', '\n');
        return end < 0 ? text.Length : at + end + (text[at + end] == '\r' && at + end + 1 < text.Length && text[at + end + 1] == '\n' ? 2 : 1);
    }

    private static int Quoted(string text, int at, string quotes)
    {
        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '`' && quotes == DoubleQuotes)
            {
                i++;
            }
            else if (quotes.Contains(text[i], StringComparison.Ordinal))
            {
                if (i + 1 >= text.Length || !quotes.Contains(text[i + 1], StringComparison.Ordinal))
                {
                    return i + 1;
                }

                i++;
            }
        }

        return text.Length;
    }

    private static string? Quotes(char c) => SingleQuotes.Contains(c, StringComparison.Ordinal) ? SingleQuotes : DoubleQuotes.Contains(c, StringComparison.Ordinal) ? DoubleQuotes : null;
}

/// <summary>JSON.</summary>
internal sealed class JsonNotation : PolicyNotation
{
    /// <inheritdoc/>
    public override string Empty => "{\n  \"SchemaVersion\": 1,\n  \"Suppressions\": [\n  ]\n}\n";

    /// <inheritdoc/>
    public override string OpenList => "[";

    /// <inheritdoc/>
    public override char CloseList => ']';

    /// <inheritdoc/>
    public override string Divider => ",";

    /// <inheritdoc/>
    public override string Quote(string text) => JsonConvert.ToString(text, '"', StringEscapeHandling.Default);

    /// <inheritdoc/>
    public override string Key(string name) => $"\"{name}\": ";

    /// <inheritdoc/>
    public override string Table(IEnumerable<KeyValuePair<string, string>> entries) => $"{{ {string.Join(", ", entries.Select(entry => Key(entry.Key) + Quote(entry.Value)))} }}";

    /// <inheritdoc/>
    protected override int SkipText(string text, int at)
    {
        if (text[at] != '"')
        {
            return at;
        }

        for (int i = at + 1; i < text.Length; i++)
        {
            if (text[i] == '\\')
            {
                i++;
            }
            else if (text[i] == '"')
            {
                return i + 1;
            }
        }

        return text.Length;
    }
}
