namespace BaseImage.Engine.Inspection.Licences;

/// <summary>
/// Reads SPDX licence expressions and writes them in one way. Source: SPDX 2.3, annex D: identifiers of the list, <c>+</c>,
/// WITH, AND, OR and parentheses; AND binds closer than OR. References (<c>LicenseRef-</c>) are no expressions here: what they
/// mean would have to be known.
/// </summary>
internal static class LicenceExpression
{
    private const int MaximumLength = 2_000, MaximumDepth = 30;

    /// <summary>The expression with the list's own writing and no more parentheses than it needs; null for what is none.</summary>
    internal static string? Normalise(string text)
    {
        if (text.Length > MaximumLength)
        {
            return null;
        }

        Queue<string> words = new(text.Replace("(", " ( ", StringComparison.Ordinal).Replace(")", " ) ", StringComparison.Ordinal).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return Any(words, 0) is { } found && words.Count == 0 ? found.Text : null;
    }

    private static (string Text, bool IsAny)? Any(Queue<string> words, int depth)
    {
        List<string> parts = [];
        do
        {
            if (All(words, depth) is not { } part)
            {
                return null;
            }

            parts.Add(part.Text);
            if (words.Count == 0 || !Is(words.Peek(), "OR"))
            {
                return parts.Count == 1 ? part : (string.Join(" OR ", parts), true);
            }

            words.Dequeue();
        }
        while (true);
    }

    private static (string Text, bool IsAny)? All(Queue<string> words, int depth)
    {
        List<(string Text, bool IsAny)> parts = [];
        do
        {
            if (One(words, depth) is not { } part)
            {
                return null;
            }

            parts.Add(part);
            if (words.Count == 0 || !Is(words.Peek(), "AND"))
            {
                return parts.Count == 1 ? part : (string.Join(" AND ", parts.Select(p => p.IsAny ? $"({p.Text})" : p.Text)), false);
            }

            words.Dequeue();
        }
        while (true);
    }

    private static (string Text, bool IsAny)? One(Queue<string> words, int depth)
    {
        if (!words.TryDequeue(out string? word))
        {
            return null;
        }

        if (word == "(")
        {
            return depth < MaximumDepth && Any(words, depth + 1) is { } inner && words.TryDequeue(out string? close) && close == ")" ? inner : null;
        }

        string? id = LicenceList.Licence(word) ?? (word.EndsWith('+') && LicenceList.Licence(word[..^1]) is { } plain ? plain + "+" : null);
        if (id is null || words.Count == 0 || !Is(words.Peek(), "WITH"))
        {
            return id is null ? null : (id, false);
        }

        words.Dequeue();
        return words.TryDequeue(out string? exception) && LicenceList.Exception(exception) is { } known ? ($"{id} WITH {known}", false) : null;
    }

    // The list's tools take both writings of an operator (SPDX 2.3, annex D.2: since 2.3 all upper or all lower case).
    private static bool Is(string word, string other)
        => word.Equals(other, StringComparison.OrdinalIgnoreCase) && (word.All(char.IsAsciiLetterUpper) || word.All(char.IsAsciiLetterLower));
}
