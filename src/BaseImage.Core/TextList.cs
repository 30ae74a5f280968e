using System.Collections.ObjectModel;

namespace BaseImage;

/// <summary>
/// A list whose text is its items, joined by <c>"; "</c>: Export-Csv and string interpolation ask a property's value for
/// its text, and an array would answer <c>System.String[]</c>. It is an <see cref="System.Collections.IList"/>, without which PowerShell binds it to a
/// parameter that takes several as one text of all.
/// </summary>
/// <typeparam name="T">What it lists.</typeparam>
public sealed class TextList<T> : ReadOnlyCollection<T>
{
    // Objects are made by the thousand with lists that nothing is in.
    internal static readonly TextList<T> Nothing = new(Array.Empty<T>());

    internal TextList(IReadOnlyList<T> items)
        : base(items as IList<T> ?? [.. items])
    {
    }

    /// <summary>The items' texts, joined by <c>"; "</c>.</summary>
    public override string ToString() => string.Join("; ", Items);
}

/// <summary>Makes lists whose text is their items.</summary>
public static class TextList
{
    /// <summary>The same items as a list of this kind.</summary>
    public static TextList<T> Of<T>(IReadOnlyList<T> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return items as TextList<T> ?? (items is T[] { Length: 0 } ? TextList<T>.Nothing : new TextList<T>(items));
    }
}
