using BaseImage.Engine.Storage;
using BaseImage.Errors;

namespace BaseImage.Engine.Images;

/// <summary>An index. Source: OCI Image Specification 1.1, image-index.md.</summary>
internal sealed record OciIndex(string MediaType, IReadOnlyList<OciDescriptor> Manifests, IReadOnlyDictionary<string, string> Annotations)
{
    /// <summary>What it is of when it is no image of several platforms.</summary>
    internal string ArtifactType { get; init; } = "";

    /// <summary>The manifest that it is about; null for none.</summary>
    internal OciDescriptor? Subject { get; init; }
}

/// <summary>A manifest. Source: OCI Image Specification 1.1, manifest.md.</summary>
internal sealed record OciManifest(string MediaType, OciDescriptor Config, IReadOnlyList<OciDescriptor> Layers, IReadOnlyDictionary<string, string> Annotations)
{
    /// <summary>What it is of when it is not an image.</summary>
    internal string ArtifactType { get; init; } = "";

    /// <summary>The manifest that it is about; null for none.</summary>
    internal OciDescriptor? Subject { get; init; }
}

/// <summary>Reads the OCI documents and their Docker forebears. The bytes are kept by the caller; nothing is written again from these models.</summary>
internal static class OciReader
{
    /// <summary>Reads an index.</summary>
    internal static OciIndex Index(ReadOnlyMemory<byte> bytes, string document)
    {
        JsonFields root = Root(bytes, document, OciLimits.MaxIndexBytes);
        CheckSchema(root, "manifests", "layers");
        OciDescriptor[] manifests = [.. root.Objects("manifests").Select(Descriptor)];
        return manifests.Length > OciLimits.MaxDescriptors
            ? throw new ImageLimitExceededException(document, $"the index has {manifests.Length} entries; at most {OciLimits.MaxDescriptors} are read")
            : new OciIndex(root.Text("mediaType"), manifests, root.Map("annotations"))
            {
                ArtifactType = root.Text("artifactType"),
                Subject = root.Object("subject") is { } subject ? Descriptor(subject) : null,
            };
    }

    /// <summary>Reads a manifest.</summary>
    internal static OciManifest Manifest(ReadOnlyMemory<byte> bytes, string document)
    {
        JsonFields root = Root(bytes, document, OciLimits.MaxManifestBytes);
        CheckSchema(root, "layers", "manifests");
        OciDescriptor[] layers = [.. root.Objects("layers").Select(Descriptor)];
        return layers.Length > OciLimits.MaxLayers
            ? throw new ImageLimitExceededException(document, $"the manifest has {layers.Length} layers; at most {OciLimits.MaxLayers} are read")
            : new OciManifest(root.Text("mediaType"), Descriptor(root.RequiredObject("config")), layers, root.Map("annotations"))
            {
                ArtifactType = root.Text("artifactType"),
                Subject = root.Object("subject") is { } subject ? Descriptor(subject) : null,
            };
    }

    /// <summary>Reads a config.</summary>
    internal static OciConfig Config(ReadOnlyMemory<byte> bytes, string document)
    {
        JsonFields root = Root(bytes, document, OciLimits.MaxConfigBytes);
        JsonFields? rootfs = root.Object("rootfs");
        return new OciConfig
        {
            Platform = PlatformOf(root, required: true)!,
            Created = root.Time("created"),
            Author = root.Text("author"),
            Config = root.Object("config") is { } config ? ContainerConfig(config) : new ImageConfig(),
            DiffIds = [.. (rootfs?.OptionalTexts("diff_ids") ?? []).Select((text, i) => Digest.TryParse(text, out Digest digest) ? digest : throw root.Problem($"'rootfs.diff_ids[{i}]' is not a digest"))],
            History = [.. root.Objects("history").Select(step => new ImageHistory(step.Time("created"), step.Text("created_by"), step.Text("comment"), step.Flag("empty_layer")))],
        };
    }

    private static JsonFields Root(ReadOnlyMemory<byte> bytes, string document, int limit) => bytes.Length > limit
        ? throw new ImageLimitExceededException(document, $"the document has {bytes.Length} bytes; at most {limit} are read")
        : new JsonFields(StrictJson.ParseObject(bytes, document, OciLimits.Json), document);

    // A document that could be read as index and as manifest means one thing to one client and another to the next
    // (CVE-2021-41190); neither is it ours to choose.
    private static void CheckSchema(JsonFields root, string key, string foreign)
    {
        if (root.Number("schemaVersion") != 2)
        {
            throw root.Problem($"schema version {root.Number("schemaVersion")} is not read; only 2 is");
        }

        if (root.Value[key] is null)
        {
            throw root.Problem($"'{key}' is missing");
        }

        if (root.Value[foreign] is not null)
        {
            throw root.Problem($"it has both '{key}' and '{foreign}', and so could be an index or a manifest");
        }

        string mediaType = root.Text("mediaType");
        bool agrees = mediaType.Length == 0 || (key == "manifests" ? MediaTypes.IsIndex(mediaType) : MediaTypes.IsManifest(mediaType));
        if (!agrees)
        {
            throw root.Problem($"its mediaType '{mediaType}' does not fit its content");
        }
    }

    private static OciDescriptor Descriptor(JsonFields fields)
    {
        long size = fields.Number("size");
        return size < 0 ? throw fields.Problem($"'{fields.At}size' is negative") : new OciDescriptor(fields.RequiredText("mediaType"), fields.Digest("digest"), size)
        {
            Platform = fields.Object("platform") is { } platform ? PlatformOf(platform, required: false) : null,
            ArtifactType = fields.Text("artifactType"),
            Annotations = fields.Map("annotations"),
        };
    }

    private static Platform? PlatformOf(JsonFields fields, bool required)
    {
        (string os, string architecture, string variant) = (fields.Text("os"), fields.Text("architecture"), fields.Text("variant"));
        if (!required && os.Length == 0 && architecture.Length == 0)
        {
            return null;
        }

        string text = variant.Length == 0 ? $"{os}/{architecture}" : $"{os}/{architecture}/{variant}";
        return Platform.TryParse(text, out Platform? platform) && text.Length <= 128 ? platform : throw fields.Problem($"'{fields.At}os' and '{fields.At}architecture' do not name a platform");
    }

    private static ImageConfig ContainerConfig(JsonFields config) => new()
    {
        User = config.Text("User"),
        Env = config.OptionalTexts("Env") ?? [],
        Entrypoint = config.OptionalTexts("Entrypoint"),
        Cmd = config.OptionalTexts("Cmd"),
        WorkingDir = config.Text("WorkingDir"),
        Labels = config.Map("Labels"),
        StopSignal = config.OptionalText("StopSignal"),
        ExposedPorts = config.Keys("ExposedPorts"),
        Volumes = config.Keys("Volumes"),
        OnBuild = config.OptionalTexts("OnBuild") ?? [],
        Shell = config.OptionalTexts("Shell"),
        Healthcheck = config.Object("Healthcheck") is { } health ? new ImageHealthcheck(
            health.OptionalTexts("Test") ?? [], Span(health, "Interval"), Span(health, "Timeout"), Span(health, "StartPeriod"), (int?)Math.Clamp(health.OptionalNumber("Retries") ?? -1, -1, int.MaxValue) is >= 0 and int retries ? retries : null) : null,
    };

    // Docker writes nanoseconds; 0 means "inherit", which for a reader is "not set".
    private static TimeSpan? Span(JsonFields fields, string key) => fields.OptionalNumber(key) is { } value and not 0 ? TimeSpan.FromTicks(value / 100) : null;
}
