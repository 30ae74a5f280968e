using System.Globalization;
using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Images;

/// <summary>
/// Writes the documents of an image that we make: canonical JSON without white space, keys sorted, nothing that is not
/// set. The same model gives the same bytes. Source: OCI Image Specification 1.1, config.md, manifest.md, image-index.md.
/// </summary>
internal static class OciDocuments
{
    // Source: manifest.md, "Guidance for an Empty Descriptor".
    private static readonly BuiltDocument EmptyConfig = new(MediaTypes.OciEmpty, "{}"u8.ToArray());

    /// <summary>A config.</summary>
    internal static BuiltDocument Config(OciConfig config)
    {
        JObject root = new()
        {
            ["architecture"] = config.Platform.Architecture,
            ["os"] = config.Platform.Os,
            ["config"] = ContainerConfig(config.Config),
            ["rootfs"] = new JObject { ["type"] = "layers", ["diff_ids"] = Texts(config.DiffIds.Select(d => d.ToString())) },
        };
        Set(root, "variant", config.Platform.Variant);
        Set(root, "author", config.Author);
        Set(root, "created", Time(config.Created));
        if (config.History.Count > 0)
        {
            root["history"] = new JArray(config.History.Select(History));
        }

        return new BuiltDocument(MediaTypes.OciConfig, CanonicalJson.WriteCompact(root));
    }

    /// <summary>A manifest of a config and its layers, lowest first.</summary>
    internal static BuiltDocument Manifest(OciDescriptor config, IEnumerable<OciDescriptor> layers, IReadOnlyDictionary<string, string>? annotations = null)
    {
        JObject root = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = Descriptor(config),
            ["layers"] = new JArray(layers.Select(Descriptor)),
        };
        Set(root, "annotations", annotations);
        return new BuiltDocument(MediaTypes.OciManifest, CanonicalJson.WriteCompact(root));
    }

    /// <summary>
    /// An artifact: a manifest of a document about an image. Source: OCI Image Specification 1.1, manifest.md, "Guidelines for
    /// Artifact Usage".
    /// </summary>
    /// <param name="artifactType">What it is.</param>
    /// <param name="subject">The manifest that it is about; null where only a tag says so.</param>
    /// <param name="layers">Its documents.</param>
    /// <param name="annotations">Its annotations.</param>
    /// <param name="config">Its config; null for the empty one.</param>
    internal static BuiltArtifact Artifact(string artifactType, OciDescriptor? subject, IReadOnlyList<(BuiltDocument Document, IReadOnlyDictionary<string, string> Annotations)> layers, IReadOnlyDictionary<string, string> annotations, BuiltDocument? config = null)
    {
        config ??= EmptyConfig;
        JObject root = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciManifest,
            ["config"] = Descriptor(config.Descriptor),
            ["layers"] = new JArray(layers.Select(layer => Descriptor(layer.Document.Descriptor with { Annotations = layer.Annotations }))),
        };
        Set(root, "artifactType", artifactType);
        Set(root, "annotations", annotations);
        if (subject is not null)
        {
            root["subject"] = Descriptor(new OciDescriptor(subject.MediaType, subject.Digest, subject.Size));
        }

        return new BuiltArtifact(new BuiltDocument(MediaTypes.OciManifest, CanonicalJson.WriteCompact(root)), [config, .. layers.Select(layer => layer.Document)])
        {
            Subject = subject,
            ArtifactType = artifactType,
            Annotations = annotations,
        };
    }

    /// <summary>An index of manifests, each descriptor with its platform, in the order given.</summary>
    internal static BuiltDocument Index(IEnumerable<OciDescriptor> manifests, IReadOnlyDictionary<string, string>? annotations = null)
    {
        JObject root = new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = MediaTypes.OciIndex,
            ["manifests"] = new JArray(manifests.Select(Descriptor)),
        };
        Set(root, "annotations", annotations);
        return new BuiltDocument(MediaTypes.OciIndex, CanonicalJson.WriteCompact(root));
    }

    /// <summary>A descriptor as JSON.</summary>
    internal static JObject Descriptor(OciDescriptor descriptor)
    {
        JObject result = new()
        {
            ["mediaType"] = descriptor.MediaType,
            ["digest"] = descriptor.Digest.ToString(),
            ["size"] = descriptor.Size,
        };
        Set(result, "artifactType", descriptor.ArtifactType);
        Set(result, "annotations", descriptor.Annotations);
        if (descriptor.Platform is { } platform)
        {
            JObject value = new() { ["architecture"] = platform.Architecture, ["os"] = platform.Os };
            Set(value, "variant", platform.Variant);
            result["platform"] = value;
        }

        return result;
    }

    private static JObject ContainerConfig(ImageConfig config)
    {
        JObject result = [];
        Set(result, "User", config.User);
        Set(result, "WorkingDir", config.WorkingDir);
        Set(result, "StopSignal", config.StopSignal);
        Set(result, "Labels", config.Labels);
        Set(result, "ExposedPorts", Keys(config.ExposedPorts));
        Set(result, "Volumes", Keys(config.Volumes));
        Set(result, "Env", config.Env.Count > 0 ? Texts(config.Env) : null);
        Set(result, "Entrypoint", config.Entrypoint is { } entrypoint ? Texts(entrypoint) : null);
        Set(result, "Cmd", config.Cmd is { } cmd ? Texts(cmd) : null);
        Set(result, "OnBuild", config.OnBuild.Count > 0 ? Texts(config.OnBuild) : null);
        Set(result, "Shell", config.Shell is { } shell ? Texts(shell) : null);
        if (config.Healthcheck is { } health)
        {
            JObject value = new() { ["Test"] = Texts(health.Test) };
            Set(value, "Interval", Nanoseconds(health.Interval));
            Set(value, "Timeout", Nanoseconds(health.Timeout));
            Set(value, "StartPeriod", Nanoseconds(health.StartPeriod));
            Set(value, "Retries", health.Retries is { } retries ? new JValue(retries) : null);
            result["Healthcheck"] = value;
        }

        return result;
    }

    private static JObject History(ImageHistory step)
    {
        JObject result = [];
        Set(result, "created", Time(step.Created));
        Set(result, "created_by", step.CreatedBy);
        Set(result, "comment", step.Comment);
        if (step.EmptyLayer)
        {
            result["empty_layer"] = true;
        }

        return result;
    }

    private static string? Time(DateTimeOffset? time)
        => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static JValue? Nanoseconds(TimeSpan? span) => span is { } value ? new JValue(value.Ticks * 100) : null;

    private static JArray Texts(IEnumerable<string> texts) => new(texts.Select(text => new JValue(text)));

    private static JObject? Keys(IReadOnlyList<string> keys)
    {
        JObject result = [];
        foreach (string key in keys)
        {
            result[key] = new JObject();
        }

        return keys.Count == 0 ? null : result;
    }

    private static void Set(JObject target, string key, JToken? value)
    {
        if (value is not null)
        {
            target[key] = value;
        }
    }

    private static void Set(JObject target, string key, string? value)
    {
        if (!string.IsNullOrEmpty(value))
        {
            target[key] = value;
        }
    }

    private static void Set(JObject target, string key, IReadOnlyDictionary<string, string>? map)
    {
        if (map is { Count: > 0 })
        {
            target[key] = new JObject(map.Select(pair => new JProperty(pair.Key, pair.Value)));
        }
    }
}
