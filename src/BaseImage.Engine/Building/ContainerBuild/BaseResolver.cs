using BaseImage.Engine.Images.Engines;
using BaseImage.Errors;

namespace BaseImage.Engine.Building.ContainerBuild;

/// <summary>An image of the engine that a name of a Dockerfile stands for.</summary>
/// <param name="Name">The name, variables put in.</param>
/// <param name="Repository">The name without tag and digest; empty where it is an id.</param>
/// <param name="Image">The image.</param>
/// <param name="Digest">What a registry knows it by under that name; empty where it was never in one.</param>
/// <param name="IsPinned">False where the name may stand for another image tomorrow and no lock says which is meant.</param>
internal sealed record ResolvedBase(string Name, string Repository, EngineImage Image, Digest Digest, bool IsPinned)
{
    /// <summary>What pins it: the registry's digest, else its id.</summary>
    public Digest Pin => Digest.IsEmpty ? Image.Id : Digest;

    /// <summary>What a lock records.</summary>
    public LockedBase ToLocked(Platform platform) => new(Name, platform, Digest, Image.Id);
}

/// <summary>
/// Finds out which image a name of a Dockerfile means. A name with a digest is pinned: the digest is the registry's or,
/// of an image that was never in one, the engine's id. A name without is what the lock says; without a lock it is refused
/// or, where that is allowed, what the engine or its registry has now.
/// </summary>
/// <param name="engine">The engine.</param>
/// <param name="path">What errors call the Dockerfile.</param>
internal sealed class BaseResolver(IContainerEngine engine, string path)
{
    /// <summary>True to take what nothing pins as it is now.</summary>
    public bool AllowUnpinned { get; init; }

    /// <summary>True to let the engine pull what it has not.</summary>
    public bool Pull { get; init; } = true;

    /// <summary>What the lock beside the Dockerfile says.</summary>
    public DockerfileLock Lock { get; init; } = DockerfileLock.Empty;

    /// <summary>Finds the image.</summary>
    /// <param name="name">As it stands in the Dockerfile, variables put in.</param>
    /// <param name="line">Where, from 1.</param>
    /// <param name="platform">The platform that is built.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="DockerfileUnpinnedException">Nothing pins it.</exception>
    /// <exception cref="DockerfilePinMismatchException">What is there is another image.</exception>
    /// <exception cref="ImageNotFoundException">It is not there and cannot be pulled.</exception>
    public async Task<ResolvedBase> ResolveAsync(string name, int line, Platform platform, CancellationToken cancellationToken)
    {
        (ImageReference reference, string tagged) = Parse(name, line);
        LockedBase? locked = Lock.Find(name, platform);
        Digest pin = reference.Digest.IsEmpty ? locked?.Pin ?? default : reference.Digest;
        EngineImage image;
        if (!pin.IsEmpty)
        {
            image = await FindAsync(reference.Name, pin, locked?.ImageId ?? default, cancellationToken).ConfigureAwait(false)
                ?? await PullAsync(name, $"{reference.Name}@{pin}", () => FindAsync(reference.Name, pin, default, cancellationToken), platform, cancellationToken).ConfigureAwait(false)
                ?? throw Missing(name, $"{engine.Info} at {engine.Host} has no image {pin}");
        }
        else if (AllowUnpinned)
        {
            image = await engine.Images.InspectAsync(tagged, cancellationToken).ConfigureAwait(false)
                ?? await PullAsync(name, tagged, () => engine.Images.InspectAsync(tagged, cancellationToken), platform, cancellationToken).ConfigureAwait(false)
                ?? throw Missing(name, $"{engine.Info} at {engine.Host} has no such image");
        }
        else
        {
            throw new DockerfileUnpinnedException(path, line, $"'{name}' is not pinned: it may be another image tomorrow.",
                "Record what it is now with Build-BaseImage -UpdateLock, write a digest behind it (NAME@sha256:…), or take what is there with -AllowUnpinned.");
        }

        Platform actual = image.Config.Platform;
        if (actual.Os != platform.Os || actual.Architecture != platform.Architecture)
        {
            throw new DockerfilePinMismatchException(path, line, $"'{name}'", $"an image for {platform}", $"one for {actual}");
        }

        return new ResolvedBase(name, reference.Name, image, DigestOf(image, reference, pin), IsPinned: !pin.IsEmpty);
    }

    private (ImageReference Reference, string Tagged) Parse(string name, int line)
    {
        // A bare id is a pin of its own.
        string text = name.StartsWith("sha256:", StringComparison.Ordinal) || !name.Contains('@', StringComparison.Ordinal) ? name : Untagged(name);
        if (!ImageReference.TryParse("docker-daemon:" + text, out ImageReference? reference) || (reference.Name.Length == 0 && reference.Digest.IsEmpty))
        {
            throw new DockerfileNotBuildableException(path, line, $"'{EngineText.Safe(name)}' is no image's name.", "Write NAME:TAG@sha256:DIGEST, in small letters.");
        }

        return (reference, reference.Digest.IsEmpty ? $"{reference.Name}:{(reference.Tag.Length == 0 ? "latest" : reference.Tag)}" : name);
    }

    // Of NAME:TAG@DIGEST the tag is for people.
    private static string Untagged(string name)
    {
        int at = name.IndexOf('@', StringComparison.Ordinal);
        int colon = name.LastIndexOf(':', at);
        return colon > name.LastIndexOf('/', at) ? name[..colon] + name[at..] : name;
    }

    private async Task<EngineImage?> FindAsync(string name, Digest pin, Digest id, CancellationToken cancellationToken)
    {
        foreach (string candidate in new[] { id.ToString(), pin.ToString(), name.Length > 0 ? $"{name}@{pin}" : "" }.Where(text => text.Length > 0).Distinct(StringComparer.Ordinal))
        {
            // What an engine answers to a digest is not believed to be of that digest.
            if (await engine.Images.InspectAsync(candidate, cancellationToken).ConfigureAwait(false) is { } image
                && (image.Id == pin || (!id.IsEmpty && image.Id == id) || image.RepoDigests.Any(known => known.EndsWith("@" + pin, StringComparison.Ordinal))))
            {
                return image;
            }
        }

        return null;
    }

    private async Task<EngineImage?> PullAsync(string name, string pulled, Func<Task<EngineImage?>> findAsync, Platform platform, CancellationToken cancellationToken)
    {
        if (!Pull || pulled.StartsWith('@'))
        {
            return null;
        }

        try
        {
            await engine.Builds.PullAsync(pulled, platform, cancellationToken).ConfigureAwait(false);
        }
        catch (EngineRequestFailedException e)
        {
            throw Missing(name, $"{engine.Info} at {engine.Host} has no such image, and {e.Message}");
        }

        return await findAsync().ConfigureAwait(false);
    }

    private ImageNotFoundException Missing(string name, string problem)
        => new(name, problem, Pull ? "Build or load the image first (Build-BaseImage -Load), or check the name and the engine's access to its registry." : "Build or load the image first (Build-BaseImage -Load); nothing is pulled with -Offline.");

    private static Digest DigestOf(EngineImage image, ImageReference reference, Digest pin)
    {
        ImageReference[] known = [.. image.RepoDigests.Select(text => ImageReference.Parse("docker-daemon:" + text))];
        return known.FirstOrDefault(digest => digest.Digest == pin)?.Digest
            ?? (pin.IsEmpty ? known.FirstOrDefault(digest => digest.Name == EngineNames.Familiar(reference.Name))?.Digest ?? default : default);
    }
}
