namespace BaseImage;

/// <summary>What a rule of one's own does. Its text is the script's, in lists and in files.</summary>
/// <param name="text">The script.</param>
/// <param name="needsFiles">False where it judges the configuration alone, so that no layer has to be read.</param>
/// <param name="evaluate">Judges one image and platform, on the thread that calls it.</param>
public sealed class RuleCheck(string text, bool needsFiles, Func<AuditedImage, IReadOnlyList<CustomFinding>> evaluate)
{
    /// <summary>False where it judges the configuration alone.</summary>
    public bool NeedsFiles => needsFiles;

    /// <summary>Judges one image and platform; what it throws makes the row's status Error.</summary>
    public IReadOnlyList<CustomFinding> Evaluate(AuditedImage image) => evaluate(image);

    /// <summary>The script.</summary>
    public override string ToString() => text;
}

/// <summary>One place where a rule of one's own is broken.</summary>
/// <param name="Message">What is wrong there.</param>
/// <param name="Path">The file in the image; empty for the image as a whole.</param>
/// <param name="Severity">Less than the rule's where this place matters less; null for the rule's. Info is a note and fails nothing.</param>
/// <param name="Line">The line, from 1; 0 for none.</param>
public sealed record CustomFinding(string Message, string Path = "", Severity? Severity = null, int Line = 0);
