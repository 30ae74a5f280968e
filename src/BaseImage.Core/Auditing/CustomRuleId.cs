using BaseImage.Errors;

namespace BaseImage;

/// <summary>Ids of rules of an organisation's own, which can never meet one of the catalogue's.</summary>
public static class CustomRuleId
{
    private const int MaximumLength = 64;

    /// <summary>Sees that rules can be used beside the catalogue's and beside each other.</summary>
    /// <exception cref="CustomRuleInvalidException">One of them cannot.</exception>
    public static void Check(IEnumerable<AuditRule> rules)
    {
        HashSet<string> ids = new(StringComparer.OrdinalIgnoreCase);
        foreach (AuditRule rule in rules)
        {
            if (!IsValid(rule.Id))
            {
                throw new CustomRuleInvalidException(rule.Id, "its id is not one that a rule of one's own may have.", "Begin the id with a letter and go on with letters, digits, '-', '_' and '.', for instance ACME-001; BI and a digit are the catalogue's.");
            }

            if (rule.Check is null)
            {
                throw new CustomRuleInvalidException(rule.Id, "it does nothing.", "Make it with New-BaseImageRule.");
            }

            if (!ids.Add(rule.Id))
            {
                throw new CustomRuleInvalidException(rule.Id, "another rule has the same id.", "Give each rule an id of its own.");
            }
        }
    }

    /// <summary>True for an id that a rule of one's own may have: a letter, then letters, digits, '-', '_' and '.', not beginning with <c>BI</c> and a digit.</summary>
    public static bool IsValid(string? id) => IsPattern(id) && !id!.Contains('*', StringComparison.Ordinal) && !id.Contains('?', StringComparison.Ordinal);

    /// <summary>True for a wildcard (<c>*</c>, <c>?</c>) over such ids, or one of them.</summary>
    public static bool IsPattern(string? pattern)
        => pattern is { Length: > 0 and <= MaximumLength }
            && char.IsAsciiLetter(pattern[0])
            && pattern.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '*' or '?')
            && !(pattern.Length > 2 && pattern.StartsWith("BI", StringComparison.OrdinalIgnoreCase) && (char.IsAsciiDigit(pattern[2]) || pattern[2] is '*' or '?'));
}
