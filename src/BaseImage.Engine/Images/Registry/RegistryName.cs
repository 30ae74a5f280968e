using BaseImage.Errors;

namespace BaseImage.Engine.Images.Registry;

/// <summary>
/// A repository of a registry. A name without a host is Docker Hub's, one of a single part there lies under
/// <c>library/</c>, as Docker and skopeo read it.
/// </summary>
/// <param name="Host">The registry as settings and files of credentials know it, with its port: <c>docker.io</c> for Docker Hub.</param>
/// <param name="Repository">The repository's name in its API.</param>
internal sealed record RegistryName(string Host, string Repository)
{
    /// <summary>Docker Hub as names have it.</summary>
    internal const string DockerHub = "docker.io";

    private const string DockerHubApi = "registry-1.docker.io";

    /// <summary>The host, with its port, that answers.</summary>
    internal string ApiHost => Host == DockerHub ? DockerHubApi : Host;

    /// <summary>Reads a name of a reference, as <c>host:5000/team/base</c> or <c>alpine</c>.</summary>
    internal static RegistryName Parse(string name)
    {
        (string host, string repository) = Split(name);
        return new RegistryName(host, host == DockerHub && !repository.Contains('/', StringComparison.Ordinal) ? "library/" + repository : repository);
    }

    /// <summary>Reads a reference.</summary>
    /// <exception cref="ImageReferenceInvalidException">It is no registry's, or names a host alone.</exception>
    internal static RegistryName Of(ImageReference reference)
    {
        RegistryName name = Parse(reference.Name);
        return name.Repository.Length > 0 ? name : throw new ImageReferenceInvalidException(reference.ToString(), "it names no repository of the registry");
    }

    /// <summary>Takes the host off a name; Docker Hub's where there is none. The repository is empty for a host alone.</summary>
    internal static (string Host, string Repository) Split(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? name : name[..slash];
        bool isHost = first == "localhost" || first.AsSpan().IndexOfAny('.', ':') >= 0 || first.Any(char.IsAsciiLetterUpper);
        if (slash < 0 || !isHost)
        {
            return (DockerHub, name);
        }

        return (first is "index.docker.io" or DockerHubApi ? DockerHub : first.ToLowerInvariant(), name[(slash + 1)..]);
    }

    /// <summary><c>host/repository</c>.</summary>
    public override string ToString() => $"{Host}/{Repository}";
}
