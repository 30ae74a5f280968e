using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Text;

namespace BaseImage.Cmdlets;

/// <summary>What the format views call: escaping, units and colour. An image's text must never steer a terminal.</summary>
public static class Display
{
    private static readonly string[] Units = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>The text with control characters, and those that reorder text, written as <c>\xNN</c> or <c>\uNNNN</c>.</summary>
    public static string Safe(object? value)
    {
        string text = Text(value);
        if (!text.Any(IsUnsafe))
        {
            return text;
        }

        StringBuilder safe = new(text.Length + 16);
        foreach (char c in text)
        {
            safe.Append(!IsUnsafe(c) ? c.ToString() : c < 0x100 ? $"\\x{(int)c:x2}" : $"\\u{(int)c:x4}");
        }

        return safe.ToString();
    }

    /// <summary>A list, one item a line.</summary>
    public static string Lines(object? values) => string.Join('\n', Items(values).Select(Safe));

    /// <summary>A list, one item a line, with secrets masked as an audit masks them.</summary>
    public static string Masked(object? values) => string.Join('\n', Items(values).Select(item => Safe(EngineFactory.Engine.Secrets.Mask(Text(item)))));

    /// <summary>A command line with secrets masked, a value that stands a word behind its flag too.</summary>
    public static string MaskedCommand(object? words) => Safe(EngineFactory.Engine.Secrets.Mask(string.Join(' ', Items(words).Select(Text))));

    /// <summary>A table, one <c>key: value</c> a line.</summary>
    public static string Pairs(object? table) => Bare(table) is IEnumerable<KeyValuePair<string, string>> pairs
        ? string.Join('\n', pairs.Select(pair => Safe($"{pair.Key}: {pair.Value}")))
        : "";

    /// <summary>Bytes in the largest unit that leaves a whole number of at least one, by 1000s.</summary>
    public static string Size(long bytes)
    {
        double value = bytes;
        int unit = 0;
        while (value >= 1000 && unit < Units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return string.Create(CultureInfo.InvariantCulture, $"{value.ToString(unit == 0 ? "0" : "0.0", CultureInfo.InvariantCulture)} {Units[unit]}");
    }

    /// <summary>A digest's start, enough to tell images apart by eye.</summary>
    public static string Short(object? digest)
    {
        string text = Text(digest);
        return text.Length > 19 ? text[..19] : text;
    }

    /// <summary>A time to the minute, in UTC.</summary>
    public static string Time(object? time) => Bare(time) is DateTimeOffset moment
        ? moment.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)
        : "";

    /// <summary>A severity in words, coloured where the session has colours.</summary>
    public static string Severity(Severity severity, object? style) => Colour(severity.ToString(), style, severity switch
    {
        BaseImage.Severity.Critical => "BrightRed",
        BaseImage.Severity.High => "Red",
        BaseImage.Severity.Medium => "Yellow",
        BaseImage.Severity.Low => "Cyan",
        _ => "BrightBlack",
    });

    /// <summary>A status in words, coloured where the session has colours.</summary>
    public static string Status(AuditStatus status, object? style) => Colour(status.ToString(), style, status switch
    {
        AuditStatus.Pass => "Green",
        AuditStatus.Fail => "Red",
        AuditStatus.Error => "Magenta",
        AuditStatus.Suppressed => "Yellow",
        _ => "BrightBlack",
    });

    /// <summary>Yes or no, coloured where the session has colours.</summary>
    public static string Verdict(bool good, object? style) => Colour(good ? "True" : "False", style, good ? "Green" : "Red");

    /// <summary>The status of a signature, coloured by whether it may be relied on.</summary>
    public static string Trust(SignatureStatus status, object? style) => Colour(status.ToString(), style, status switch
    {
        SignatureStatus.Trusted => "Green",
        SignatureStatus.Accepted or SignatureStatus.Skipped or SignatureStatus.NotSigned => "Yellow",
        _ => "Red",
    });

    /// <summary>Whether an optimised image was shown to start, coloured.</summary>
    public static string Proof(OptimizationProof proof, object? style) => Colour(proof.ToString(), style, proof is OptimizationProof.Verified ? "Green" : "Yellow");

    /// <summary>How two images stand to one another, coloured where the session has colours.</summary>
    public static string Comparison(ComparisonVerdict verdict, object? style) => Colour(verdict.ToString(), style, verdict switch
    {
        ComparisonVerdict.Identical => "Green",
        ComparisonVerdict.Equivalent => "Yellow",
        _ => "Red",
    });

    /// <summary>Bytes more or fewer, with the sign; nothing for none.</summary>
    public static string Delta(long bytes) => bytes == 0 ? "" : (bytes < 0 ? "-" : "+") + Size(Math.Abs(bytes));

    /// <summary>What a comparison found: how many of each kind, then the first that count, else the first few, one a line.</summary>
    public static string Found(object? comparison)
    {
        if (Bare(comparison) is not ImageComparison found || found.Summary.Length == 0)
        {
            return "none";
        }

        bool differs = found.Differences.Any(difference => difference.IsSignificant);
        ImageDifference[] shown = [.. found.Differences.Where(difference => difference.IsSignificant || !differs).Take(differs ? 12 : 4)];
        int left = found.Differences.Count - shown.Length;
        return string.Join('\n', shown.Select(Safe).Prepend(found.Summary)) + (left == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"\n… and {left} more in Differences"));
    }

    /// <summary>The first of a list, one item a line, and how many more there are.</summary>
    public static string First(object? values, int most, string where = "Differences")
    {
        string[] items = [.. Items(values).Take(most + 1).Select(Safe)];
        int left = Items(values).Count() - most;
        return left <= 0 ? string.Join('\n', items) : string.Create(CultureInfo.InvariantCulture, $"{string.Join('\n', items[..most])}\n… and {left} more in {where}");
    }

    private static string Colour(string word, object? style, string colour)
    {
        if (style is null)
        {
            return word;
        }

        PSObject psStyle = PSObject.AsPSObject(style);
        string? start = psStyle.Properties["Foreground"]?.Value is { } foreground ? PSObject.AsPSObject(foreground).Properties[colour]?.Value as string : null;
        return start is null || psStyle.Properties["Reset"]?.Value is not string reset ? word : start + word + reset;
    }

    private static bool IsUnsafe(char c) => char.IsControl(c)
        || c is '\u2028' or '\u2029' or '\u200e' or '\u200f' or '\ufeff' or (>= '\u202a' and <= '\u202e') or (>= '\u2066' and <= '\u2069');

    private static IEnumerable<object?> Items(object? values) => Bare(values) switch
    {
        null => [],
        string text => [text],
        IEnumerable many => many.Cast<object?>(),
        var one => [one],
    };

    private static string Text(object? value) => Bare(value) switch
    {
        null => "",
        IFormattable formattable => formattable.ToString(null, CultureInfo.InvariantCulture),
        var other => other.ToString() ?? "",
    };

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
