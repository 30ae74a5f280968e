using BaseImage.Engine.Auditing.Policies;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>What an image says of itself: the manifest's annotations, and the config's labels where those say nothing.</summary>
internal static class ImageLabels
{
    internal const string BaseName = "org.opencontainers.image.base.name", BaseDigest = "org.opencontainers.image.base.digest";

    /// <summary>Names and values.</summary>
    public static IReadOnlyDictionary<string, string> Of(ImageFacts facts)
    {
        SortedDictionary<string, string> said = new(StringComparer.Ordinal);
        foreach ((string name, string value) in facts.Config.Labels.Concat(facts.Manifest?.Annotations ?? new Dictionary<string, string>()))
        {
            if (value.Length > 0 || !said.ContainsKey(name))
            {
                said[name] = value;
            }
        }

        return said;
    }

    /// <summary>What the image was made from; where it says nothing and is itself allowed, itself. Empty where it cannot be told.</summary>
    public static (string Name, string Digest) Base(ImageFacts facts)
    {
        IReadOnlyDictionary<string, string> said = Of(facts);
        (string name, string digest) = (said.GetValueOrDefault(BaseName, ""), said.GetValueOrDefault(BaseDigest, ""));
        return name.Length + digest.Length > 0 ? (name, digest) : IsAllowed(facts, facts.Name, facts.Digest.ToString()) ? (facts.Name, "") : ("", "");
    }

    /// <summary>True where the policy allows a base of that name or digest.</summary>
    public static bool IsAllowed(ImageFacts facts, string name, string digest)
        => facts.Limits.AllowedBases is { } allowed && (PolicyLimits.Matches(allowed, name) || PolicyLimits.Matches(allowed, digest) || PolicyLimits.Matches(allowed, $"{name}@{digest}"));
}
