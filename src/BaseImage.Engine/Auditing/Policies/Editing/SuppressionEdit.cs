using System.Globalization;
using BaseImage.Documents;

namespace BaseImage.Engine.Auditing.Policies.Editing;

/// <summary>A suppression to be written.</summary>
/// <param name="Rule">The rule.</param>
/// <param name="Image">The image's name; null to leave it out.</param>
/// <param name="Path">The path in it; null to leave it out.</param>
/// <param name="Fingerprint">The finding.</param>
/// <param name="Reason">Why.</param>
/// <param name="Owner">Who answers for it.</param>
/// <param name="Until">The last day.</param>
internal sealed record NewSuppression(string Rule, string? Image, string? Path, string Fingerprint, string Reason, string Owner, DateOnly Until);

/// <summary>
/// Puts suppressions into a policy's text by the places of what stands there: everything else, comments and line ends and
/// spaces included, stays as it is. A finding that has a suppression of its own keeps it, with the later day.
/// </summary>
internal static class SuppressionEdit
{
    /// <summary>The text with the suppressions in it; the same text where they all stand there already.</summary>
    /// <param name="text">The file's text.</param>
    /// <param name="root">Its value, read from this text.</param>
    /// <param name="wanted">The suppressions.</param>
    /// <param name="notation">How it is written.</param>
    public static string Apply(string text, DataTable root, IReadOnlyList<NewSuppression> wanted, PolicyNotation notation)
    {
        string end = text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";
        DataNode? value = PolicyMerge.Find(root, "Suppressions");
        IReadOnlyList<DataNode> items = value switch { DataList list => list.Items, DataTable one => [one], _ => [] };
        List<Change> changes = [];
        List<string> added = [];
        foreach (NewSuppression suppression in wanted)
        {
            if (items.OfType<DataTable>().FirstOrDefault(item => IsOf(item, suppression)) is { } known)
            {
                changes.AddRange(Extend(text, known, suppression, notation));
            }
            else
            {
                added.Add(notation.Table(Entries(suppression)));
            }
        }

        if (added.Count > 0)
        {
            changes.AddRange(Add(text, root, value, items, added, end, notation));
        }

        // From the end to the beginning, so that no place moves before it is used.
        foreach (Change change in changes.OrderByDescending(change => change.Start).ThenByDescending(change => change.End))
        {
            text = string.Concat(text.AsSpan(0, change.Start), change.Text, text.AsSpan(change.End));
        }

        return text;
    }

    private static IEnumerable<KeyValuePair<string, string>> Entries(NewSuppression suppression)
    {
        yield return new("Rule", suppression.Rule);
        if (suppression.Image is not null)
        {
            yield return new("Image", suppression.Image);
        }

        if (suppression.Path is not null)
        {
            yield return new("Path", suppression.Path);
        }

        yield return new("Fingerprint", suppression.Fingerprint);
        yield return new("Reason", suppression.Reason);
        yield return new("Owner", suppression.Owner);
        yield return new("Until", Day(suppression.Until));
    }

    private static bool IsOf(DataTable item, NewSuppression suppression)
        => string.Equals(Text(item, "Fingerprint"), suppression.Fingerprint, StringComparison.OrdinalIgnoreCase)
            && (Text(item, "Rule") is not { } rule || string.Equals(rule, suppression.Rule, StringComparison.OrdinalIgnoreCase));

    // The newer word on why and who counts; a day is only ever moved further away.
    private static IEnumerable<Change> Extend(string text, DataTable item, NewSuppression suppression, PolicyNotation notation)
    {
        string until = Text(item, "Until") is { } known && string.CompareOrdinal(known, Day(suppression.Until)) > 0 ? known : Day(suppression.Until);
        foreach ((string key, string value) in ((string, string)[])[("Reason", suppression.Reason), ("Owner", suppression.Owner), ("Until", until)])
        {
            if (PolicyMerge.Find(item, key) is DataScalar { Value: string now } scalar && !string.Equals(now, value, StringComparison.Ordinal))
            {
                int start = notation.Offset(text, scalar.Position);
                yield return new Change(start, notation.After(text, start), notation.Quote(value));
            }
        }
    }

