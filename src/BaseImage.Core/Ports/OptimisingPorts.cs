namespace BaseImage.Ports;

/// <summary>Makes images smaller.</summary>
public interface IOptimizeImage
{
    /// <summary>
    /// Makes a new image of what the old one needs to start, runs both, and writes the new one where they come to the same.
    /// Where running is not confirmed (<c>-WhatIf</c>) nothing is written, and the result says what would go.
    /// </summary>
    /// <exception cref="ArgumentException">A trace is to be recorded, and not one file for it is named.</exception>
    /// <exception cref="Errors.BaseImageException">The image cannot be read or proved, or the new one does not do what the old one does; nothing was written.</exception>
    Task<OptimizationResult> OptimizeAsync(OptimizationRequest request, IReporter reporter, CancellationToken cancellationToken);
}

/// <summary>What to optimise, and how.</summary>
public sealed record OptimizationRequest
{
    /// <summary>The image, in skopeo's notation, paths already full.</summary>
    public required string Reference { get; init; }

    /// <summary>The platform; null for the image's only one.</summary>
    public Platform? Platform { get; init; }

    /// <summary>The policy file, as a full path; null for none.</summary>
    public string? PolicyPath { get; init; }

    /// <summary>Globs over paths that stay, beside the policy's.</summary>
    public IReadOnlyList<string> Keep { get; init; } = [];

    /// <summary>Traces of recorded runs, whose files stay, as full paths; where one is to be recorded, the one file that it goes to.</summary>
    public IReadOnlyList<string> TracePaths { get; init; } = [];

    /// <summary>True to run the image first and to record what it touches; what the file of <see cref="TracePaths"/> holds already stays in it.</summary>
    public bool RecordTrace { get; init; }

    /// <summary>Where the new image goes, paths already full; the module's store where there is none.</summary>
    public IReadOnlyList<string> Destinations { get; init; } = [];

    /// <summary>Tags for destinations that name none.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    /// <summary>How the layer is compressed.</summary>
    public LayerCompression Compression { get; init; } = LayerCompression.Gzip;

    /// <summary>The newest time that may appear; null for the image's own time of creation.</summary>
    public DateTimeOffset? SourceDateEpoch { get; init; }

    /// <summary>How many workers compress; one a processor where it is 0. It never changes the result.</summary>
    public int Workers { get; init; }

    /// <summary>How both images are run, where neither <see cref="RuntimeSettings"/> nor the policy says; its confirmation covers the recording and the writing too.</summary>
    public required RuntimeRequest Runtime { get; init; }

    /// <summary>How the caller wants them to be run, whatever the policy says.</summary>
    public RuntimeSettings RuntimeSettings { get; init; } = new();

    /// <summary>True to write the image without having run it.</summary>
    public bool SkipVerification { get; init; }
}
