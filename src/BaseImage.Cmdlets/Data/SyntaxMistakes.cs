using System.Management.Automation.Language;
using BaseImage.Documents;

namespace BaseImage.Cmdlets.Data;

/// <summary>
/// Says what PowerShell's syntax errors mean in a data file. The parser stumbles on after its first error and reports
/// what it then misreads; only the first, or the bracket or quote that caused it, is told.
/// </summary>
internal static class SyntaxMistakes
{
    private const string QuoteKey = "A key with '-', '.' or '+' in it goes in quotes";

    /// <summary>The mistakes.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="path">The file.</param>
    /// <param name="tokens">The parser's tokens.</param>
    /// <param name="errors">The parser's errors.</param>
    /// <param name="unreadable">True when the tree is not to be trusted.</param>
    public static IReadOnlyList<DataProblem> Explain(string text, string path, Token[] tokens, ParseError[] errors, out bool unreadable)
    {
        List<DataProblem> problems = [];
        ParseError[] fatal = [.. errors.Where(error => error.ErrorId != "DuplicateKeyInHashLiteral")];
        unreadable = fatal.Length > 0;
        if (unreadable)
        {
            problems.Add(UnclosedText(path, tokens, fatal) ?? Known(text, path, tokens, fatal) ?? Unclosed(path, tokens) ?? Other(path, fatal[0]));
        }

        problems.AddRange(errors.Except(fatal).Select(error => At(path, error.Extent, $"The key '{TableReader.Shown(error.Extent.Text.Trim('\'', '"'))}' stands twice in one table.", "Keep one of them (letter case does not tell keys apart).")));
        return problems;
    }

    private static DataProblem? UnclosedText(string path, Token[] tokens, ParseError[] errors)
    {
        if (!errors.Any(error => error.ErrorId.StartsWith("TerminatorExpectedAtEndOfString", StringComparison.Ordinal)))
        {
            return errors.FirstOrDefault(error => error.ErrorId == "WhitespaceBeforeHereStringFooter") is { } footer
                ? At(path, footer.Extent, "The end of this here-string is indented.", "Put its closing '@ at the start of a line.")
                : null;
        }

        Token? open = tokens.FirstOrDefault(token => token.Kind is TokenKind.StringLiteral or TokenKind.StringExpandable && token.Extent.EndLineNumber > token.Extent.StartLineNumber);
        if (open is null)
        {
            return null;
        }

        // An apostrophe inside a text ends it: the odd quote is on the line where the long text begins.
        return At(path, open.Extent, "A quote on this line is not closed.", "Close it; an apostrophe inside single quotes is written twice: 'it''s'.");
    }

    private static DataProblem? Known(string text, string path, Token[] tokens, ParseError[] errors)
    {
        ParseError? error = errors.FirstOrDefault(e => e.ErrorId is not ("MissingEndCurlyBrace" or "MissingEndParenthesisInSubexpression" or "MissingEndParenthesisInExpression" or "MissingEndSquareBracket"));
        return error?.ErrorId switch
        {
            "MissingEqualsInHashLiteral" => MissingEquals(text, path, error),
            "MissingExpressionAfterToken" => AfterToken(path, tokens, error),
            "MissingArgument" => At(path, FirstOfLine(tokens, error), "A list of bare words.", "Put each text in quotes: 'a', 'b'."),
            "MissingTypename" or "UnexpectedAttribute" => At(path, error.Extent, "'[ … ]' is not an array in PowerShell.", "Write 'a', 'b' or @('a', 'b')."),
            "ExpectedValueExpression" when LineOf(text, error).TrimStart().StartsWith("//", StringComparison.Ordinal) => At(path, error.Extent, "'//' does not begin a comment.", "Begin comments with '#'."),
            "ExpectedValueExpression" => At(path, error.Extent, "A text without quotes.", "Put texts such as '2026*' in quotes."),
            "UnexpectedCharactersAfterHereStringHeader" => At(path, error.Extent, "A here-string's text begins on the line after @'.", "Put it on the next line, or use plain quotes."),
            "ScriptTooComplicated" => At(path, error.Extent, "The file is nested too deeply.", "Nest no deeper than the format asks for."),
            "UnexpectedToken" => Unexpected(path, tokens, error),
            "InvalidLeftHandSide" => At(path, error.Extent, "A key is missing before '='.", "Write Key = value."),
            _ => null,
        };
    }

    private static DataProblem MissingEquals(string text, string path, ParseError error)
    {
        string line = LineOf(text, error);
        string trimmed = line.TrimStart();
        int equals = trimmed.IndexOf('=', StringComparison.Ordinal);
        string key = equals > 0 ? trimmed[..equals].TrimEnd() : "";
        string place = key.Length > 0 ? $": '{TableReader.Shown(key)}' = …" : "";
        char next = error.Extent.StartColumnNumber - 1 < line.Length ? line[error.Extent.StartColumnNumber - 1] : ' ';
        string before = line[..Math.Min(line.Length, error.Extent.StartColumnNumber - 1)];
        return (next, before.TrimEnd()) switch
        {
            ('-' or '.' or '+' or '/', _) when key.Length > 0 => At(path, error.Extent, $"The key is read as '{TableReader.Shown(before.Trim())}', with '{next}' after it.", $"{QuoteKey}{place}."),
            (':', _) or (_, [.., ':']) => At(path, error.Extent, "A key is followed by ':'.", "Write Key = value, with '='."),
            _ when trimmed.StartsWith("//", StringComparison.Ordinal) => At(path, error.Extent, "'//' does not begin a comment.", "Begin comments with '#'."),
            _ => At(path, error.Extent, "'=' is missing after a key.", "Write Key = value; where the table is a list of names, give each its value."),
        };
    }

    private static DataProblem AfterToken(string path, Token[] tokens, ParseError error)
    {
        int at = Array.FindIndex(tokens, token => token.Extent.StartOffset >= error.Extent.StartOffset);
        Token? comma = at > 0 ? tokens.Take(at).LastOrDefault(token => token.Kind is not (TokenKind.NewLine or TokenKind.Comment)) : null;
        if (comma?.Kind != TokenKind.Comma)
        {
            return Other(path, error);
        }

        Token? next = tokens.Skip(at).FirstOrDefault(token => token.Kind is not (TokenKind.NewLine or TokenKind.Comment));
        return next is not null && next.Extent.StartLineNumber == comma.Extent.StartLineNumber && next.Kind is TokenKind.Identifier or TokenKind.Generic
            ? At(path, comma.Extent, "Entries of a table are not separated by commas.", "Put each entry on its own line, or ';' between them.")
            : At(path, comma.Extent, "Nothing follows this comma.", "Remove the trailing comma.");
    }

    private static DataProblem Unexpected(string path, Token[] tokens, ParseError error)
    {
        int at = Array.FindIndex(tokens, token => token.Extent.StartOffset >= error.Extent.StartOffset);
        Token? token = at >= 0 ? tokens[at] : null;
        return token?.Kind switch
        {
            not null when at > 0 && tokens[at - 1].Kind is TokenKind.StringLiteral && tokens[at - 1].Extent.EndOffset == token.Extent.StartOffset
                => At(path, error.Extent, "A text goes on after its closing quote.", "An apostrophe inside single quotes is written twice: 'it''s'."),
            TokenKind.RCurly => At(path, error.Extent, "This '}' closes nothing.", "Remove it, or open its table with '@{'."),
            TokenKind.RParen => At(path, error.Extent, "This ')' closes nothing.", "Remove it, or open its array with '@('."),
            TokenKind.StringLiteral or TokenKind.StringExpandable => At(path, error.Extent, "Two texts stand side by side.", "Put a comma between the items of an array."),
            TokenKind.Identifier or TokenKind.Generic => At(path, error.Extent, $"'{TableReader.Shown(token.Text)}' stands where a value has ended.", "Put each entry on its own line, or ';' between them; put texts in quotes."),
            TokenKind.Colon => At(path, error.Extent, "A key is followed by ':'.", "Write Key = value, with '='."),
            _ => Other(path, error),
        };
    }

    // A bracket that nothing closes, or whose closing one is of another kind or further out than its line: that is the one.
    private static DataProblem? Unclosed(string path, Token[] tokens)
    {
        Stack<(Token Token, int Indent)> open = new();
        int line = 0, indent = 0;
        foreach (Token token in tokens)
        {
            bool first = token.Extent.StartLineNumber != line && token.Kind is not (TokenKind.NewLine or TokenKind.EndOfInput);
            (line, indent) = first ? (token.Extent.StartLineNumber, token.Extent.StartColumnNumber) : (line, indent);
            if (token.Kind is TokenKind.AtCurly or TokenKind.LCurly or TokenKind.AtParen or TokenKind.LParen or TokenKind.DollarParen)
            {
                open.Push((token, indent));
            }
            else if (token.Kind is TokenKind.RCurly or TokenKind.RParen && open.TryPop(out (Token Token, int Indent) last))
            {
                bool curly = last.Token.Kind is TokenKind.AtCurly or TokenKind.LCurly;
                if (curly != (token.Kind == TokenKind.RCurly) || (first && indent < last.Indent))
                {
                    return Open(last.Token);
                }
            }
        }

        return open.TryPop(out (Token Token, int Indent) rest) ? Open(rest.Token) : null;

        DataProblem Open(Token token) => At(path, token.Extent, $"This '{token.Text}' is not closed.", $"Close it with '{(token.Kind is TokenKind.AtCurly or TokenKind.LCurly ? "}" : ")")}'.");
    }

    private static DataProblem Other(string path, ParseError error)
        => At(path, error.Extent, TableReader.Shown(error.Message.ReplaceLineEndings(" ")), "Write one table, @{ … }, of texts in quotes, numbers, $true, $false, arrays and tables.");

    private static IScriptExtent FirstOfLine(Token[] tokens, ParseError error)
        => (tokens.FirstOrDefault(token => token.Extent.StartLineNumber == error.Extent.StartLineNumber && token.Kind == TokenKind.Generic)?.Extent) ?? error.Extent;

    private static string LineOf(string text, ParseError error)
    {
        string[] lines = text.Split('\n');
        return error.Extent.StartLineNumber <= lines.Length ? lines[error.Extent.StartLineNumber - 1] : "";
    }

    private static DataProblem At(string path, IScriptExtent extent, string problem, string hint)
        => new(new SourcePosition(path, extent.StartLineNumber, extent.StartColumnNumber), problem, hint);
}
