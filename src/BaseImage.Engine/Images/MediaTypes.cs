namespace BaseImage.Engine.Images;

/// <summary>Media types of OCI Image Specification 1.1 (media-types.md) and Docker Image Manifest version 2, schema 2.</summary>
internal static class MediaTypes
{
    internal const string OciIndex = "application/vnd.oci.image.index.v1+json";
    internal const string OciManifest = "application/vnd.oci.image.manifest.v1+json";
    internal const string OciConfig = "application/vnd.oci.image.config.v1+json";
    internal const string OciLayer = "application/vnd.oci.image.layer.v1.tar";
    internal const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";
    internal const string OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";
    internal const string OciEmpty = "application/vnd.oci.empty.v1+json";
    internal const string DockerIndex = "application/vnd.docker.distribution.manifest.list.v2+json";
    internal const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";
    internal const string DockerConfig = "application/vnd.docker.container.image.v1+json";
    internal const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar";
    internal const string DockerLayerGzip = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// <summary>True of an image index or a Docker manifest list.</summary>
    internal static bool IsIndex(string mediaType) => mediaType is OciIndex or DockerIndex;

    /// <summary>True of an image manifest of either family.</summary>
    internal static bool IsManifest(string mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>OCI's name for a layer of either family: the bytes are the same.</summary>
    internal static string ToOciLayer(string mediaType) => mediaType switch { DockerLayer => OciLayer, DockerLayerGzip => OciLayerGzip, _ => mediaType };

    /// <summary>True of a layer of a file system, foreign ones and such in a compression that we cannot read among them.</summary>
    internal static bool IsLayer(string mediaType)
        => mediaType.StartsWith("application/vnd.oci.image.layer.", StringComparison.Ordinal) || mediaType.StartsWith("application/vnd.docker.image.rootfs.", StringComparison.Ordinal);

    /// <summary>True of a layer that lies elsewhere and must not be passed on, as those of old Windows bases.</summary>
    internal static bool IsForeign(string mediaType)
        => mediaType.StartsWith("application/vnd.docker.image.rootfs.foreign.", StringComparison.Ordinal) || mediaType.StartsWith("application/vnd.oci.image.layer.nondistributable.", StringComparison.Ordinal);

    /// <summary>True of a config that describes a file system, unlike the empty config of a signature.</summary>
    internal static bool IsImageConfig(string mediaType) => mediaType is OciConfig or DockerConfig;
}
