using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Optimising.Traces;

/// <summary>What recorded runs of one image touched of its files.</summary>
internal sealed record ImageTrace
{
    /// <summary>The version that is written, and the only one that is read.</summary>
    public const long CurrentVersion = 1;

    /// <summary>The digest of the image's configuration, which is the same wherever the image lies.</summary>
    public required Digest ImageId { get; init; }

    /// <summary>Its platform.</summary>
    public required Platform Platform { get; init; }

    /// <summary>Files and working directories of the image, and how they were touched; in order of bytes.</summary>
    public IReadOnlyDictionary<LayerPath, Touch> Paths { get; init; } = new SortedDictionary<LayerPath, Touch>();

    /// <summary>Both together.</summary>
    /// <param name="other">A trace of the same image.</param>
    public ImageTrace With(ImageTrace other)
    {
        SortedDictionary<LayerPath, Touch> paths = [];
        foreach ((LayerPath path, Touch how) in Paths.Concat(other.Paths))
        {
            paths[path] = paths.GetValueOrDefault(path) | how;
        }

        return this with { Paths = paths };
    }

    /// <summary>Who needs a file, in words.</summary>
    public static string Why(Touch how) => "a recorded run " + (how switch
    {
        _ when how.HasFlag(Touch.Executed) => "executed it",
        _ when how.HasFlag(Touch.Mapped) => "mapped it",
        _ when how.HasFlag(Touch.Opened) => "opened it",
        _ => "worked in it",
    });
}
