using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Licences;

/// <summary>A licence that the SPDX list does not have, or that is not certain to be the one of a name there.</summary>
/// <param name="Id"><c>LicenseRef-…</c>; ends with a part of the digest of name and text, so that equal ones meet and others never do.</param>
/// <param name="Name">What its package calls it, in a line.</param>
/// <param name="Text">Its text, or what the package says in place of one; never empty.</param>
internal sealed record ExtractedLicence(string Id, string Name, string Text)
{
    private const int MaximumText = 256 * 1024, MaximumName = 200, MaximumSlug = 40;

    /// <summary>Makes one.</summary>
    /// <param name="name">What the package calls it.</param>
    /// <param name="text">The text; empty for none.</param>
    /// <param name="where">Where the text stands, for one that is too long to be repeated.</param>
    internal static ExtractedLicence Of(string name, string text, string where)
    {
        string shown = LicenceText.Line(name, MaximumName);
        string said = text.Length == 0 ? $"The package names the licence '{shown}' and gives no text of it."
            : text.Length > MaximumText ? $"The text of {text.Length} characters stands in {where}." : text;
        string hash = Digest.Of(Encoding.UTF8.GetBytes(name + "\n" + said)).Hex[..12];
        string slug = string.Concat(shown.Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' ? c : '-')).Trim('-', '.');
        slug = slug.Length > MaximumSlug ? slug[..MaximumSlug].TrimEnd('-', '.') : slug;
        return new ExtractedLicence($"LicenseRef-{(slug.Length > 0 ? slug + "-" : "")}{hash}", shown.Length > 0 ? shown : "unnamed", said);
    }
}

/// <summary>What a package declares its licence to be.</summary>
/// <param name="Expression">An SPDX licence expression (SPDX 2.3, annex D); empty where nothing is declared.</param>
/// <param name="Extracted">The licences of it that begin with <c>LicenseRef-</c>, each once.</param>
internal sealed record LicenceClaim(string Expression, IReadOnlyList<ExtractedLicence> Extracted)
{
    /// <summary>Nothing is declared.</summary>
    internal static LicenceClaim None { get; } = new("", []);

    /// <summary>What a field says: the expression that it is, or a licence of the package's own with those words.</summary>
    /// <param name="field">The field's text.</param>
    /// <param name="where">The file, for errors and long texts.</param>
    internal static LicenceClaim OfField(string field, string where)
    {
        string text = field.Trim();
        return text.Length == 0 ? None
            : LicenceExpression.Normalise(text) is { } expression ? new LicenceClaim(expression, [])
            : Own(ExtractedLicence.Of(text, text.Contains('\n', StringComparison.Ordinal) ? LicenceText.Block(text) : "", where));
    }

    /// <summary>One licence of the package's own.</summary>
    internal static LicenceClaim Own(ExtractedLicence licence) => new(licence.Id, [licence]);

    /// <summary>All of these together, each once, in ordinal order.</summary>
    internal static LicenceClaim All(IEnumerable<LicenceClaim> claims)
    {
        LicenceClaim[] distinct = [.. claims.Where(claim => claim.Expression.Length > 0).DistinctBy(claim => claim.Expression).OrderBy(claim => claim.Expression, StringComparer.Ordinal)];
        return distinct.Length switch
        {
            0 => None,
            1 => distinct[0],
            _ => new LicenceClaim(
                string.Join(" AND ", distinct.Select(claim => claim.Expression.Contains(" OR ", StringComparison.Ordinal) ? $"({claim.Expression})" : claim.Expression)),
                [.. distinct.SelectMany(claim => claim.Extracted).DistinctBy(licence => licence.Id)]),
        };
    }
}

/// <summary>Text of unknown hands, made fit for a document.</summary>
internal static class LicenceText
{
    /// <summary>One line of at most so many characters, control and format characters escaped.</summary>
    internal static string Line(string text, int length)
    {
        string line = LayerText.Escape(Encoding.UTF8.GetBytes(string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))));
        return line.Length <= length ? line : line[..(char.IsHighSurrogate(line[length - 1]) ? length - 1 : length)];
    }

    /// <summary>Lines, each made fit, ended by "\n" alone.</summary>
    internal static string Block(string text)
        => string.Join('\n', text.ReplaceLineEndings("\n").Replace("\t", "    ", StringComparison.Ordinal).Split('\n').Select(line => LayerText.Escape(Encoding.UTF8.GetBytes(line.TrimEnd())))).Trim('\n');
}
