namespace BaseImage.Engine.Storage;

/// <summary>What a JSON document may cost before it is refused.</summary>
internal sealed record JsonLimits
{
    /// <summary>64 MiB, 64 levels, 2 million values.</summary>
    public static JsonLimits Default { get; } = new();

    /// <summary>The most bytes a document may have.</summary>
    public int MaxBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>The most objects and arrays inside one another.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>The most values in all.</summary>
    public int MaxValues { get; init; } = 2_000_000;
}
