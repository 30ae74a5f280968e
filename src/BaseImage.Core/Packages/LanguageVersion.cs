using System.Globalization;
using System.Numerics;
using System.Text.RegularExpressions;

namespace BaseImage;

/// <summary>
/// The order of versions that npm, Python and NuGet give. What is no version by an ecosystem's rules stands before all that
/// are, in ordinal order: files in images hold whatever somebody wrote there. Sources: Semantic Versioning 2.0.0, section 11;
/// PEP 440 ("Version specifiers", "Summary of permitted suffixes and relative ordering"); NuGet's "Package versioning".
/// </summary>
internal static partial class LanguageVersion
{
    private const int MaximumLength = 256;

    /// <summary>True of a text that may stand as a version: printable, without white space, at most 256 characters.</summary>
    internal static bool IsUsable(string text) => text.Length is > 0 and <= MaximumLength && !text.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));

    /// <summary>Compares two texts by an ecosystem's rules.</summary>
    internal static int Compare(string left, string right, PackageEcosystem ecosystem)
    {
        IReadOnlyList<Part>? a = Key(left, ecosystem), b = Key(right, ecosystem);
        if (a is null || b is null)
        {
            return a is null && b is null ? Math.Sign(string.CompareOrdinal(left, right)) : a is null ? -1 : 1;
        }

        for (int i = 0; i < Math.Min(a.Count, b.Count); i++)
        {
            if (a[i].CompareTo(b[i]) is var order and not 0)
            {
                return order;
            }
        }

        return a.Count.CompareTo(b.Count);
    }

    /// <summary>Equal for texts that compare as equal.</summary>
    internal static int Hash(string text, PackageEcosystem ecosystem)
    {
        HashCode hash = default;
        if (Key(text, ecosystem) is not { } key)
        {
            return text.GetHashCode(StringComparison.Ordinal);
        }

        foreach (Part part in key)
        {
            hash.Add(part);
        }

        return hash.ToHashCode();
    }

    private static IReadOnlyList<Part>? Key(string text, PackageEcosystem ecosystem)
        => ecosystem == PackageEcosystem.PyPI ? PythonKey(text) : SemanticKey(ecosystem == PackageEcosystem.NuGet ? text.ToLowerInvariant() : text, ecosystem == PackageEcosystem.NuGet ? 4 : 3);

    // A release stands behind its pre-releases; of identifiers numbers stand before words, and fewer before more.
    private static List<Part>? SemanticKey(string text, int most)
    {
        Match match = Semantic().Match(text);
        string[] numbers = match.Groups[1].Value.Split('.');
        if (!match.Success || numbers.Length > most)
        {
            return null;
        }

        List<Part> key = [.. numbers.Concat(Enumerable.Repeat("0", most - numbers.Length)).Select(Part.Of)];
        if (!match.Groups[2].Success)
        {
            key.Add(new Part(3, 0, ""));
            return key;
        }

        key.AddRange(match.Groups[2].Value.Split('.').Select(word => word.All(char.IsAsciiDigit) ? Part.Of(word) : new Part(2, 0, word)));
        return key;
    }

    // Epoch, release without zeros at its end, then: dev, a, b, rc, nothing, post; a local label comes last of all.
    private static List<Part>? PythonKey(string text)
    {
        Match match = Python().Match(text.ToLowerInvariant());
        if (!match.Success)
        {
            return null;
        }

        List<Part> key = [Part.Of(match.Groups["epoch"].Value)];
        List<Part> release = [.. match.Groups["release"].Value.Split('.').Select(Part.Of)];
        while (release.Count > 1 && release[^1].Number.IsZero)
        {
            release.RemoveAt(release.Count - 1);
        }

        // Longer releases are newer: the end of a release stands before every further number.
        key.AddRange(release.Select(part => part with { Kind = 2 }));
        bool pre = match.Groups["pre"].Success, post = match.Groups["post"].Success || match.Groups["postn"].Success, dev = match.Groups["dev"].Success;
        int phase = pre ? match.Groups["pre"].Value switch { "a" or "alpha" => 1, "b" or "beta" => 2, _ => 3 } : dev && !post ? 0 : 4;
        key.Add(new Part(1, phase, ""));
        key.Add(Part.Of(match.Groups["pren"].Value));
        key.Add(post ? new Part(1, Part.Of(match.Groups["postn"].Success ? match.Groups["postn"].Value : match.Groups["postm"].Value).Number + 1, "") : new Part(1, 0, ""));
        key.Add(dev ? Part.Of(match.Groups["devn"].Value) : new Part(3, 0, ""));
        key.AddRange(match.Groups["local"].Value.Split(['.', '-', '_'], StringSplitOptions.RemoveEmptyEntries).Select(word => word.All(char.IsAsciiDigit) ? Part.Of(word) with { Kind = 3 } : new Part(2, 0, word)));
        return key;
    }

    [GeneratedRegex(@"^[v=]*([0-9]+(?:\.[0-9]+)*)(?:-([0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*))?(?:\+[0-9A-Za-z.-]+)?$", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex Semantic();

    [GeneratedRegex(@"^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\.[0-9]+)*)(?:[-_.]?(?<pre>alpha|beta|preview|pre|rc|a|b|c)[-_.]?(?<pren>[0-9]*))?(?:-(?<postn>[0-9]+)|[-_.]?(?<post>post|rev|r)[-_.]?(?<postm>[0-9]*))?(?:[-_.]?(?<dev>dev)[-_.]?(?<devn>[0-9]*))?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex Python();

    // Kinds before one another; a number in its kind by value, a word by its characters.
    private readonly record struct Part(int Kind, BigInteger Number, string Word) : IComparable<Part>
    {
        internal static Part Of(string digits) => new(1, digits.Length == 0 ? 0 : BigInteger.Parse(digits, NumberStyles.None, CultureInfo.InvariantCulture), "");

        public int CompareTo(Part other)
        {
            int order = Kind != other.Kind ? Kind.CompareTo(other.Kind) : Number.CompareTo(other.Number);
            return Math.Sign(order != 0 ? order : string.CompareOrdinal(Word, other.Word));
        }
    }
}
