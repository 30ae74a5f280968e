using BaseImage.Engine.Storage;
using BaseImage.Ports;

namespace BaseImage.Engine.Images.Engines;

/// <summary>The way to the images of the engine that a request means.</summary>
/// <param name="connections">The session's engines.</param>
/// <param name="address">Which of them is meant.</param>
/// <param name="cache">Where exports and archives wait; opened when needed.</param>
/// <param name="batches">The images that are announced to be read together.</param>
internal sealed class EngineImages(EngineConnections connections, EngineAddress address, Func<ContentCache> cache, EngineBatches batches) : IGatherImages
{
    /// <summary>Where exports and archives wait.</summary>
    internal ContentCache Cache => cache();

    /// <summary>True of layers that are known, so that an image of nothing else need not be exported; false of all if left out.</summary>
    internal Func<IReadOnlyList<Digest>, bool> IsKnown { get; init; } = _ => false;

    /// <summary>The way to the registries that the same request means; null where none are to be reached.</summary>
    internal Registry.RegistryImages? Registries { get; init; }

    /// <summary>Meets the engine.</summary>
    internal Task<DockerEngine> MeetAsync(CancellationToken cancellationToken) => connections.OpenAsync(address, cancellationToken);

    /// <summary>Opens the engine's images that a reference names.</summary>
    internal async Task<IImageSource> OpenAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        DockerEngine engine = await MeetAsync(cancellationToken).ConfigureAwait(false);
        EngineBatch? shared = batches.Find(address, reference);
        return new EngineSource(engine, reference, shared ?? new EngineBatch([reference], cache), ownsBatch: shared is null, cache) { IsKnown = IsKnown };
    }

    /// <summary>The engine as a destination.</summary>
    internal IImageDestination Destination(ImageReference reference) => new EngineDestination(this, reference);

    /// <inheritdoc/>
    public IDisposable Gather(IReadOnlyList<string> references)
        => batches.Add(address, [.. references.Select(text => ImageReference.TryParse(text, out ImageReference? parsed) ? parsed : null).OfType<ImageReference>().Where(parsed => parsed.Transport is ImageTransport.DockerDaemon)], cache);
}
