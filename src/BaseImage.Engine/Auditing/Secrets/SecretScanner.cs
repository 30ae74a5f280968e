namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>Finds the known forms of keys and tokens in a text.</summary>
internal static class SecretScanner
{
    /// <summary>The longest stretch, in characters from its anchor, in which a secret is recognised.</summary>
    public const int MaximumSecret = 16 * 1024;

    /// <summary>Every secret in a text, and where it lies; each place once, by the first pattern that knows it.</summary>
    public static IEnumerable<(SecretPattern Pattern, Range Secret)> Find(string text) => FindFrom(text, 0, text.Length).Select(hit => (hit.Pattern, hit.Secret));

    /// <summary>The secrets whose anchor lies in a part of a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="start">Where anchors count from.</param>
    /// <param name="end">Where they no longer count.</param>
    public static IEnumerable<(SecretPattern Pattern, int Anchor, Range Secret)> FindFrom(string text, int start, int end)
    {
        HashSet<int> taken = [];
        foreach (SecretPattern pattern in SecretPatterns.All)
        {
            int at = start;
            while (at < end && (at = text.IndexOf(pattern.Anchor, at, StringComparison.Ordinal)) >= 0 && at < end)
            {
                if (!taken.Contains(at) && pattern.TryMatch(text, at, out Range secret))
                {
                    taken.Add(at);
                    yield return (pattern, at, secret);
                }

                at += pattern.Anchor.Length;
            }
        }
    }
}