    private static IEnumerable<Change> Add(string text, DataTable root, DataNode? value, IReadOnlyList<DataNode> items, List<string> added, string end, PolicyNotation notation)
    {
        if (value is null)
        {
            return [AddKey(text, root, added, end, notation)];
        }

        int start = notation.Offset(text, value.Position), after = notation.After(text, start);
        string indent = Indent(text, start);
        if (value is DataScalar)
        {
            return [new Change(start, after, Block(added, indent, end, notation))];
        }

        if (!text.AsSpan(start).StartsWith(notation.OpenList, StringComparison.Ordinal))
        {
            // One table, or tables with commas, without the brackets of a list.
            int last = notation.Offset(text, items[^1].Position);
            int behind = notation.After(text, last);
            return value is DataTable && notation is JsonNotation
                ? [new Change(start, start, "["), new Change(behind, behind, "," + end + indent + string.Join("," + end + indent, added) + "]")]
                : [new Change(behind, behind, "," + end + indent + string.Join("," + end + indent, added))];
        }

        int close = after - 1;
        int line = LineStart(text, close);
        bool isAlone = string.IsNullOrWhiteSpace(text[line..close]) && line > start;
        string inner = items.Count > 0 && IsFirstOfLine(text, notation.Offset(text, items[^1].Position)) ? Indent(text, notation.Offset(text, items[^1].Position)) : Indent(text, close) + Step(text, notation);
        List<Change> changes = [];
        if (items.Count > 0 && notation.Divider.Length > 0)
        {
            int behind = notation.After(text, notation.Offset(text, items[^1].Position));
            changes.Add(new Change(behind, behind, notation.Divider));
        }

        string lines = string.Join(notation.Divider + end, added.Select(table => inner + table)) + end;
        changes.Add(isAlone ? new Change(line, line, lines) : new Change(close, close, end + lines + Indent(text, close)));
        return changes;
    }

    private static Change AddKey(string text, DataTable root, List<string> added, string end, PolicyNotation notation)
    {
        int close = notation.After(text, notation.Offset(text, root.Position)) - 1;
        string indent = Indent(text, close), inner = indent + Step(text, notation);
        string block = inner + notation.Key("Suppressions") + Block(added, inner, end, notation) + end;
        if (notation.Divider.Length > 0 && root.Entries.Count > 0)
        {
            int behind = notation.After(text, notation.Offset(text, root.Entries[^1].Value.Position));
            string rest = text[behind..close].Contains('\n', StringComparison.Ordinal) ? "" : end + indent;
            return new Change(behind, behind, notation.Divider + end + block[..^end.Length] + rest);
        }

        int line = LineStart(text, close);
        return string.IsNullOrWhiteSpace(text[line..close]) && line > 0 ? new Change(line, line, block) : new Change(close, close, end + block + indent);
    }

    private static string Block(List<string> added, string indent, string end, PolicyNotation notation)
    {
        string inner = indent + (notation is JsonNotation ? "  " : "    ");
        return notation.OpenList + end + string.Join(notation.Divider + end, added.Select(table => inner + table)) + end + indent + notation.CloseList;
    }

    private static string? Text(DataTable item, string key) => PolicyMerge.Find(item, key) is DataScalar { Value: string text } ? text : null;

    private static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Step(string text, PolicyNotation notation) => text.Contains("\n\t", StringComparison.Ordinal) ? "\t" : notation is JsonNotation ? "  " : "    ";

    private static int LineStart(string text, int at) => at == 0 ? 0 : text.AsSpan(0, at).LastIndexOfAny('\n', '\r') + 1;

    private static string Indent(string text, int at)
    {
        int start = LineStart(text, at);
        int length = text.AsSpan(start, at - start).IndexOfAnyExcept(' ', '\t');
        return length < 0 ? text[start..at] : text.Substring(start, length);
    }

    private static bool IsFirstOfLine(string text, int at) => string.IsNullOrWhiteSpace(text[LineStart(text, at)..at]);

    private sealed record Change(int Start, int End, string Text);
}
