namespace BaseImage.Engine.Packages;

/// <summary>
/// Reads relationship fields of binary packages. Source: Debian Policy 7.1. Architecture restrictions
/// (<c>[amd64]</c>) and build profiles (<c>&lt;!nocheck&gt;</c>) belong to source packages: apt refuses them here,
/// and so does this.
/// </summary>
internal static class RelationParser
{
    private const int MaximumRelations = 20_000;

    /// <summary>Reads a field's value.</summary>
    /// <exception cref="FormatException">It is not a relationship field; the message says why, without a full stop.</exception>
    public static IReadOnlyList<RelationGroup> Parse(string value)
    {
        List<RelationGroup> groups = [];
        List<Relation> alternatives = [];
        int position = 0;
        while (true)
        {
            SkipSpace(value, ref position);
            if (position >= value.Length)
            {
                break;
            }

            // Policy wants no empty items, but "a, , b" and a trailing comma are met in the wild and dpkg takes them.
            if (value[position] == ',' && alternatives.Count == 0)
            {
                position++;
                continue;
            }

            alternatives.Add(ReadOne(value, ref position));
            SkipSpace(value, ref position);
            char next = position < value.Length ? value[position++] : ',';
            if (next == ',')
            {
                groups.Add(new RelationGroup(alternatives));
                alternatives = [];
            }
            else if (next != '|')
            {
                throw new FormatException($"expected ',' or '|' at column {position} of '{Shorten(value)}'");
            }

            if (groups.Count + alternatives.Count > MaximumRelations)
            {
                throw new FormatException($"it names more than {MaximumRelations} packages");
            }
        }

        return alternatives.Count == 0 ? groups : throw new FormatException($"nothing follows the last '|' of '{Shorten(value)}'");
    }

    private static Relation ReadOne(string value, ref int position)
    {
        string name = ReadName(value, ref position, "a package name");
        string? qualifier = null;
        if (position < value.Length && value[position] == ':')
        {
            position++;
            qualifier = ReadName(value, ref position, "an architecture");
        }

        SkipSpace(value, ref position);
        (RelationOperator sign, PackageVersion? version) = position < value.Length && value[position] == '('
            ? ReadVersion(value, ref position)
            : (RelationOperator.None, null);
        SkipSpace(value, ref position);
        return position < value.Length && value[position] is '[' or '<'
            ? throw new FormatException($"'{name}' has a restriction that only source packages may have")
            : new Relation(name, qualifier, sign, version);
    }

    private static (RelationOperator Sign, PackageVersion Version) ReadVersion(string value, ref int position)
    {
        int start = ++position;
        int end = value.IndexOf(')', start);
        if (end < 0)
        {
            throw new FormatException($"a '(' is not closed in '{Shorten(value)}'");
        }

        position = end + 1;
        ReadOnlySpan<char> inside = value.AsSpan(start, end - start).Trim();
        int length = inside.IndexOfAnyExcept("<=>");
        string sign = length < 0 ? "" : inside[..length].ToString();

        // '<' and '>' are the old spellings of '<=' and '>=' (Policy 7.1); dpkg reads them so.
        RelationOperator meaning = sign switch
        {
            "<<" => RelationOperator.Less,
            "<=" or "<" => RelationOperator.LessOrEqual,
            "=" => RelationOperator.Equal,
            ">=" or ">" => RelationOperator.GreaterOrEqual,
            ">>" => RelationOperator.Greater,
            _ => throw new FormatException($"'({Shorten(inside.ToString())})' does not start with << <= = >= or >>"),
        };
        string text = inside[length..].Trim().ToString();
        return PackageVersion.TryParse(text, out PackageVersion? version)
            ? (meaning, version)
            : throw new FormatException($"'{Shorten(text)}' is not a version");
    }

    private static string ReadName(string value, ref int position, string what)
    {
        int start = position;
        while (position < value.Length && (char.IsAsciiLetterOrDigit(value[position]) || value[position] is '+' or '-' or '.' or '_'))
        {
            position++;
        }

        return position > start && char.IsAsciiLetterOrDigit(value[start])
            ? value[start..position]
            : throw new FormatException($"expected {what} at column {start + 1} of '{Shorten(value)}'");
    }

    private static void SkipSpace(string value, ref int position)
    {
        while (position < value.Length && value[position] is ' ' or '\t' or '\n' or '\r')
        {
            position++;
        }
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..57] + "...";
}
