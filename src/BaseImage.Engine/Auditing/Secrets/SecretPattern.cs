using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Auditing.Secrets;

/// <summary>
/// One form of key or token: a fixed text that it always holds, by which a stream is searched, and an expression that is
/// tried only there.
/// </summary>
internal sealed class SecretPattern
{
    // The expressions cannot backtrack, so this only guards against a machine that stands still.
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    private readonly Regex _expression;
    private readonly Func<Match, bool>? _accept;

    /// <summary>Makes a pattern.</summary>
    /// <param name="kind">What it is, in words.</param>
    /// <param name="anchor">A fixed ASCII text in every instance.</param>
    /// <param name="expression">What follows from the anchor's first character on; the group <c>secret</c> is what must not be shown (all of it where there is no such group).</param>
    /// <param name="shown">How many of the secret's first characters say nothing but the form.</param>
    /// <param name="severity">Less than the rule's own; null for the rule's own.</param>
    /// <param name="accept">Tells the real from the look-alike.</param>
    /// <param name="startsWord">True where no letter or digit may stand before the anchor.</param>
    /// <param name="reach">How far from the anchor the expression looks, in characters.</param>
    public SecretPattern(string kind, string anchor, string expression, int shown = 0, Severity? severity = null, Func<Match, bool>? accept = null, bool startsWord = true, int reach = SecretScanner.MaximumSecret)
    {
        (Kind, Anchor, Shown, Severity, StartsWord, _accept, Reach, AnchorBytes) = (kind, anchor, shown, severity, startsWord, accept, reach, Encoding.ASCII.GetBytes(anchor));
        _expression = new Regex(@"\A(?:" + expression + ")", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, Limit);
    }

    /// <summary>What it is, in words.</summary>
    public string Kind { get; }

    /// <summary>The fixed text.</summary>
    public string Anchor { get; }

    /// <summary>The fixed text's bytes.</summary>
    public byte[] AnchorBytes { get; }

    /// <summary>How far from the anchor the expression looks, in characters.</summary>
    public int Reach { get; }

    /// <summary>How many of the secret's first characters may be shown.</summary>
    public int Shown { get; }

    /// <summary>Less than the rule's own; null for the rule's own.</summary>
    public Severity? Severity { get; }

    /// <summary>True where no letter or digit may stand before the anchor.</summary>
    public bool StartsWord { get; }

    /// <summary>Tries the pattern where its anchor was found.</summary>
    /// <param name="text">The text around it.</param>
    /// <param name="at">The anchor's place.</param>
    /// <param name="secret">Where the secret lies in <paramref name="text"/>.</param>
    public bool TryMatch(ReadOnlySpan<char> text, int at, out Range secret)
    {
        secret = default;
        if (StartsWord && at > 0 && (char.IsAsciiLetterOrDigit(text[at - 1]) || text[at - 1] == '_'))
        {
            return false;
        }

        // An anchor is found much more often than what it stands for: only the latter becomes a string.
        ReadOnlySpan<char> here = text.Slice(at, Math.Min(text.Length - at, Reach));
        Match? match = _expression.IsMatch(here) ? _expression.Match(here.ToString()) : null;
        if (match is not { Success: true } || _accept?.Invoke(match) == false)
        {
            return false;
        }

        Group group = match.Groups["secret"].Success ? match.Groups["secret"] : match.Groups[0];
        secret = (at + group.Index)..(at + group.Index + group.Length);
        return true;
    }
}
