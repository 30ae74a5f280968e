using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>What tells a secret from a placeholder, and how a secret is named without being shown.</summary>
internal static class SecretText
{
    private static readonly string[] ExampleWords = ["example", "sample", "dummy", "placeholder", "changeme", "change_me", "change-me", "your-", "your_", "xxxxxx", "insert", "redacted", "notasecret", "abcdefghij", "0123456789", "1234567890", "******"];

    /// <summary>Shannon's entropy in bits a character.</summary>
    public static double Entropy(string text)
    {
        if (text.Length == 0)
        {
            return 0;
        }

        Dictionary<char, int> counts = [];
        foreach (char c in text)
        {
            counts[c] = counts.GetValueOrDefault(c) + 1;
        }

        return counts.Values.Sum(count => -(double)count / text.Length * Math.Log2((double)count / text.Length));
    }

    /// <summary>True for a text that says of itself that it is no secret.</summary>
    public static bool IsExample(string text) => ExampleWords.Any(word => text.Contains(word, StringComparison.OrdinalIgnoreCase));

    /// <summary>False for a reference to a value that is elsewhere: a variable, a template, a file.</summary>
    public static bool IsLiteral(string value) => value.Length > 0
        && !value.Contains("${", StringComparison.Ordinal) && !value.Contains("{{", StringComparison.Ordinal) && !value.Contains("$(", StringComparison.Ordinal)
        && value[0] is not ('$' or '%' or '<' or '/' or '@' or '[' or '{')
        && !value.StartsWith("./", StringComparison.Ordinal) && !value.StartsWith("file:", StringComparison.OrdinalIgnoreCase);

    /// <summary>Names a secret by its form and length alone, for instance <c>ghp_… (40 characters)</c>.</summary>
    /// <param name="secret">The secret.</param>
    /// <param name="shown">How many of its first characters say nothing but the form.</param>
    public static string Mask(ReadOnlySpan<char> secret, int shown)
        => string.Create(CultureInfo.InvariantCulture, $"{secret[..Math.Min(shown, secret.Length)]}… ({secret.Length} characters)");

    /// <summary>A text with every secret of a known form masked: the last guard before anything is put out.</summary>
    public static string MaskAll(string text)
    {
        StringBuilder? masked = null;
        int copied = 0;
        foreach ((SecretPattern pattern, Range range) in SecretScanner.Find(text).OrderBy(hit => hit.Secret.Start.Value).ThenByDescending(hit => hit.Secret.End.Value))
        {
            (int start, int end) = (range.Start.Value, range.End.Value);
            if (start < copied)
            {
                // Overlapping an earlier one: whatever reaches further is dropped with it.
                copied = Math.Max(copied, end);
                continue;
            }

            (masked ??= new StringBuilder()).Append(text.AsSpan(copied, start - copied)).Append(Mask(text.AsSpan(start, end - start), pattern.Shown));
            copied = end;
        }

        return masked is null ? text : masked.Append(text.AsSpan(copied)).ToString();
    }
}
