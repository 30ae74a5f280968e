namespace BaseImage.Ports;

/// <summary>Which container engine is meant. With neither, Docker's own settings say: DOCKER_HOST, DOCKER_CONTEXT, the current context, the default socket.</summary>
/// <param name="Host">An address as DOCKER_HOST has it, for instance <c>unix:///run/user/1000/podman/podman.sock</c>; null for none given.</param>
/// <param name="Context">The name of a Docker context; null for none given.</param>
public sealed record EngineAddress(string? Host = null, string? Context = null)
{
    /// <summary>What Docker's own settings say.</summary>
    public static EngineAddress Default { get; } = new();
}

/// <summary>Announces images that will be read one after the other.</summary>
public interface IGatherImages
{
    /// <summary>
    /// Until the result is disposed of, images of an engine among these are fetched together when the first of them is read,
    /// so that the engine is asked once and sends what they share once. Images that live elsewhere are passed over.
    /// </summary>
    /// <param name="references">In skopeo's notation, in the order in which they will be read.</param>
    IDisposable Gather(IReadOnlyList<string> references);
}
