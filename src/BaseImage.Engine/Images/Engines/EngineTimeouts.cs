namespace BaseImage.Engine.Images.Engines;

/// <summary>How long an engine may stay silent. Nothing limits how long an export or a load takes in all.</summary>
internal sealed record EngineTimeouts
{
    /// <summary>Until a connection stands.</summary>
    internal TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>Until a document has come whole.</summary>
    internal TimeSpan Answer { get; init; } = TimeSpan.FromSeconds(100);

    /// <summary>
    /// Between two pieces of a stream, and from the end of what is sent to the first piece of the answer: an engine is
    /// silent while it writes a large image to its own disk.
    /// </summary>
    internal TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(15);
}
