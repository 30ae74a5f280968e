using System.Globalization;

namespace BaseImage.Documents;

/// <summary>
/// Reads a table by a closed list of keys and collects every mistake with its place and a hint. Definitions, policies
/// and configuration files are all read with it. A getter gives null (or an empty list) both for a key that is not
/// there and for one whose value is wrong; the latter is in <see cref="Problems"/>. Keys are compared without letter
/// case, as PowerShell does; <c>$null</c> is the same as leaving the key out; one value and an array of one are the same.
/// </summary>
/// <example><code>
/// DataProblems problems = new();
/// TableReader policy = TableReader.Open(document.Root, "the policy", ["SchemaVersion", "Suppressions"], problems);
/// foreach (TableReader entry in policy.Tables("Suppressions", "a suppression", ["Rule", "Reason", "Until"]))
/// {
///     string? rule = entry.RequiredText("Rule", "Name the rule, for instance 'BI1001'.");
///     DateOnly? until = entry.Date("Until");
/// }
/// </code></example>
public sealed class TableReader
{
    private readonly Dictionary<string, DataEntry> _entries = new(StringComparer.OrdinalIgnoreCase);
    private readonly IReadOnlyList<string> _keys;

    private TableReader(SourcePosition position, string what, IReadOnlyList<string> keys, DataProblems problems)
        => (Position, What, _keys, Problems) = (position, what, keys, problems);

    /// <summary>Where the table stands.</summary>
    public SourcePosition Position { get; }

    /// <summary>What the table is, in words for errors: <c>the definition</c>, <c>an account</c>.</summary>
    public string What { get; }

    /// <summary>Where mistakes go.</summary>
    public DataProblems Problems { get; }

    /// <summary>Opens a table; of anything else it makes a problem and an empty table.</summary>
    /// <param name="node">The value; null (a document that could not be read) is passed over in silence.</param>
    /// <param name="what">What the table is, in words for errors.</param>
    /// <param name="keys">Every key it may have; others are problems, with the nearest of these as a hint.</param>
    /// <param name="problems">Where mistakes go.</param>
    /// <param name="elsewhere">For keys that people look for here but that belong elsewhere: the hint.</param>
    public static TableReader Open(DataNode? node, string what, IReadOnlyList<string> keys, DataProblems problems, IReadOnlyDictionary<string, string>? elsewhere = null)
    {
        TableReader reader = new(node?.Position ?? default, what, keys, problems);
        if (node is DataTable table)
        {
            reader.Fill(table, elsewhere);
        }
        else if (node is not null and not DataRefused)
        {
            problems.Add(node.Position, $"{Capital(what)} must be a table, but is {Kind(node)}.", node.Position.IsJson ? "Write { \"Key\": value }." : node.Position.IsYaml ? "Write key: value, each key on a line of its own." : "Write @{ Key = value }.");
        }

        return reader;
    }

    /// <summary>True when the key is there with a value that is not null, right or wrong.</summary>
    public bool Has(string key) => Node(key) is not null;

    /// <summary>The place of a key's value, or of the table where the key is absent.</summary>
    public SourcePosition PositionOf(string key) => Node(key)?.Position ?? Position;

    /// <summary>A key's value; null where it is absent, null or refused by the file's reader.</summary>
    public DataNode? Node(string key)
    {
        if (!_keys.Contains(key, StringComparer.Ordinal))
        {
            throw new ArgumentException($"'{key}' is not among the keys this table was opened with.", nameof(key));
        }

        return _entries.TryGetValue(key, out DataEntry? entry) && entry.Value is not (DataScalar { Value: null } or DataRefused) ? entry.Value : null;
    }

    /// <summary>A text.</summary>
    public string? Text(string key) => Node(key) is { } node && AsText(node, key, Problems) is { } scalar ? (string)scalar.Value! : null;

    /// <summary>A text that must be there and not be blank. The hint says what to write.</summary>
    public string? RequiredText(string key, string hint)
    {
        Require(key, hint);
        string? text = Text(key);
        if (text is not null && string.IsNullOrWhiteSpace(text))
        {
            Problems.Add(PositionOf(key), $"{key} is empty.", hint);
            return null;
        }

        return text;
    }

    /// <summary>Texts, each with its place: one or an array. The scalars' values are strings.</summary>
    public IReadOnlyList<DataScalar> Texts(string key)
        => [.. Items(key).Select(item => AsText(item, key, Problems)).OfType<DataScalar>()];

