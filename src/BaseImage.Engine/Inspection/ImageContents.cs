using System.Runtime.CompilerServices;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection.Sbom;
using BaseImage.Engine.Storage;
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

/// <summary>Lists an image's packages: those that a bill of materials of it has.</summary>
internal sealed class ImagePackageReading(Func<BaseImagePaths> paths, EngineImages? engine = null) : IReadImagePackages
{
    /// <inheritdoc/>
    public async IAsyncEnumerable<ImagePackage> ReadAsync(string reference, Platform? platform, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using ImageInspection inspection = await ImageInspection.OpenAsync(reference, platform, paths(), single: true, cancellationToken, engine).ConfigureAwait(false);
        foreach (PendingInspection item in inspection.Items)
        {
            SbomContents contents = await SbomReader.ReadAsync(item, null, null, packagesOnly: true, cancellationToken).ConfigureAwait(false);
            foreach (SbomPackage package in contents.Packages.OrderBy(package => package.Package.Name, StringComparer.Ordinal).ThenBy(package => package.Package.Architecture, StringComparer.Ordinal).ThenBy(package => package.Id, StringComparer.Ordinal))
            {
                yield return package.Package;
            }
        }
    }
}
