namespace BaseImage.Engine.Images.Registry;

/// <summary>One challenge of a WWW-Authenticate field. Source: RFC 9110, section 11.6.1; RFC 6750, section 3; Docker's token specification.</summary>
/// <param name="Scheme">In lower case: <c>bearer</c>, <c>basic</c>.</param>
/// <param name="Parameters">By lower-case name.</param>
internal sealed record AuthChallenge(string Scheme, IReadOnlyDictionary<string, string> Parameters)
{
    private const int MaxLength = 16 << 10;
    private const int MaxParameters = 32;

    /// <summary>A parameter's value; empty for none.</summary>
    internal string this[string name] => Parameters.GetValueOrDefault(name, "");

    /// <summary>Reads the challenges of a field, which may hold several; null where it is malformed or too long.</summary>
    internal static IReadOnlyList<AuthChallenge>? Parse(string field)
    {
        if (field.Length > MaxLength)
        {
            return null;
        }

        List<AuthChallenge> challenges = [];
        SortedDictionary<string, string>? parameters = null;
        int at = 0;
        while (true)
        {
            SkipSeparators(field, ref at);
            if (at == field.Length)
            {
                return challenges;
            }

            string word = Token(field, ref at);
            if (word.Length == 0)
            {
                return null;
            }

            int mark = at;
            SkipSpace(field, ref at);
            if (at < field.Length && field[at] == '=' && parameters is not null)
            {
                at++;
                SkipSpace(field, ref at);
                if (Value(field, ref at) is not { } value || parameters.Count == MaxParameters || !parameters.TryAdd(word.ToLowerInvariant(), value))
                {
                    return null;
                }

                continue;
            }

            // A scheme: alone, or followed by a space and its parameters (or a token68, which nothing here uses).
            if (at < field.Length && at == mark && field[at] != ',')
            {
                return null;
            }

            parameters = new SortedDictionary<string, string>(StringComparer.Ordinal);
            challenges.Add(new AuthChallenge(word.ToLowerInvariant(), parameters));
        }
    }

    private static string? Value(string field, ref int at)
    {
        if (at < field.Length && field[at] == '"')
        {
            System.Text.StringBuilder value = new();
            for (at++; at < field.Length; at++)
            {
                char c = field[at];
                if (c == '"')
                {
                    at++;
                    return value.ToString();
                }

                if (c == '\\' && ++at == field.Length)
                {
                    return null;
                }

                if (char.IsControl(field[at]))
                {
                    return null;
                }

                value.Append(field[at]);
            }

            return null;
        }

        string token = Token(field, ref at);
        return token.Length > 0 ? token : null;
    }

    private static string Token(string field, ref int at)
    {
        int start = at;
        while (at < field.Length && (char.IsAsciiLetterOrDigit(field[at]) || "!#$%&'*+-.^_`|~:/".Contains(field[at], StringComparison.Ordinal)))
        {
            at++;
        }

        return field[start..at];
    }

    private static void SkipSpace(string field, ref int at)
    {
        while (at < field.Length && field[at] is ' ' or '\t')
        {
            at++;
        }
    }

    private static void SkipSeparators(string field, ref int at)
    {
        while (at < field.Length && field[at] is ' ' or '\t' or ',')
        {
            at++;
        }
    }
}
