using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace BaseImage.Engine.Building.ContainerBuild.Output;

/// <summary>
/// What a step prints, put together to lines that a screen can take: without colours and control characters, shortened, and
/// with what is not to be seen masked. Remembers the last of them.
/// </summary>
/// <param name="line">Told each line.</param>
/// <param name="secrets">What is masked.</param>
internal sealed partial class OutputLines(Action<string> line, IReadOnlyList<string> secrets)
{
    private const int MaxLine = 2000;
    private const int MaxKept = 20;
    private const int MaxPending = 64 << 10;

    private readonly StringBuilder _pending = new();
    private readonly Queue<string> _last = new();

    /// <summary>The last lines.</summary>
    public IReadOnlyList<string> Last
    {
        get
        {
            End();
            return [.. _last];
        }
    }

    /// <summary>Takes a piece of what was printed.</summary>
    public void Take(string text)
    {
        foreach (char c in text)
        {
            if (c == '\n' || _pending.Length >= MaxPending)
            {
                End();
            }

            if (c != '\n')
            {
                _pending.Append(c);
            }
        }
    }

    /// <summary>Ends a line that was begun.</summary>
    public void End()
    {
        string text = Clean(_pending.ToString(), secrets);
        _pending.Clear();
        if (text.Length == 0)
        {
            return;
        }

        if (_last.Count == MaxKept)
        {
            _last.Dequeue();
        }

        _last.Enqueue(text);
        line(text);
    }

    /// <summary>A text made fit for a screen.</summary>
    public static string Clean(string text, IReadOnlyList<string> secrets)
    {
        // What a line was overwritten with is what a terminal would show.
        string seen = text.TrimEnd('\r');
        seen = seen[(seen.LastIndexOf('\r') + 1)..];
        seen = Escapes().Replace(seen, "");
        foreach (string secret in secrets)
        {
            seen = seen.Replace(secret, "***", StringComparison.Ordinal);
        }

        StringBuilder clean = new(Math.Min(seen.Length, MaxLine));
        foreach (char c in seen)
        {
            if (clean.Length == MaxLine)
            {
                clean.Append('…');
                break;
            }

            clean.Append(c == '\t' ? ' ' : char.IsControl(c) || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator ? '·' : c);
        }

        return clean.ToString().TrimEnd();
    }

    [GeneratedRegex(@"\x1b(\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(\x07|\x1b\\)?|[@-Z\\-_])", RegexOptions.CultureInvariant)]
    private static partial Regex Escapes();
}
