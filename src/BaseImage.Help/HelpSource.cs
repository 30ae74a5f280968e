namespace BaseImage.Help;

/// <summary>One example.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Code">The lines to type.</param>
/// <param name="Remarks">What happens.</param>
internal sealed record HelpExample(string Title, string Code, string Remarks);

/// <summary>
/// A cmdlet's help as it is written: Markdown with <c># Name</c>, a synopsis, <c>## Description</c>,
/// <c>## Example: TITLE</c> with a fenced block, and <c>## See also</c> with a list.
/// </summary>
internal sealed record HelpSource(string Synopsis, IReadOnlyList<string> Description, IReadOnlyList<HelpExample> Examples, IReadOnlyList<string> SeeAlso)
{
    internal static HelpSource Read(string file, List<string> problems)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        string[] lines = File.ReadAllText(file).ReplaceLineEndings("\n").Split('\n');
        if (lines[0] != "# " + name)
        {
            problems.Add($"{file}: the first line must be '# {name}'.");
        }

        Dictionary<string, List<string>> sections = [];
        List<string> current = sections[""] = [];
        foreach (string line in lines.Skip(1))
        {
            if (line.StartsWith("## ", StringComparison.Ordinal))
            {
                current = sections[line[3..].Trim()] = [];
            }
            else
            {
                current.Add(line);
            }
        }

        HelpSource source = new(
            string.Join(' ', Paragraphs(sections[""])),
            sections.TryGetValue("Description", out List<string>? description) ? [.. Paragraphs(description)] : [],
            [.. sections.Where(section => section.Key.StartsWith("Example: ", StringComparison.Ordinal)).Select(section => Example(section.Key[9..], section.Value))],
            sections.TryGetValue("See also", out List<string>? links) ? [.. links.Where(link => link.StartsWith("- ", StringComparison.Ordinal)).Select(link => link[2..].Trim())] : []);
        foreach (string key in sections.Keys.Where(key => key is not ("" or "Description" or "See also") && !key.StartsWith("Example: ", StringComparison.Ordinal)))
        {
            problems.Add($"{file}: '{key}' is not a section (Description, Example: TITLE, See also).");
        }

        if (source.Synopsis.Length == 0 || source.Description.Count == 0)
        {
            problems.Add($"{file}: the synopsis or the description is missing.");
        }

        if (source.Examples.Count < 2 || source.Examples.Any(example => example.Code.Length == 0 || example.Remarks.Length == 0))
        {
            problems.Add($"{file}: two examples at least, each with a fenced block and a remark.");
        }

        return source;
    }

    private static HelpExample Example(string title, List<string> lines)
    {
        int start = lines.FindIndex(line => line.StartsWith("```", StringComparison.Ordinal));
        int end = start < 0 ? -1 : lines.FindIndex(start + 1, line => line.StartsWith("```", StringComparison.Ordinal));
        return end < 0
            ? new HelpExample(title, "", "")
            : new HelpExample(title, string.Join('\n', lines[(start + 1)..end]), string.Join(' ', Paragraphs(lines[(end + 1)..])));
    }

    private static IEnumerable<string> Paragraphs(IEnumerable<string> lines)
    {
        List<string> paragraph = [];
        foreach (string line in lines.Append(""))
        {
            if (line.Trim().Length > 0)
            {
                paragraph.Add(line.Trim());
            }
            else if (paragraph.Count > 0)
            {
                yield return string.Join(' ', paragraph).Replace("`", "", StringComparison.Ordinal);
                paragraph.Clear();
            }
        }
    }
}
