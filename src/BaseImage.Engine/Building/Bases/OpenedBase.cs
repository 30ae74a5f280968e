using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.Bases;

/// <summary>
/// An image that another one is built on, opened by its digest: nothing of it is believed that the digest does not cover.
/// Its layers can be read until it is disposed of.
/// </summary>
internal sealed class OpenedBase : IAsyncDisposable
{
    private readonly IImageSource _source;
    private readonly SourceImage _image;

    private OpenedBase(IImageSource source, SourceImage image) => (_source, _image) = (source, image);

    /// <summary>What leads to it.</summary>
    internal ImageReference Reference => _source.Reference;

    /// <summary>Opens the image of a definition.</summary>
    /// <param name="reference">The image, pinned.</param>
    /// <param name="open">Opens places.</param>
    /// <param name="cancellationToken">Stops it.</param>
    internal static async Task<OpenedBase> OpenAsync(ImageReference reference, Func<ImageReference, CancellationToken, Task<IImageSource>> open, CancellationToken cancellationToken)
    {
        IImageSource source = await open(reference, cancellationToken).ConfigureAwait(false);
        try
        {
            return new OpenedBase(source, await ImageReading.ReadOneAsync(source, cancellationToken).ConfigureAwait(false));
        }
        catch
        {
            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The manifest of a platform.</summary>
    /// <param name="platform">The platform.</param>
    /// <param name="locked">The digest that the lock has for it; empty where there is none yet.</param>
    /// <exception cref="ImageNotFoundException">The image has no such platform.</exception>
    /// <exception cref="BaseManifestChangedException">It is another manifest than the locked one.</exception>
    internal SourceManifest Manifest(Platform platform, Digest locked = default)
    {
        SourceManifest manifest = _image.Select(platform)[0];
        Digest found = manifest.Descriptor!.Digest;
        return locked.IsEmpty || locked == found ? manifest : throw new BaseManifestChangedException(Reference.ToString(), platform.ToString(), locked, found);
    }

    /// <summary>Reads the layers of a manifest.</summary>
    internal async Task<MergedFileSystem> ReadAsync(SourceManifest manifest, CancellationToken cancellationToken)
        => (await new PendingInspection(_image, manifest).ReadAsync(new InspectionOptions { Keep = BaseListing.IsKept }, cancellationToken).ConfigureAwait(false)).Merged;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _source.DisposeAsync();
}

/// <summary>Tells the resolver of the images that are built on.</summary>
/// <param name="open">Opens places.</param>
internal sealed class KnownBases(Func<ImageReference, CancellationToken, Task<IImageSource>> open) : IKnowBases
{
    /// <inheritdoc/>
    public async Task<IReadOnlyList<KnownBase>> ReadAsync(ImageDefinition definition, CancellationToken cancellationToken)
    {
        await using OpenedBase opened = await OpenedBase.OpenAsync(definition.BaseImage!, open, cancellationToken).ConfigureAwait(false);
        List<KnownBase> known = [];
        foreach (Platform platform in definition.Platforms)
        {
            SourceManifest manifest = opened.Manifest(platform);
            IReadOnlyList<ControlParagraph> stanzas = definition.Archives.Count == 0 ? []
                : [.. PackageDatabase.DpkgStanzas(await opened.ReadAsync(manifest, cancellationToken).ConfigureAwait(false), opened.Reference.ToString())];
            known.Add(new KnownBase(platform, manifest.Descriptor!.Digest, manifest.Config.Created, stanzas));
        }

        return known;
    }
}
