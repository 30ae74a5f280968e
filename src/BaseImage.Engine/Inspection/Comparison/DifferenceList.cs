namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>Takes differences down: with the platform, the instruction that made their layer, and texts that are fit to be put out.</summary>
/// <param name="platform">The platform.</param>
/// <param name="reference">The reference image's layers and the instructions that made them.</param>
/// <param name="difference">The difference image's.</param>
/// <param name="safe">Masks secrets and control characters in texts of an image.</param>
internal sealed class DifferenceList(Platform platform, LayerSteps reference, LayerSteps difference, Func<string, string> safe)
{
    private readonly List<ImageDifference> _found = [];

    /// <summary>What was found so far.</summary>
    internal IReadOnlyList<ImageDifference> Found => _found;

    /// <summary>True where something makes the images Different.</summary>
    internal bool HasSignificant => _found.Exists(found => found.IsSignificant);

    /// <summary>Text of an image, fit to be put out.</summary>
    internal string Safe(string text) => safe(text);

    /// <summary>Adds one.</summary>
    internal void Add(ImageDifference found)
    {
        (string Text, int? Line) step = found.DifferenceLayer is { } layer ? difference.Of(layer) : found.ReferenceLayer is { } other ? reference.Of(other) : found.Instruction.Length > 0 ? (found.Instruction, found.Line) : ("", null);
        _found.Add(found with { Platform = platform, Instruction = safe(step.Text), Line = step.Line });
    }

    /// <summary>The instruction of a step of the difference image's history.</summary>
    internal (string Text, int? Line) DifferenceStep(int step) => difference.OfStep(step);

    /// <summary>The instruction of a step of the reference image's history.</summary>
    internal (string Text, int? Line) ReferenceStep(int step) => reference.OfStep(step);

    /// <summary>All, the worst kind first, then by path.</summary>
    internal IReadOnlyList<ImageDifference> Sorted() => [.. _found.OrderBy(found => found.Kind).ThenByDescending(found => found.IsSignificant).ThenBy(found => found.Path, StringComparer.Ordinal)];
}
