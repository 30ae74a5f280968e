namespace BaseImage.Ports;

/// <summary>Compares images.</summary>
public interface ICompareImages
{
    /// <summary>One comparison a platform, the reference image's platforms first, in its order.</summary>
    /// <exception cref="Errors.BaseImageException">An image cannot be found or read.</exception>
    IAsyncEnumerable<ImageComparison> CompareAsync(ComparisonRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>What to compare.</summary>
public sealed record ComparisonRequest
{
    /// <summary>The image to hold against, in skopeo's notation, paths already full.</summary>
    public required string ReferenceImage { get; init; }

    /// <summary>The image to be held against it.</summary>
    public required string DifferenceImage { get; init; }

    /// <summary>The engine that has the reference image; null for the one that all ports mean.</summary>
    public EngineAddress? ReferenceEngine { get; init; }

    /// <summary>The one platform to compare; null for each.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The kinds of difference to list; empty for all. The verdict counts every kind.</summary>
    public IReadOnlyList<ImageDifferenceKind> Kinds { get; init; } = [];

    /// <summary>How many differences are listed at most, the worst first.</summary>
    public int Limit { get; init; } = 10_000;

    /// <summary>The Dockerfile that made the difference image, as a full path; null for none.</summary>
    public string? DockerfilePath { get; init; }
}
