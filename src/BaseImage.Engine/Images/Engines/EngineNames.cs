namespace BaseImage.Engine.Images.Engines;

/// <summary>What an engine's image is called, and what pins it.</summary>
internal static class EngineNames
{
    private const string Hub = "docker.io/";
    private const string Library = "docker.io/library/";

    /// <summary>A name as people write it: without the registry that engines take for granted.</summary>
    internal static string Familiar(string name) => name.StartsWith(Library, StringComparison.Ordinal) ? name[Library.Length..]
        : name.StartsWith(Hub, StringComparison.Ordinal) && name.IndexOf('/', Hub.Length) > 0 ? name[Hub.Length..]
        : name;

    /// <summary>The repository an image is shown under (empty for none) and the digest that a registry knows it by there.</summary>
    internal static (string Name, Digest RepositoryDigest) Of(EngineImage image, ImageReference asked)
    {
        ImageReference[] tags = [.. image.Tags.Select(tag => ImageReference.Parse("docker-daemon:" + tag))];
        ImageReference[] digests = [.. image.RepoDigests.Select(name => ImageReference.Parse("docker-daemon:" + name))];
        string wanted = Familiar(asked.Name);
        string name = wanted.Length > 0 && tags.Concat(digests).Any(known => known.Name == wanted) ? wanted
            : tags.Concat(digests).FirstOrDefault()?.Name ?? "";
        return (name, digests.FirstOrDefault(known => known.Name == name)?.Digest ?? default);
    }

    /// <summary>The reference that pins an image.</summary>
    internal static string Pin(string name, Digest digest) => name.Length == 0 ? $"docker-daemon:{digest}" : $"docker-daemon:{name}@{digest}";

    /// <summary>The steps as a config has them. An engine does not tell which of them made no layer; a step without bytes is taken for one.</summary>
    internal static IReadOnlyList<ImageHistory> History(IReadOnlyList<EngineHistory> steps, int layers)
        => [.. steps.Select(step => new ImageHistory(step.Created, step.CreatedBy, step.Comment, steps.Count != layers && step.Size == 0))];
}
