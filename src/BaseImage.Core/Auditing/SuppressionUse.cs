namespace BaseImage;

/// <summary>Which suppressions matched something over the images of a run, so that one that has done its work can be taken out.</summary>
public sealed class SuppressionUse
{
    private readonly Dictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly object _gate = new();

    /// <summary>Suppressions that spoke of an image that was audited, by a rule that was evaluated, and matched nothing; in ordinal order.</summary>
    public IReadOnlyList<string> Unused
    {
        get
        {
            lock (_gate)
            {
                return TextList.Of<string>([.. _seen.Where(pair => !pair.Value).Select(pair => pair.Key).Order(StringComparer.Ordinal)]);
            }
        }
    }

    /// <summary>Takes down what became of a suppression with one image.</summary>
    /// <param name="suppression">Where it is written, and what it says.</param>
    /// <param name="isUsed">True where it matched something.</param>
    public void Note(string suppression, bool isUsed)
    {
        lock (_gate)
        {
            _seen[suppression] = isUsed || _seen.GetValueOrDefault(suppression);
        }
    }
}
