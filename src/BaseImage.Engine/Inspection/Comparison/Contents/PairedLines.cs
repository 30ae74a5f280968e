namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>Lines, or pieces of text in other data, of which two contents do not have the same.</summary>
internal static class PairedLines
{
    private const int MaxPairs = 5_000;

    // What expressions cost grows with the square of a line that was made for it.
    private const long MaxWork = 200_000_000;

    /// <summary>The lines that one has and the other has not, each as often as it is more there, in their order.</summary>
    internal static (List<string> Left, List<string> Right) Surplus(IEnumerable<string> left, IEnumerable<string> right)
    {
        Dictionary<string, int> counts = new(StringComparer.Ordinal);
        List<string> a = [.. left], b = [.. right];
        a.ForEach(line => counts[line] = counts.GetValueOrDefault(line) + 1);
        b.ForEach(line => counts[line] = counts.GetValueOrDefault(line) - 1);
        return (Take(a, 1), Take(b, -1));

        List<string> Take(List<string> lines, int sign)
        {
            Dictionary<string, int> open = new(StringComparer.Ordinal);
            List<string> surplus = [];
            foreach (string line in lines)
            {
                if (counts[line] * sign > 0 && open.TryAdd(line, counts[line] * sign) | open[line] > 0)
                {
                    open[line]--;
                    surplus.Add(line);
                }
            }

            return surplus;
        }
    }

    /// <summary>What explains every pair of lines; <see cref="ContentFinding.None"/> where a pair stays unexplained.</summary>
    internal static ContentFinding Explain(List<string> left, List<string> right, CancellationToken cancellation)
    {
        if (left.Count != right.Count || left.Count == 0 || left.Count > MaxPairs || left.Zip(right).Sum(pair => (long)pair.First.Length * pair.Second.Length) > MaxWork)
        {
            return ContentFinding.None;
        }

        List<DifferenceCause> causes = [];
        (string, string)? told = null;
        for (int i = 0; i < left.Count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            IReadOnlyList<DifferenceCause> found = LineCauses.Explain(left[i], right[i]);
            if (found.Count == 0)
            {
                return ContentFinding.None;
            }

            if (causes.Count == 0 || Rank(found[0]) < Rank(causes[0]))
            {
                causes.Insert(0, found[0]);
                told = (left[i], right[i]);
            }

            causes.AddRange(found);
        }

        DifferenceCause first = causes[0];
        DifferenceCause[] others = [.. causes.Distinct().Where(cause => cause != first)];
        return new ContentFinding(first, Message(first, told!.Value.Item1, told.Value.Item2) + (others.Length == 0 ? "" : $" Beside it: {string.Join(", ", others)}."));
    }

    // What would bring the others along is told first: a path or a host that differs is a choice, a time never is.
    private static int Rank(DifferenceCause cause) => cause switch
    {
        DifferenceCause.BuildPath => 0,
        DifferenceCause.HostName => 1,
        DifferenceCause.BuildHost => 2,
        DifferenceCause.Locale => 3,
        DifferenceCause.TimeZone => 4,
        DifferenceCause.Timestamp => 5,
        _ => 6,
    };

    // Of ids nothing is shown: they may be secrets.
    private static string Message(DifferenceCause cause, string left, string right) => cause switch
    {
        DifferenceCause.BuildPath when BuildPaths.Folders(left, right) is { } folders => $"It was built in '{folders.Left}' and in '{folders.Right}'.",
        DifferenceCause.Timestamp or DifferenceCause.TimeZone when Times.Of(left).Zip(Times.Of(right)).FirstOrDefault(pair => pair.First != pair.Second) is { First: { } a, Second: { } b }
            => cause is DifferenceCause.TimeZone ? $"The time '{a}' is written as '{b}'." : $"The time '{a}' became '{b}'.",
        DifferenceCause.HostName => "It holds the name of the host that built it.",
        DifferenceCause.BuildHost => "It holds the name of the user that built it.",
        DifferenceCause.Locale => "It holds the build's language.",
        DifferenceCause.RandomId => "An id of the same shape, drawn at random.",
        _ => "It holds the time of the build.",
    };
}
