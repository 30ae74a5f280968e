using System.Runtime.CompilerServices;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Inspection;

/// <summary>Lists an image's files.</summary>
internal sealed class ImageFileReading(Func<BaseImagePaths> paths, EngineImages? engine = null) : IReadImageFiles
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ImageFile> ReadAsync(string reference, Platform? platform, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using ImageInspection inspection = await ImageInspection.OpenAsync(reference, platform, paths(), single: true, cancellationToken, engine).ConfigureAwait(false);
        foreach (PendingInspection item in inspection.Items)
        {
            InspectedImage image = await item.ReadAsync(new InspectionOptions(), cancellationToken).ConfigureAwait(false);
            foreach (ImageFile file in image.Files)
            {
                yield return file;
            }
        }
    }
}

/// <summary>Lists an image's packages.</summary>
internal sealed class ImagePackageReading(Func<BaseImagePaths> paths, EngineImages? engine = null) : IReadImagePackages
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ImagePackage> ReadAsync(string reference, Platform? platform, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using ImageInspection inspection = await ImageInspection.OpenAsync(reference, platform, paths(), single: true, cancellationToken, engine).ConfigureAwait(false);
        foreach (PendingInspection item in inspection.Items)
        {
            InspectedImage image = await item.ReadAsync(new InspectionOptions(), cancellationToken).ConfigureAwait(false);
            if (image.Database.UnreadManagers is [var manager, ..] && image.Packages.Count == 0)
            {
                throw new PackageDatabaseNotSupportedException(image.Reference, manager);
            }

            foreach (ImagePackage package in image.Packages)
            {
                yield return package;
            }
        }
    }
}
