using BaseImage.Engine.Images;
using BaseImage.Engine.Trust.Policies;
using BaseImage.Engine.Trust.Verification;
using BaseImage.Errors;
using BaseImage.Ports;

namespace BaseImage.Engine.Building.Bases;

/// <summary>
/// Holds the images that others are built on against the trust policy, before anything of them is used. Where nobody says what
/// to trust, Notation's own policy does; where there is none either, a base is what its digest pins, and nothing more is known.
/// </summary>
/// <param name="signatures">Verifies signatures.</param>
/// <param name="sources">Opens a place where bases lie; empty for the store.</param>
internal sealed class BaseTrust(ITestSignature signatures, Func<string, CancellationToken, Task<IImageSource>> sources)
{
    /// <summary>Verifies an image that is named by its place.</summary>
    /// <param name="image">The image, pinned.</param>
    /// <param name="asked">What to trust; null where nobody said.</param>
    /// <param name="reporter">Told what was verified.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BaseNotTrustedException">Its signature does not hold, or it has none.</exception>
    internal Task VerifyAsync(ImageReference image, TrustRequest? asked, IReporter reporter, CancellationToken cancellationToken)
        => VerifyAsync(image.ToString(), image.Transport is ImageTransport.Registry ? image.Name : null, _ => ToAsync([image]), asked, reporter, cancellationToken);

    /// <summary>Verifies an image that an engine has: what is verified is what the store, the given places or its registry have of it.</summary>
    /// <param name="name">The name as the Dockerfile has it.</param>
    /// <param name="repository">The name without tag and digest.</param>
    /// <param name="digest">The digest that its registry knows it by; empty where it was never in one.</param>
    /// <param name="id">The image's id.</param>
    /// <param name="places">Where else bases lie, in skopeo's notation.</param>
    /// <param name="offline">True not to ask its registry.</param>
    /// <param name="asked">What to trust; null where nobody said.</param>
    /// <param name="reporter">Told what was verified.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="BaseNotTrustedException">No signature of it holds, or there is none.</exception>
    internal Task VerifyAsync(string name, string repository, Digest digest, Digest id, IReadOnlyList<string> places, bool offline, TrustRequest? asked, IReporter reporter, CancellationToken cancellationToken)
        => VerifyAsync(name, repository, token => FindAsync(repository, digest, id, ["", .. places], offline, reporter, token), asked, reporter, cancellationToken);

    private async Task VerifyAsync(string name, string? repository, Func<CancellationToken, IAsyncEnumerable<ImageReference>> find, TrustRequest? asked, IReporter reporter, CancellationToken cancellationToken)
    {
        if (asked is null && !Path.Exists(TrustLocations.FromEnvironment().PolicyPath))
        {
            return;
        }

        TrustRequest trust = asked ?? new TrustRequest();
        string? scope = string.IsNullOrEmpty(repository) ? null : ImageScope.Of(ImageReference.Parse($"docker://{repository}"));
        SignatureResult? last = null;
        await foreach (ImageReference place in find(cancellationToken).WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            SignatureResult result = await signatures.TestAsync(place.ToString(), trust with { Scope = trust.Scope ?? scope }, reporter, cancellationToken).ConfigureAwait(false);
            if (result.IsAllowed)
            {
                reporter.Verbose($"{name}: {result.Status}, {result.Message}");
                return;
            }

            // What is signed beside its registry's copy need not be signed in every layout that it was copied to.
            last = last is null || last.Status is SignatureStatus.NotSigned ? result : last;
        }

        throw last is null
            ? new BaseNotTrustedException(name, "NotFound", "it was never in a registry, and neither the store nor a place that is named has it with its manifest")
            : new BaseNotTrustedException(name, last.Status.ToString(), last.Message.TrimEnd('.'));
    }

    private async IAsyncEnumerable<ImageReference> FindAsync(string repository, Digest digest, Digest id, IReadOnlyList<string> places, bool offline, IReporter reporter, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (string place in places)
        {
            foreach (ImageReference found in await LookAsync(place, digest, id, reporter, cancellationToken).ConfigureAwait(false))
            {
                yield return found;
            }
        }

        if (!offline && !digest.IsEmpty && repository.Length > 0)
        {
            yield return ImageReference.Parse($"docker://{repository}@{digest}");
        }
    }

    private async Task<IReadOnlyList<ImageReference>> LookAsync(string place, Digest digest, Digest id, IReporter reporter, CancellationToken cancellationToken)
    {
        try
        {
            await using IImageSource source = await sources(place, cancellationToken).ConfigureAwait(false);
            return [.. (await source.ReadAsync(cancellationToken).ConfigureAwait(false)).Where(image => Is(image, digest, id)).Select(image => image.Pinned)];
        }
        catch (BaseImageException e) when (place.Length == 0)
        {
            // The store may be damaged by itself; what was named has to be readable.
            reporter.Warning($"The module's store is not looked into for signatures of bases: {e.Message}");
            return [];
        }
    }

    private static bool Is(SourceImage image, Digest digest, Digest id)
        => digest.IsEmpty ? image.Manifests.Any(manifest => manifest.ConfigDescriptor.Digest == id)
            : image.Root.Digest == digest || image.Manifests.Any(manifest => manifest.Descriptor?.Digest == digest);

    private static async IAsyncEnumerable<ImageReference> ToAsync(IEnumerable<ImageReference> items)
    {
        foreach (ImageReference item in items)
        {
            yield return item;
        }

        await Task.CompletedTask.ConfigureAwait(false);
    }
}
