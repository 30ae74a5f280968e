namespace BaseImage.Engine.Images;

/// <summary>A place that images are written to.</summary>
internal interface IImageDestination
{
    /// <summary>The place as it was asked for, with its tag when it names one.</summary>
    ImageReference Reference { get; }

    /// <summary>Looks before anything is built whether an image of these platforms could be written there.</summary>
    /// <exception cref="Errors.BaseImageException">It could not.</exception>
    Task CheckAsync(IReadOnlyList<Platform> platforms, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>
    /// Writes an image, all or nothing: every blob is checked against its descriptor while it is copied, and the place
    /// shows the image only when all of it is there. The same image and tags give the same bytes.
    /// </summary>
    /// <param name="image">The image.</param>
    /// <param name="tags">Tags to give it where <see cref="Reference"/> has none.</param>
    /// <param name="cancellationToken">Stops it; nothing is left behind.</param>
    /// <returns>The reference that pins what was written.</returns>
    Task<ImageReference> WriteAsync(BuiltImage image, IReadOnlyList<string> tags, CancellationToken cancellationToken);
}
