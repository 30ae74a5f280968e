using BaseImage.Engine.Building.Dockerfiles;

namespace BaseImage.Engine.Auditing.Dockerfiles;

/// <summary>Parts of the names that stand behind FROM.</summary>
internal static class ImageNames
{
    /// <summary>True where a digest fixes the image.</summary>
    public static bool HasDigest(string name) => name.Contains('@', StringComparison.Ordinal);

    /// <summary>The tag; null where there is none.</summary>
    public static string? Tag(string name)
    {
        string plain = name.Split('@')[0];
        int colon = plain.LastIndexOf(':');
        return colon > plain.LastIndexOf('/') ? plain[(colon + 1)..] : null;
    }

    /// <summary>The name without tag and digest.</summary>
    public static string Plain(string name)
    {
        string plain = name.Split('@')[0];
        int colon = plain.LastIndexOf(':');
        return colon > plain.LastIndexOf('/') ? plain[..colon] : plain;
    }

    /// <summary>The registry; <c>docker.io</c> where none is named.</summary>
    public static string Registry(string name)
    {
        int slash = name.IndexOf('/', StringComparison.Ordinal);
        string first = slash < 0 ? "" : name[..slash];
        return first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost" ? first : "docker.io";
    }

    /// <summary>The image that a stage starts from, variables put in as far as they are known; null for scratch, an earlier stage or nothing.</summary>
    public static string? Of(DockerfileFacts facts, DockerfileStage stage)
    {
        string? name = stage.Parent is not null ? null : facts.Values.BaseOf(stage) ?? stage.Base?.Text;
        return name is null or "" or "scratch" ? null : name;
    }
}
