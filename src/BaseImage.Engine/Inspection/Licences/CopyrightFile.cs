using System.Text;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection.Licences;

/// <summary>
/// Reads the licences of Debian's copyright files. Source: DEP-5, copyright-format 1.0: paragraphs of files with a licence's
/// short name, or several joined by <c>or</c>, <c>and</c> and commas, and paragraphs of licences with their texts. A file in
/// prose is one licence of the package's own, with all that it says.
/// </summary>
internal static class CopyrightFile
{
    private const int MaximumParagraphs = 5_000, MaximumClaims = 200;

    private static readonly Deb822Limits s_limits = new(ParagraphBytes: 1 << 20, TotalBytes: 1 << 20, Comments: true);

    /// <summary>What a file declares. Never throws: what no machine can read is prose.</summary>
    /// <param name="content">The file.</param>
    /// <param name="path">Its path in the image.</param>
    /// <param name="package">The package, which names what is prose.</param>
    internal static LicenceClaim Read(ReadOnlyMemory<byte> content, string path, string package)
    {
        try
        {
            if (Paragraphs(content, path) is { } paragraphs && Claim(paragraphs, path) is { Expression.Length: > 0 } claim)
            {
                return claim;
            }
        }
        catch (BaseImageException)
        {
            // Damaged where a machine was to read it; people still can.
        }

        string text = LicenceText.Block(Encoding.UTF8.GetString(content.Span));
        return text.Length == 0 ? LicenceClaim.None : LicenceClaim.Own(ExtractedLicence.Of(package, text, path));
    }

    private static IReadOnlyList<ControlParagraph>? Paragraphs(ReadOnlyMemory<byte> content, string path)
    {
        ReadOnlySpan<byte> start = content.Span.TrimStart("\xEF\xBB\xBF \r\n\t"u8);
        if (!Ascii.EqualsIgnoreCase(start[..Math.Min(7, start.Length)], "Format:"u8) && !Ascii.EqualsIgnoreCase(start[..Math.Min(21, start.Length)], "Format-Specification:"u8))
        {
            return null;
        }

        IReadOnlyList<ControlParagraph> paragraphs = Deb822Reader.ReadAll(content[(content.Length - start.Length)..], path, s_limits);
        return paragraphs.Count <= MaximumParagraphs ? paragraphs : null;
    }

    private static LicenceClaim Claim(IReadOnlyList<ControlParagraph> paragraphs, string path)
    {
        Dictionary<string, string> texts = new(StringComparer.OrdinalIgnoreCase);
        foreach (ControlParagraph paragraph in paragraphs)
        {
            (string name, string text) = Licence(paragraph);
            if (name.Length > 0 && text.Length > 0)
            {
                texts.TryAdd(name, text);
            }
        }

        // Of a file with no paragraph of files the header's licence counts.
        ControlParagraph[] ofFiles = [.. paragraphs.Where(paragraph => paragraph.Has("Files"))];
        string[] names = [.. (ofFiles.Length > 0 ? ofFiles : paragraphs.Take(1)).Select(paragraph => Licence(paragraph).Name).Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).Take(MaximumClaims + 1)];
        return names.Length > MaximumClaims ? LicenceClaim.None : LicenceClaim.All(names.Select(name => Synopsis(name, texts, path)));
    }

    private static (string Name, string Text) Licence(ControlParagraph paragraph)
    {
        string[] lines = (paragraph["License"] ?? "").Split('\n');

        // A line with a dot alone stands for an empty one, and each line is indented by one space.
        string text = string.Join('\n', lines.Skip(1).Select(line => line.Trim() == "." ? "" : line.StartsWith(' ') ? line[1..] : line));
        return (string.Join(' ', lines[0].Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)), LicenceText.Block(text));
    }

    // "A or B, and C": a comma binds less than a word does, and "and" more than "or".
    private static LicenceClaim Synopsis(string synopsis, Dictionary<string, string> texts, string path)
    {
        List<(string Join, string Text)> groups = [];
        foreach (string piece in synopsis.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            string join = piece.StartsWith("and ", StringComparison.OrdinalIgnoreCase) ? " AND " : piece.StartsWith("or ", StringComparison.OrdinalIgnoreCase) ? " OR " : "";
            groups.Add((join, join.Length > 0 ? piece[join.TrimStart().Length..].Trim() : piece));
        }

        string[] joins = [.. groups.Skip(1).Select(group => group.Join).Where(join => join.Length > 0).Distinct()];
        if (groups.Count == 0 || joins.Length > 1 || groups[0].Join.Length > 0)
        {
            return Own(synopsis, texts, path);
        }

        // "A, B and C" is a list in prose: what joins its last two joins all.
        string outer = joins.Length == 1 ? joins[0] : " AND ";
        List<string> parts = [.. groups.Select(group => group.Text)];
        if (joins.Length == 0 && groups.Count > 1)
        {
            string[] last = Split(parts[^1], " or ");
            outer = last.Length > 1 ? " OR " : outer;
            last = last.Length > 1 ? last : Split(parts[^1], " and ");
            parts = [.. parts.SkipLast(1), .. last];
        }

        LicenceClaim[] claims = [.. parts.Select(part => Join([.. Split(part, " or ").Select(all => Join([.. Split(all, " and ").Select(one => One(one, texts, path))], " AND "))], " OR "))];
        return Join(claims, outer);
    }

    private static LicenceClaim Join(IReadOnlyList<LicenceClaim> claims, string join)
    {
        string other = join == " AND " ? " OR " : " AND ";
        return claims.Count == 1 ? claims[0] : new LicenceClaim(
            string.Join(join, claims.Select(claim => claim.Expression).Distinct(StringComparer.Ordinal).Select(text => text.Contains(other, StringComparison.Ordinal) ? $"({text})" : text)),
            [.. claims.SelectMany(claim => claim.Extracted).DistinctBy(licence => licence.Id)]);
    }

    private static string[] Split(string text, string word) => text.Split(word, StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    private static LicenceClaim One(string name, Dictionary<string, string> texts, string path)
        => DebianLicences.Find(name, texts.GetValueOrDefault(name, "")) is { } id ? new LicenceClaim(id, []) : Own(name, texts, path);

    private static LicenceClaim Own(string name, Dictionary<string, string> texts, string path)
        => LicenceClaim.Own(ExtractedLicence.Of(name, texts.GetValueOrDefault(name, ""), path));
}
