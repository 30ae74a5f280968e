namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>
/// Which times in an image say when it was built. Those after the epoch do, and so do those between the build's beginning
/// and end by the engine's clock, which may be behind the epoch.
/// </summary>
/// <param name="Epoch">The newest time that may appear: seconds since 1970-01-01 UTC.</param>
/// <param name="Begin">When the build began by the engine's clock; null where it does not say.</param>
/// <param name="End">When it ended.</param>
internal readonly record struct BuildTimes(long Epoch, long? Begin = null, long? End = null)
{
    // An engine says its time to the second or better, and a file system may round.
    private const long Slack = 2;
    private const long Day = 86_400;

    /// <summary>The epoch's day, counted from 1970-01-01.</summary>
    public long EpochDay => Epoch / Day;

    /// <summary>The time, or the epoch in its place.</summary>
    public long Clamp(long time) => time > Epoch || (Begin is { } begin && End is { } end && time >= begin - Slack && time <= end + Slack) ? Epoch : time;

    /// <summary>True for a day, counted from 1970-01-01, that says when the image was built.</summary>
    public bool IsBuildDay(long day) => day > EpochDay || (Begin is { } begin && End is { } end && day >= (begin - Slack) / Day && day <= (end + Slack) / Day);
}