    /// <summary>A whole number within bounds.</summary>
    public long? Integer(string key, long min, long max)
    {
        switch (Single(key))
        {
            case null:
                return null;
            case DataScalar { Value: long value } when value >= min && value <= max:
                return value;
            case DataScalar { Value: long or double } scalar:
                string range = min == max ? Number(min) : $"a whole number from {Number(min)} to {Number(max)}";
                Problems.Add(scalar.Position, $"{key} is {scalar.Text}, which is not {range}.", $"Write {range}.");
                return null;
            case DataScalar { Value: string text } scalar when long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _):
                Problems.Add(scalar.Position, $"{key} is a text, but must be a number.", $"Write {key}{Sign(scalar)}{text} without quotes.");
                return null;
            case { } node:
                Problems.Add(node.Position, $"{key} must be a number, but is {Kind(node)}.", $"Write a number without quotes.");
                return null;
        }
    }

    /// <summary>True or false.</summary>
    public bool? Boolean(string key)
    {
        switch (Single(key))
        {
            case null:
                return null;
            case DataScalar { Value: bool value }:
                return value;
            case { } node:
                string words = node.Position.IsJson || node.Position.IsYaml ? "true or false, without quotes" : "$true or $false, without quotes";
                Problems.Add(node.Position, $"{key} must be true or false, but is {Kind(node)}.", $"Write {words}.");
                return null;
        }
    }

    /// <summary>One of an enum's names, letter case not counted.</summary>
    public TEnum? Choice<TEnum>(string key)
        where TEnum : struct, Enum
    {
        if (Single(key) is not { } node || AsText(node, key, Problems) is not { Value: string text })
        {
            return null;
        }

        string? name = Enum.GetNames<TEnum>().FirstOrDefault(n => string.Equals(n, text, StringComparison.OrdinalIgnoreCase));
        if (name is not null)
        {
            return Enum.Parse<TEnum>(name);
        }

        Problems.Add(node.Position, $"{key} is '{Shown(text)}', which is none of its values.", Suggest(text, Enum.GetNames<TEnum>(), "values"));
        return null;
    }

    /// <summary>A day, written <c>2026-12-31</c>.</summary>
    public DateOnly? Date(string key)
    {
        if (Single(key) is not { } node || AsText(node, key, Problems) is not { Value: string text })
        {
            return null;
        }

        if (DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out DateOnly day))
        {
            return day;
        }

        Problems.Add(node.Position, $"{key} is '{Shown(text)}', which is not a day.", "Write year, month and day as '2026-12-31'.");
        return null;
    }

    /// <summary>A table within; null where the key is absent.</summary>
    public TableReader? Table(string key, string what, IReadOnlyList<string> keys, IReadOnlyDictionary<string, string>? elsewhere = null)
        => Single(key) is { } node ? Open(node, what, keys, Problems, elsewhere) : null;

    /// <summary>Tables within: one or an array.</summary>
    public IReadOnlyList<TableReader> Tables(string key, string what, IReadOnlyList<string> keys, IReadOnlyDictionary<string, string>? elsewhere = null)
        => [.. Items(key).Where(item => item is not DataRefused).Select(item => Open(item, what, keys, Problems, elsewhere))];

    /// <summary>
    /// The entries of a table whose keys are data, such as package names; entries with a null value are left out. The
    /// hint says what to write where the value is no table.
    /// </summary>
    public IReadOnlyList<DataEntry> Entries(string key, string hint)
    {
        switch (Node(key))
        {
            case null:
                return [];
            case DataTable table:
                return [.. table.Entries.Where(e => e.Value is not (DataScalar { Value: null } or DataRefused))];
            case { } node:
                Problems.Add(node.Position, $"{key} must be a table, but is {Kind(node)}.", hint);
                return [];
        }
    }

    /// <summary>The entries of a table whose keys are data and whose values are texts that must not be blank.</summary>
    public IReadOnlyDictionary<string, string> Map(string key, string hint)
    {
        SortedDictionary<string, string> map = new(StringComparer.Ordinal);
        foreach (DataEntry entry in Entries(key, hint))
        {
            if (AsText(entry.Value, entry.Key, Problems) is not { Value: string text } scalar)
            {
                continue;
            }

            if (string.IsNullOrWhiteSpace(text))
            {
                Problems.Add(scalar.Position, $"The value of '{Shown(entry.Key)}' in {key} is empty.", hint);
                continue;
            }

            map[entry.Key] = text;
        }

        return map;
    }

    /// <summary>Tells that a key is missing, if it is.</summary>
    public bool Require(string key, string hint)
    {
        // A value that the file's reader refused is there, and told of.
        if (Has(key) || (_entries.TryGetValue(key, out DataEntry? entry) && entry.Value is DataRefused))
        {
            return true;
        }

        if (Position.File is not null)
        {
            Problems.Add(Position, $"{Capital(What)} has no {key}.", hint);
        }

        return false;
    }

    /// <summary>Adds a mistake at a key's value.</summary>
    public void Fail(string key, string problem, string hint) => Problems.Add(PositionOf(key), problem, hint);

    /// <summary>A text, or a problem that says how to make one of it.</summary>
    /// <param name="node">The value.</param>
    /// <param name="key">Its key, for the message.</param>
    /// <param name="problems">Where mistakes go.</param>
    public static DataScalar? AsText(DataNode node, string key, DataProblems problems)
    {
        node = node is DataList { Items.Count: 1 } list ? list.Items[0] : node;
        switch (node)
        {
            case DataScalar { Value: string } scalar:
                return scalar;
            case DataScalar { Value: long or double } scalar:
                problems.Add(scalar.Position, $"{key} must be a text, but is the number {scalar.Text}{Changed(scalar)}.", $"Write it in quotes: {Quoted(scalar, scalar.Text)}.");
                return null;
            case DataRefused:
                return null;
            default:
                problems.Add(node.Position, $"{key} must be a text, but is {Kind(node)}.", node is DataScalar { Value: bool } boolean ? $"Write it in quotes: {Quoted(boolean, boolean.Text.TrimStart('$'))}." : $"Write one text in quotes.");
                return null;
        }
    }

    /// <summary>A value in words: <c>a table</c>, <c>the number 5</c>.</summary>
    public static string Kind(DataNode node) => node switch
    {
        DataTable => "a table",
        DataList => "an array",
        DataScalar { Value: string text } => $"the text '{Shown(text)}'",
        DataScalar { Value: null } => "null",
        DataScalar { Value: bool value } => value ? "true" : "false",
        DataScalar scalar => $"the number {scalar.Text}",
        _ => "a value that was refused",
    };

    /// <summary>A text made fit for a message: cut at 80 characters, control characters escaped.</summary>
    public static string Shown(string text)
    {
        string start = text.Length > 80 ? text[..80] + "…" : text;
        return string.Concat(start.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? $"\\u{(int)c:x4}" : c.ToString()));
    }

    /// <summary>A hint that names the nearest of some words, or all of them.</summary>
    public static string Suggest(string text, IEnumerable<string> known, string noun)
    {
        List<string> words = [.. known.Order(StringComparer.Ordinal)];
        return NearestKey.Find(text, words) is { } nearest ? $"Did you mean '{nearest}'?" : $"The {noun} are {string.Join(", ", words)}.";
    }

    private void Fill(DataTable table, IReadOnlyDictionary<string, string>? elsewhere)
    {
        foreach (DataEntry entry in table.Entries)
        {
            string? known = _keys.FirstOrDefault(key => string.Equals(key, entry.Key, StringComparison.OrdinalIgnoreCase));
            if (known is null)
            {
                string? place = elsewhere?.FirstOrDefault(pair => string.Equals(pair.Key, entry.Key, StringComparison.OrdinalIgnoreCase)).Value;
                Problems.Add(entry.KeyPosition, $"{Capital(What)} has no key '{Shown(entry.Key)}'.", place ?? Suggest(entry.Key, _keys, "keys"));
            }
            else if (!_entries.TryAdd(known, entry))
            {
                Problems.Add(entry.KeyPosition, $"The key '{known}' stands twice.", "Keep one of them.");
            }
        }
    }

    private DataNode? Single(string key)
    {
        DataNode? node = Node(key);
        return node is DataList { Items.Count: 1 } list ? list.Items[0] : node;
    }

    private IReadOnlyList<DataNode> Items(string key) => Node(key) switch
    {
        null => [],
        DataList list => list.Items,
        { } one => [one],
    };

    private static string Changed(DataScalar scalar)
        => scalar.Value is long value && !string.Equals(Number(value), scalar.Text, StringComparison.Ordinal) ? $" (read as {Number(value)})" : "";

    private static string Quoted(DataScalar scalar, string text) => scalar.Position.IsJson ? $"\"{text}\"" : $"'{text}'";

    private static string Sign(DataScalar scalar) => scalar.Position.IsJson || scalar.Position.IsYaml ? ": " : " = ";

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Capital(string text) => text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..];
}
