namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>Finds the known forms of keys and tokens in a text.</summary>
internal static class SecretScanner
{
    /// <summary>The longest stretch, in characters from its anchor, in which a secret is recognised.</summary>
    public const int MaximumSecret = 16 * 1024;

    /// <summary>Every secret in a text, and where it lies; each place once, by the first pattern that knows it.</summary>
    public static IEnumerable<(SecretPattern Pattern, Range Secret)> Find(string text)
    {
        HashSet<int> taken = [];
        foreach (SecretPattern pattern in SecretPatterns.All)
        {
            for (int at = text.IndexOf(pattern.Anchor, StringComparison.Ordinal); at >= 0; at = text.IndexOf(pattern.Anchor, at + pattern.Anchor.Length, StringComparison.Ordinal))
            {
                if (!taken.Contains(at) && pattern.TryMatch(text, at, out Range secret))
                {
                    taken.Add(at);
                    yield return (pattern, secret);
                }
            }
        }
    }
}
