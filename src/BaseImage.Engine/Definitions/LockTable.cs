using BaseImage.Documents;
using BaseImage.Errors;

namespace BaseImage.Engine.Definitions;

/// <summary>An object of a lock, read by a closed list of keys; the first mistake is an error with its place.</summary>
internal sealed class LockTable
{
    private readonly Dictionary<string, DataNode> _values = new(StringComparer.Ordinal);
    private readonly SourcePosition _position;

    /// <summary>Opens an object.</summary>
    /// <param name="node">The value.</param>
    /// <param name="keys">Every key it may have; null for any.</param>
    public LockTable(DataNode node, params string[]? keys)
    {
        _position = node.Position;
        if (node is not DataTable table)
        {
            throw Invalid(node.Position, "an object is expected here");
        }

        foreach (DataEntry entry in table.Entries)
        {
            if (keys is not null && !keys.Contains(entry.Key, StringComparer.Ordinal))
            {
                throw Invalid(entry.KeyPosition, $"'{entry.Key}' is not a key of a lock");
            }

            _values.Add(entry.Key, entry.Value);
        }
    }

    /// <summary>The keys, in the file's order.</summary>
    public IEnumerable<string> Keys => _values.Keys;

    /// <summary>True where the key is there.</summary>
    public bool Has(string key) => _values.ContainsKey(key);

    /// <summary>Where a key's value stands.</summary>
    public SourcePosition At(string key) => _values.TryGetValue(key, out DataNode? node) ? node.Position : _position;

    /// <summary>A value that must be there.</summary>
    public DataNode Required(string key) => _values.TryGetValue(key, out DataNode? node) ? node : throw Invalid(_position, $"'{key}' is missing");

    /// <summary>A string.</summary>
    /// <param name="key">The key.</param>
    /// <param name="isValid">What it has to be; null for any string.</param>
    /// <param name="what">What it has to be, in words.</param>
    public string Text(string key, Func<string, bool>? isValid = null, string what = "a string")
        => Required(key) is DataScalar { Value: string text } && (isValid is null || isValid(text)) ? text : throw Invalid(At(key), $"'{key}' is not {what}");

    /// <summary>A whole number that is not negative.</summary>
    public long Number(string key) => Required(key) is DataScalar { Value: long and >= 0 and <= 1L << 50 and long number } ? number : throw Invalid(At(key), $"'{key}' is not a size in bytes");

    /// <summary>True or false; false where the key is missing.</summary>
    public bool Flag(string key) => _values.TryGetValue(key, out DataNode? node) && (node is DataScalar { Value: bool flag } ? flag : throw Invalid(node.Position, $"'{key}' is not true or false"));

    /// <summary>A SHA-256 digest.</summary>
    public Digest Digest(string key) => BaseImage.Digest.Parse(Text(key, t => BaseImage.Digest.TryParse(t, out Digest d) && d.Algorithm == "sha256", "'sha256:' and 64 lower-case hexadecimal digits"));

    /// <summary>A package version.</summary>
    public PackageVersion Version(string key) => PackageVersion.Parse(Text(key, t => PackageVersion.TryParse(t, out _), "a package version"));

    /// <summary>A time.</summary>
    public DateTimeOffset Time(string key)
    {
        DateTimeOffset time = default;
        Text(key, t => LockRules.TryParseTime(t, out time), "a time like 2026-07-11T10:16:37Z");
        return time;
    }

    /// <summary>A list of values; empty where the key is missing.</summary>
    public IReadOnlyList<DataNode> List(string key) => !_values.TryGetValue(key, out DataNode? node) ? []
        : node is DataList list ? list.Items : throw Invalid(node.Position, $"'{key}' is not a list");

    /// <summary>An error at a place.</summary>
    public static LockInvalidException Invalid(SourcePosition at, string problem) => new(at.File, at.Line, at.Column, problem + ".");
}
