using System.Collections;
using System.Diagnostics.CodeAnalysis;

namespace BaseImage;

/// <summary>A table of texts in ordinal order of its keys, whose own text is its entries, as <see cref="TextList{T}"/>'s is its items.</summary>
public sealed class TextDictionary : IReadOnlyDictionary<string, string>
{
    private readonly SortedDictionary<string, string> _entries;

    private TextDictionary(SortedDictionary<string, string> entries) => _entries = entries;

    /// <summary>A table of nothing.</summary>
    public static TextDictionary Empty { get; } = new(new SortedDictionary<string, string>(StringComparer.Ordinal));

    /// <inheritdoc/>
    public IEnumerable<string> Keys => _entries.Keys;

    /// <inheritdoc/>
    public IEnumerable<string> Values => _entries.Values;

    /// <inheritdoc/>
    public int Count => _entries.Count;

    /// <inheritdoc/>
    public string this[string key] => _entries[key];

    /// <summary>The same entries as a table of this kind.</summary>
    public static TextDictionary Of(IReadOnlyDictionary<string, string> entries)
    {
        ArgumentNullException.ThrowIfNull(entries);
        if (entries is TextDictionary table)
        {
            return table;
        }

        SortedDictionary<string, string> sorted = new(StringComparer.Ordinal);
        foreach ((string key, string value) in entries)
        {
            sorted[key] = value;
        }

        return new TextDictionary(sorted);
    }

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _entries.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out string value) => _entries.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, string>> GetEnumerator() => _entries.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The entries as <c>key=value</c>, joined by <c>"; "</c>.</summary>
    public override string ToString() => string.Join("; ", _entries.Select(entry => $"{entry.Key}={entry.Value}"));
}
