using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Images;

/// <summary>What an image may cost before it is refused. Registries and clients agree on 4 MiB for manifests (OCI Distribution Specification 1.1, "Pushing manifests").</summary>
internal static class OciLimits
{
    internal const int MaxIndexBytes = 4 << 20;
    internal const int MaxManifestBytes = 4 << 20;
    internal const int MaxConfigBytes = 8 << 20;

    /// <summary>Layers of one image. Overlay file systems stop far earlier.</summary>
    internal const int MaxLayers = 1000;

    /// <summary>Descriptors of one index, and of all the indexes below a reference.</summary>
    internal const int MaxDescriptors = 20_000;

    /// <summary>Indexes inside one another, the layout's own included.</summary>
    internal const int MaxIndexDepth = 4;

    /// <summary>Members of an archive.</summary>
    internal const int MaxArchiveMembers = 100_000;

    /// <summary>For every document of an image.</summary>
    internal static readonly JsonLimits Json = new() { MaxBytes = MaxConfigBytes, MaxDepth = 32, MaxValues = 200_000 };
}
