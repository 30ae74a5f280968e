namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>What two contents that differ say of themselves.</summary>
/// <param name="Cause">The likely cause.</param>
/// <param name="Message">What was seen, in a sentence; empty for nothing.</param>
internal sealed record ContentFinding(DifferenceCause Cause, string Message)
{
    /// <summary>Nothing that explains the difference.</summary>
    internal static ContentFinding None { get; } = new(DifferenceCause.Unknown, "");

    /// <summary>True where a cause was found.</summary>
    internal bool IsKnown => Cause is not DifferenceCause.Unknown;
}
