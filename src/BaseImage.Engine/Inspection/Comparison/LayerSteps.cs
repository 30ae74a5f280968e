namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>
/// Which instruction made which layer: the steps of the history that are not empty are the layers, in order (OCI Image
/// Specification 1.1, config.md, "history"). Where the numbers do not agree nothing is said.
/// </summary>
internal sealed class LayerSteps
{
    private readonly IReadOnlyList<ImageHistory> _history;
    private readonly IReadOnlyList<DockerfileStep?> _lines;
    private readonly int[] _stepOfLayer;

    /// <summary>Makes it.</summary>
    /// <param name="history">The image's history.</param>
    /// <param name="layers">The number of its layers.</param>
    /// <param name="dockerfile">The Dockerfile that it was built from; null for unknown.</param>
    internal LayerSteps(IReadOnlyList<ImageHistory> history, int layers, IMapHistory? dockerfile)
    {
        _history = history;
        _lines = dockerfile?.Map(history) ?? [];
        int[] steps = [.. history.Select((step, i) => (step, i)).Where(item => !item.step.EmptyLayer).Select(item => item.i)];
        _stepOfLayer = steps.Length == layers ? steps : [];
    }

    /// <summary>The instruction that made a layer, and its line; empty where that is not known.</summary>
    internal (string Text, int? Line) Of(int layer) => layer < _stepOfLayer.Length ? OfStep(_stepOfLayer[layer]) : ("", null);

    /// <summary>The instruction of a step, and its line.</summary>
    internal (string Text, int? Line) OfStep(int step)
        => step < _lines.Count && _lines[step] is { } line ? (line.Text, line.Line)
            : step < _history.Count ? (HistoryInstruction.Parse(_history[step].CreatedBy).ToString(), null) : ("", null);
}
