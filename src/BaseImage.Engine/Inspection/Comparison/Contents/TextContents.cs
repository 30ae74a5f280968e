using System.Globalization;
using System.Text;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>Compares texts: line ends, the order of lines and of JSON's keys, then the lines that differ.</summary>
internal static class TextContents
{
    private const int MaxBytes = 16 << 20;
    private static readonly JsonLimits Json = new() { MaxBytes = 4 << 20, MaxDepth = 64, MaxValues = 500_000 };

    internal static ContentFinding Explain(string path, ContentView left, ContentView right, CancellationToken cancellation)
    {
        if (left.Length > MaxBytes || right.Length > MaxBytes)
        {
            return ContentFinding.None;
        }

        // One character a byte: whatever the text's encoding is, lines stay apart and times can be read.
        string a = Encoding.Latin1.GetString(left.Slice(0, MaxBytes)), b = Encoding.Latin1.GetString(right.Slice(0, MaxBytes));
        if (WithoutReturns(a) == WithoutReturns(b))
        {
            return new ContentFinding(DifferenceCause.LineEndings, a.Contains('\r', StringComparison.Ordinal) == b.Contains('\r', StringComparison.Ordinal) ? "Only line ends differ." : "Lines end as on Windows in one and as on Linux in the other.");
        }

        string[] x = a.Split('\n'), y = b.Split('\n');
        (List<string> first, List<string> second) = PairedLines.Surplus(x, y);
        if (first.Count == 0 && second.Count == 0)
        {
            return Order(x, y);
        }

        ContentFinding lines = PairedLines.Explain(first, second, cancellation);
        return lines.IsKnown ? lines : SameJson(path, left, right) ? new ContentFinding(DifferenceCause.Order, "The same JSON, its keys in another order.")
            : SameWords(first, second) ? new ContentFinding(DifferenceCause.Order, "The same words in another order.")
            : ContentFinding.None with { Message = Where(Math.Max(first.Count, second.Count), x.Zip(y).TakeWhile(pair => pair.First == pair.Second).Count() + 1) };
    }

    private static string Where(int lines, int first)
        => lines == 1 ? string.Create(CultureInfo.InvariantCulture, $"Line {first} differs.") : string.Create(CultureInfo.InvariantCulture, $"{lines} lines differ, from line {first}.");

    // A sort by bytes and one by a language's rules are two sorts of the same lines.
    private static ContentFinding Order(string[] left, string[] right)
    {
        string[] a = [.. left.Where(line => line.Length > 0)], b = [.. right.Where(line => line.Length > 0)];
        bool byBytes = IsSorted(a, StringComparer.Ordinal), alsoByBytes = IsSorted(b, StringComparer.Ordinal);
        return byBytes != alsoByBytes && IsSorted(byBytes ? b : a, LanguageOrder)
            ? new ContentFinding(DifferenceCause.Locale, "The same lines, sorted by bytes in one and by a language's rules in the other.")
            : new ContentFinding(DifferenceCause.Order, "The same lines in another order.");
    }

    private static bool IsSorted(string[] lines, IComparer<string> order)
    {
        for (int i = 1; i < lines.Length; i++)
        {
            if (order.Compare(lines[i - 1], lines[i]) > 0)
            {
                return false;
            }
        }

        return true;
    }

    // What languages' rules of glibc have in common: letters first, their case and punctuation last (ISO 14651).
    private static readonly IComparer<string> LanguageOrder = Comparer<string>.Create((left, right) => string.CompareOrdinal(Letters(left), Letters(right)));

    private static string Letters(string text) => string.Concat(text.Where(char.IsLetterOrDigit)).ToLowerInvariant();

    private static bool SameWords(List<string> left, List<string> right)
        => left.Count == right.Count && left.Count is > 0 and < 2000 && left.Zip(right).All(pair => pair.First.Length < LineCauses.MaxLine && Words(pair.First).SequenceEqual(Words(pair.Second), StringComparer.Ordinal));

    private static IEnumerable<string> Words(string line) => line.Split((char[])[' ', ',', ';', '\t', '[', ']', '{', '}', '(', ')'], StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);

    private static bool SameJson(string path, ContentView left, ContentView right)
    {
        if (left.Length > Json.MaxBytes || right.Length > Json.MaxBytes || First(left) is not ((byte)'{' or (byte)'[') || First(right) is not ((byte)'{' or (byte)'['))
        {
            return false;
        }

        try
        {
            JToken a = StrictJson.Parse(left.Slice(0, Json.MaxBytes), path, Json), b = StrictJson.Parse(right.Slice(0, Json.MaxBytes), path, Json);
            return CanonicalJson.WriteCompact(a).AsSpan().SequenceEqual(CanonicalJson.WriteCompact(b));
        }
        catch (BaseImageException)
        {
            return false;
        }
    }

    private static byte First(ContentView view) => view.Slice(0, 64).AsSpan().TrimStart(" \t\r\n"u8) is { Length: > 0 } rest ? rest[0] : (byte)0;

    private static string WithoutReturns(string text) => text.Contains('\r', StringComparison.Ordinal) ? text.Replace("\r", "", StringComparison.Ordinal) : text;
}
