namespace BaseImage.Engine.Building.Dockerfiles;

/// <summary>A stretch of a file, in bytes from its start.</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many.</param>
internal readonly record struct SourceSpan(int Start, int Length)
{
    /// <summary>The first byte behind it.</summary>
    public int End => Start + Length;

    /// <summary>The stretch from one byte to before another.</summary>
    public static SourceSpan Between(int start, int end) => new(start, end - start);
}
