namespace BaseImage.Documents;

/// <summary>A data file as it was read.</summary>
/// <param name="Path">The file, as a full path.</param>
/// <param name="Root">Its value; null where the file could not be understood at all, and <paramref name="Problems"/> says why.</param>
/// <param name="Problems">What was refused, in the file's order.</param>
public sealed record DataDocument(string Path, DataNode? Root, IReadOnlyList<DataProblem> Problems);

/// <summary>One mistake in a data file.</summary>
/// <param name="Position">Where it is.</param>
/// <param name="Problem">What is wrong, in one sentence.</param>
/// <param name="Hint">What to write instead, in one sentence.</param>
public sealed record DataProblem(SourcePosition Position, string Problem, string Hint)
{
    /// <summary><c>file:line:column: problem hint</c>.</summary>
    public override string ToString() => $"{Position}: {Problem} {Hint}";
}

/// <summary>Collects the mistakes of a file and of what it includes, so that one reading shows them all.</summary>
public sealed class DataProblems
{
    private readonly List<DataProblem> _items = [];

    /// <summary>Every mistake so far, in order of place: a file's mistakes together, the first file first.</summary>
    public IReadOnlyList<DataProblem> Items
    {
        get
        {
            List<string> files = _items.Select(item => item.Position.File).Distinct(StringComparer.Ordinal).ToList();
            return [.. _items.OrderBy(item => files.IndexOf(item.Position.File)).ThenBy(item => item.Position.Line).ThenBy(item => item.Position.Column)];
        }
    }

    /// <summary>True when there is one.</summary>
    public bool Any => _items.Count > 0;

    /// <summary>Adds a mistake. Problem and hint are whole sentences.</summary>
    public void Add(SourcePosition position, string problem, string hint) => _items.Add(new DataProblem(position, problem, hint));

    /// <summary>Adds what a file's reader found.</summary>
    public void Add(IEnumerable<DataProblem> problems) => _items.AddRange(problems);
}
