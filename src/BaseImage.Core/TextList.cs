using System.Collections;

namespace BaseImage;

/// <summary>
/// A list whose text is its items, joined by <c>"; "</c>: Export-Csv and string interpolation ask a property's value for
/// its text, and an array would answer <c>System.String[]</c>.
/// </summary>
/// <typeparam name="T">What it lists.</typeparam>
public sealed class TextList<T> : IReadOnlyList<T>
{
    // Objects are made by the thousand with lists that nothing is in.
    internal static readonly TextList<T> Empty = new(Array.Empty<T>());

    private readonly IReadOnlyList<T> _items;

    internal TextList(IReadOnlyList<T> items) => _items = items;

    /// <inheritdoc/>
    public int Count => _items.Count;

    /// <inheritdoc/>
    public T this[int index] => _items[index];

    /// <inheritdoc/>
    public IEnumerator<T> GetEnumerator() => _items.GetEnumerator();

    /// <inheritdoc/>
    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>The items' texts, joined by <c>"; "</c>.</summary>
    public override string ToString() => string.Join("; ", _items);
}

/// <summary>Makes lists whose text is their items.</summary>
public static class TextList
{
    /// <summary>The same items as a list of this kind.</summary>
    public static TextList<T> Of<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items as TextList<T> ?? (items is T[] { Length: 0 } ? TextList<T>.Empty : new TextList<T>(items));
    }
}
