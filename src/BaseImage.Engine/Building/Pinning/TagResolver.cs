using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.Pinning;

/// <summary>
/// Finds out which digest a registry has for a tag now, through the engine, so that its mirrors and credentials count.
/// Podman's service cannot ask: there the image is pulled, or taken as it lies there.
/// </summary>
/// <param name="engineAsync">Meets the engine; asked once, and not before a name has to be looked up.</param>
/// <param name="mayPull">False to leave the engine's images as they are.</param>
/// <param name="registryAsync">Asks a name's registry itself, where there is no engine; null not to.</param>
internal sealed class TagResolver(Func<CancellationToken, Task<IContainerEngine>> engineAsync, bool mayPull, Func<ImageName, CancellationToken, Task<Digest>>? registryAsync = null)
{
    private readonly Dictionary<string, (Digest Digest, string Remark)> _known = new(StringComparer.Ordinal);
    private IContainerEngine? _engine;

    /// <summary>The digest, and what to know of it; the digest is empty where no registry has the image.</summary>
    /// <exception cref="ImageNotFoundException">The registry has no such tag, or cannot be asked.</exception>
    public async Task<(Digest Digest, string Remark)> ResolveAsync(ImageName name, CancellationToken cancellationToken)
    {
        if (!_known.TryGetValue(name.Tagged, out (Digest, string) known))
        {
            try
            {
                _engine ??= await engineAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (EngineNotFoundException) when (registryAsync is not null)
            {
                return _known[name.Tagged] = (await registryAsync(name, cancellationToken).ConfigureAwait(false), "");
            }

            _known[name.Tagged] = known = _engine.Info.IsPodman
                ? await ByPullingAsync(_engine, name, cancellationToken).ConfigureAwait(false)
                : await ByAskingAsync(_engine, name, cancellationToken).ConfigureAwait(false);
        }

        return known;
    }

    private static async Task<(Digest, string)> ByAskingAsync(IContainerEngine engine, ImageName name, CancellationToken cancellationToken)
    {
        try
        {
            return (await engine.Builds.DistributionAsync(name.Tagged, cancellationToken).ConfigureAwait(false), "");
        }
        catch (EngineRequestFailedException e)
        {
            return await engine.Images.InspectAsync(name.Tagged, cancellationToken).ConfigureAwait(false) is { RepoDigests.Count: 0 }
                ? (default, NoRegistry)
                : throw Missing(engine, name, e.Message);
        }
    }

    private async Task<(Digest, string)> ByPullingAsync(IContainerEngine engine, ImageName name, CancellationToken cancellationToken)
    {
        EngineImage? image = await engine.Images.InspectAsync(name.Tagged, cancellationToken).ConfigureAwait(false);
        if (image is { RepoDigests.Count: 0 })
        {
            return (default, NoRegistry);
        }

        if (mayPull)
        {
            try
            {
                await engine.Builds.PullAsync(name.Tagged, engine.Info.Platform, cancellationToken).ConfigureAwait(false);
            }
            catch (EngineRequestFailedException e)
            {
                throw Missing(engine, name, e.Message);
            }

            image = await engine.Images.InspectAsync(name.Tagged, cancellationToken).ConfigureAwait(false);
        }

        // A short name may have been looked up in several registries, and an index has the digest of a platform's manifest beside it.
        string ending = "/" + EngineNames.Familiar(name.Repository);
        Digest[] digests = [.. (image?.RepoDigests ?? []).Select(ImageName.Parse).OfType<ImageName>()
            .Where(known => ("/" + EngineNames.Familiar(known.Repository)).EndsWith(ending, StringComparison.Ordinal)).Select(known => known.Digest).Distinct().OrderBy(digest => digest.ToString(), StringComparer.Ordinal)];
        return digests.Length == 0
            ? throw Missing(engine, name, mayPull ? "it has no digest of that name" : "it is not there, and nothing is pulled with -WhatIf")
            : (digests[0], digests.Length > 1 ? "Podman knows it by several digests; this one may be of one platform alone" : "");
    }

    private const string NoRegistry = "the engine has it from no registry, and other names for it there are none; Build-BaseImage -UpdateLock records it";

    private static ImageNotFoundException Missing(IContainerEngine engine, ImageName name, string problem)
        => new(name.Tagged, $"{engine.Info} at {engine.Host} cannot tell what it is now: {problem}", "Check the name, and the engine's access to its registry (docker login).");
}
