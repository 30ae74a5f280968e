using System.Management.Automation;

namespace BaseImage.Terminal.Commands;

/// <summary>Orders values as PowerShell's operators do: by the type's own order where there is one, else as text.</summary>
internal sealed class ObjectComparer(bool caseSensitive) : IComparer<object?>, IEqualityComparer<object?>
{
    /// <inheritdoc/>
    public int Compare(object? x, object? y)
    {
        object? left = Bare(x), right = Bare(y);
        if (left is null || right is null)
        {
            return left is null ? (right is null ? 0 : -1) : 1;
        }

        return left is string || right is string || !LanguagePrimitives.TryCompare(left, right, !caseSensitive, out int order)
            ? string.Compare(left.ToString(), right.ToString(), caseSensitive ? StringComparison.CurrentCulture : StringComparison.CurrentCultureIgnoreCase)
            : order;
    }

    /// <inheritdoc/>
    public new bool Equals(object? x, object? y) => Compare(x, y) == 0;

    /// <inheritdoc/>
    public int GetHashCode(object? obj) => 0;

    private static object? Bare(object? value) => value is PSObject wrapped ? wrapped.BaseObject is PSCustomObject ? wrapped : wrapped.BaseObject : value;
}
