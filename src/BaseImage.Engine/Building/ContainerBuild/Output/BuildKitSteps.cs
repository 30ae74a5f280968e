using System.Globalization;
using System.Text.RegularExpressions;
using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Building.ContainerBuild.Output;

/// <summary>The steps of BuildKit's graph, which run beside each other, and the instructions that they come from.</summary>
/// <param name="steps">The steps that were sent.</param>
/// <param name="newOutput">Makes what takes a step's output.</param>
/// <param name="tell">Told when a step begins: the step, how it is counted, its text.</param>
internal sealed partial class BuildKitSteps(IReadOnlyList<SentStep> steps, Func<OutputLines> newOutput, Action<SentStep?, string, string> tell)
{
    private const int MaxVertexes = 100_000;
    private readonly Dictionary<string, (SentStep? Step, string Count, OutputLines Output, bool Begun)> _known = new(StringComparer.Ordinal);

    /// <summary>The step that failed; null for none.</summary>
    public (SentStep? Step, string Count, OutputLines Output)? Failed { get; private set; }

    /// <summary>Takes a message.</summary>
    public void Take(BuildKitStatus status)
    {
        foreach (BuildKitVertex vertex in status.Vertexes)
        {
            Take(vertex);
        }

        foreach (BuildKitLog log in status.Logs)
        {
            if (_known.TryGetValue(log.Vertex, out var known))
            {
                known.Output.Take(log.Text);
            }
        }

        foreach (BuildKitVertex vertex in status.Vertexes)
        {
            // The cause comes first; what only waited for it is told to be cancelled.
            if (vertex.Error.Length > 0 && Failed is null && _known.TryGetValue(vertex.Digest, out var known) && !vertex.Error.Contains("context canceled", StringComparison.Ordinal))
            {
                Failed = (known.Step, known.Count, known.Output);
            }
        }
    }

    private void Take(BuildKitVertex vertex)
    {
        if (!_known.TryGetValue(vertex.Digest, out var known))
        {
            if (_known.Count >= MaxVertexes)
            {
                return;
            }

            Match match = Name().Match(vertex.Name);
            known = (match.Success ? Find(match) : null, match.Success ? $"{match.Groups["n"].Value}/{match.Groups["m"].Value}" : "", newOutput(), false);
        }

        if (vertex.HasStarted && !known.Begun)
        {
            known.Begun = true;
            if (known.Count.Length > 0 && !vertex.IsCached)
            {
                tell(known.Step, known.Count, vertex.Name);
            }
        }

        _known[vertex.Digest] = known;
    }

    // BuildKit numbers what does something to files: FROM of an image, RUN, COPY, ADD and WORKDIR.
    private SentStep? Find(Match match)
    {
        string stage = match.Groups["stage"].Value, text = Squeeze(match.Groups["text"].Value);
        SentStep[] candidates = [.. steps.Where(step => step is { Instruction: not null, Stage: { } own } && (stage.Length == 0 || own.Name == stage || $"stage-{own.Index.ToString(CultureInfo.InvariantCulture)}" == stage))];
        SentStep[] exact = [.. candidates.Where(step => Squeeze($"{step.Instruction!.Name} {step.Instruction.ArgumentText}") == text)];
        if (exact.Length > 0)
        {
            return exact[0];
        }

        SentStep[] counted = [.. candidates.Where(step => step.Instruction!.Name is "RUN" or "COPY" or "ADD" or "WORKDIR" || (step.Instruction.Name == "FROM" && step.Stage!.Parent is null))];
        return int.TryParse(match.Groups["n"].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= counted.Length
            && text.StartsWith(counted[number - 1].Instruction!.Name, StringComparison.OrdinalIgnoreCase) ? counted[number - 1] : null;
    }

    private static string Squeeze(string text) => string.Join(' ', text.Split((char[])[' ', '\t', '\n', '\r'], StringSplitOptions.RemoveEmptyEntries));

    [GeneratedRegex(@"^\[(?:(?<stage>\S+) )?(?<n>\d{1,5})/(?<m>\d{1,5})\] (?<text>.*)$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Name();
}
