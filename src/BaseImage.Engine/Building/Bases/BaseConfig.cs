using BaseImage.Engine.Images;

namespace BaseImage.Engine.Building.Bases;

/// <summary>
/// The configuration of an image that is built on another one: what the definition does not say stays as the base has it, as
/// with a Dockerfile's FROM. Variables, labels, ports and volumes come together; an entrypoint takes the base's Cmd with it,
/// because that was the arguments of the base's own.
/// </summary>
internal static class BaseConfig
{
    /// <summary>Puts a definition's configuration over a base's.</summary>
    internal static ImageConfig Over(ImageConfig below, ImageConfig above) => new()
    {
        User = above.User.Length > 0 ? above.User : below.User,
        Env = Variables(below.Env, above.Env),
        Entrypoint = above.Entrypoint ?? below.Entrypoint,
        Cmd = above.Cmd ?? (above.Entrypoint is null ? below.Cmd : null),
        WorkingDir = above.WorkingDir.Length > 0 ? above.WorkingDir : below.WorkingDir,
        Labels = Labels(below.Labels, above.Labels),
        StopSignal = above.StopSignal ?? below.StopSignal,
        ExposedPorts = Union(below.ExposedPorts, above.ExposedPorts),
        Volumes = Union(below.Volumes, above.Volumes),
        Healthcheck = above.Healthcheck ?? below.Healthcheck,
        OnBuild = above.OnBuild,
        Shell = above.Shell ?? below.Shell,
    };

    // In the base's order, since one may be made of another by whoever reads it; then the new ones.
    private static List<string> Variables(IReadOnlyList<string> below, IReadOnlyList<string> above)
    {
        Dictionary<string, string> own = above.ToDictionary(Name, StringComparer.Ordinal);
        List<string> all = [.. below.Select(variable => own.Remove(Name(variable), out string? replaced) ? replaced : variable)];
        all.AddRange(above.Where(variable => own.ContainsKey(Name(variable))));
        return all;
    }

    private static string Name(string variable) => variable.IndexOf('=', StringComparison.Ordinal) is var equals and >= 0 ? variable[..equals] : variable;

    // The base's own title, version and digest would be untrue of what is built on it.
    private static SortedDictionary<string, string> Labels(IReadOnlyDictionary<string, string> below, IReadOnlyDictionary<string, string> above)
    {
        SortedDictionary<string, string> all = new(StringComparer.Ordinal);
        foreach ((string name, string value) in below.Where(label => !label.Key.StartsWith("org.opencontainers.image.", StringComparison.Ordinal)).Concat(above))
        {
            all[name] = value;
        }

        return all;
    }

    private static string[] Union(IReadOnlyList<string> below, IReadOnlyList<string> above) => [.. below.Union(above, StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
