using BaseImage.Documents;

namespace BaseImage.Cmdlets.Data;

/// <summary>Checks, before any parsing, that a data file begins with its table: only white space and comments may stand before it.</summary>
internal static class TableStart
{
    /// <summary>The problem, or null where <c>@{</c> comes first.</summary>
    public static DataProblem? Check(string text, string path)
    {
        int start = SkipComments(text);
        ReadOnlySpan<char> rest = text.AsSpan(start);
        if (rest.StartsWith("@{", StringComparison.Ordinal))
        {
            return null;
        }

        (string problem, string hint) = rest switch
        {
            [] => ("The file is empty.", "Write one table, @{ … }."),
            ['{', ..] => ("The file begins with '{'.", "A table begins with '@{'; a JSON file's name ends in .json."),
            ['@', '(', ..] => ("The file holds an array.", "Write one table, @{ … }."),
            ['[', ..] => ("The file begins with a cast.", "Write the table alone, @{ … }, without [ordered] or any other type."),
            ['$', ..] => ("Something stands before the table.", "A data file is the table alone, @{ … }, without a variable before it."),
            ['@', ..] => ("'@' is not followed by '{'.", "Write '@{' with nothing between."),
            _ => ("Something stands before the table.", "A data file is one table, @{ … }; no code stands before it and none is run."),
        };
        int lineStart = start == 0 ? 0 : text.LastIndexOf('\n', start - 1) + 1;
        return new DataProblem(new SourcePosition(path, text.AsSpan(0, start).Count('\n') + 1, start - lineStart + 1), problem, hint);
    }

    private static int SkipComments(string text)
    {
        int i = 0;
        while (i < text.Length)
        {
            if (char.IsWhiteSpace(text[i]))
            {
                i++;
            }
            else if (text[i] == '#')
            {
                int end = text.IndexOf('\n', i);
                i = end < 0 ? text.Length : end;
            }
            else if (text.AsSpan(i).StartsWith("<#", StringComparison.Ordinal))
            {
                int end = text.IndexOf("#>", i + 2, StringComparison.Ordinal);
                i = end < 0 ? text.Length : end + 2;
            }
            else
            {
                break;
            }
        }

        return i;
    }
}
