using System.Globalization;
using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection.Languages;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>Reads what a bill of materials says, each layer once.</summary>
internal static class SbomReader
{
    private const string Title = "org.opencontainers.image.title", VendorLabel = "org.opencontainers.image.vendor", BaseNameLabel = "org.opencontainers.image.base.name", BaseDigestLabel = "org.opencontainers.image.base.digest";

    /// <summary>Reads one platform.</summary>
    /// <param name="pending">The image and platform.</param>
    /// <param name="name">What to call it; null for its title, else its digest.</param>
    /// <param name="imageLock">What it was built from; null for unknown.</param>
    /// <param name="packagesOnly">True to leave files out.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BaseImageException">A layer or a package database is damaged or hostile, or of a kind that is not read.</exception>
    internal static async Task<SbomContents> ReadAsync(PendingInspection pending, string? name, ImageLock? imageLock, bool packagesOnly, CancellationToken cancellationToken)
    {
        SbomObserver observer = new(sums: !packagesOnly);
        InspectedImage image = await pending.ReadAsync(new InspectionOptions { Keep = IsWanted, Observe = (_, entry) => observer.Observe(entry) }, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => Read(image, observer, name, imageLock, packagesOnly), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>True of files that packages, licences or the distribution are read from.</summary>
    internal static bool IsWanted(LayerEntry entry)
        => LanguageFiles.IsWanted(entry) || DistributionFiles.IsWanted(entry) || (entry.Path.Span.StartsWith("usr/share/doc/"u8) && entry.Path.Span.EndsWith("/copyright"u8));

    private static SbomContents Read(InspectedImage image, SbomObserver observer, string? name, ImageLock? imageLock, bool packagesOnly)
    {
        Distribution distribution = DistributionFiles.Read(image);
        SystemPackages system = SystemPackages.Read(image, distribution, imageLock?.Platforms.FirstOrDefault(platform => platform.Platform == image.Platform));
        if (image.Database.UnreadManagers is [var manager, ..] && system.Packages.Count == 0)
        {
            throw new PackageDatabaseNotSupportedException(image.Reference, manager);
        }

        LanguageFindings findings = LanguageFiles.Read(image.Merged, image.Reference, image.Platform, observer.Manifests);
        FoundPackages languages = FoundPackages.Of(findings.Packages, distribution, image, system);
        List<SbomFile> unowned = [];
        if (!packagesOnly)
        {
            foreach (MergedFile file in image.Merged.Files().Where(file => file.Entry.Kind == ImageFileKind.File))
            {
                SbomPackage? owner = system.OwnerOf(image.Database.OwnerOf(file)) ?? languages.OwnerOf(file.Path);
                (owner?.Files ?? unowned).Add(SbomFile.Of(file, observer.Sha1(file)));
            }
        }

        SbomPackage[] packages = [.. system.Packages.Concat(languages.Packages).OrderBy(p => p.Package.PackageUrl, StringComparer.Ordinal).ThenBy(p => p.Package.Location, StringComparer.Ordinal).ThenBy(p => p.Id, StringComparer.Ordinal)];
        foreach (SbomPackage package in packages)
        {
            package.Files.Sort((left, right) => string.CompareOrdinal(left.Path, right.Path) is var order and not 0 ? order : string.CompareOrdinal(left.Id, right.Id));
        }

        SourceManifest manifest = image.Manifest;
        bool hasManifest = manifest.Descriptor is not null;
        return new SbomContents
        {
            Name = PackageText.Line(name ?? Said(manifest, Title)) is { Length: > 0 } said ? said : image.Digest.ToString(),
            Digest = image.Digest,
            HasManifest = hasManifest,
            Platform = image.Platform,
            Created = (manifest.Config.Created ?? Epoch()).ToUniversalTime(),
            Distribution = distribution,
            Layers = [.. manifest.Layers.Select(layer => new ImageLayer(layer.Descriptor.Digest, layer.DiffId, layer.Descriptor.Size, layer.Descriptor.MediaType))],
            Vendor = PackageText.Line(Said(manifest, VendorLabel)),
            BaseName = PackageText.Line(Said(manifest, BaseNameLabel)),
            BaseDigest = Digest.TryParse(Said(manifest, BaseDigestLabel), out Digest below) ? below : default,
            Packages = packages,
            Files = [.. unowned.OrderBy(file => file.Path, StringComparer.Ordinal).ThenBy(file => file.Id, StringComparer.Ordinal)],
            ListsFiles = !packagesOnly,
            Remarks = [.. system.Remarks, .. findings.Remarks],
        };
    }

    private static string Said(SourceManifest manifest, string key)
        => manifest.Annotations.GetValueOrDefault(key) ?? manifest.Config.Config.Labels.GetValueOrDefault(key) ?? "";

    private static DateTimeOffset Epoch()
        => long.TryParse(Environment.GetEnvironmentVariable("SOURCE_DATE_EPOCH"), NumberStyles.None, CultureInfo.InvariantCulture, out long seconds) && seconds <= DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            ? DateTimeOffset.FromUnixTimeSeconds(seconds) : DateTimeOffset.UnixEpoch;
}

/// <summary>What an image's files say of its distribution.</summary>
internal static class DistributionFiles
{
    /// <summary>True of the files that say it.</summary>
    internal static bool IsWanted(LayerEntry entry) => entry.Path.Span.EndsWith("-release"u8) || entry.Path.Span.SequenceEqual("etc/debian_version"u8) ? Distribution.Files.Contains("/" + entry.Path) : false;

    /// <summary>Reads them, where they were kept.</summary>
    internal static Distribution Read(InspectedImage image)
        => Distribution.Of(path => image.ReadContent(path) ?? default, path => image.Merged.Resolve(LayerPath.FromUtf8(path))?.ToString());
}
