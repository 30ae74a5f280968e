namespace BaseImage;

/// <summary>Ids of rules of an organisation's own, which can never meet one of the catalogue's.</summary>
public static class CustomRuleId
{
    private const int MaximumLength = 64;

    /// <summary>True for an id that a rule of one's own may have: a letter, then letters, digits, '-', '_' and '.', not beginning with <c>BI</c> and a digit.</summary>
    public static bool IsValid(string? id) => IsPattern(id) && !id!.Contains('*', StringComparison.Ordinal) && !id.Contains('?', StringComparison.Ordinal);

    /// <summary>True for a wildcard (<c>*</c>, <c>?</c>) over such ids, or one of them.</summary>
    public static bool IsPattern(string? pattern)
        => pattern is { Length: > 0 and <= MaximumLength }
            && char.IsAsciiLetter(pattern[0])
            && pattern.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '*' or '?')
            && !(pattern.Length > 2 && pattern.StartsWith("BI", StringComparison.OrdinalIgnoreCase) && (char.IsAsciiDigit(pattern[2]) || pattern[2] is '*' or '?'));
}
