using BaseImage.Engine.Auditing.Runtime;
using BaseImage.Engine.Auditing.Secrets;
using BaseImage.Engine.Images;
using BaseImage.Engine.Images.Engines;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;

namespace BaseImage.Engine.Auditing;

/// <summary>Gathers facts by inspection: one pass over the layers of an image and platform, contents scanned as they pass.</summary>
internal sealed class InspectionFacts(Func<BaseImagePaths> paths, EngineImages? engine = null) : IFactsSource
{
    /// <inheritdoc/>
    public async Task<IFactsSession> OpenAsync(string reference, Platform? platform, CancellationToken cancellationToken)
        => new Session(await ImageInspection.OpenAsync(reference, platform, paths(), single: false, cancellationToken, engine).ConfigureAwait(false));

    private static async Task<ImageFacts> ReadAsync(PendingInspection item, bool withFiles, CancellationToken cancellationToken)
    {
        FileFacts? files = null;
        SourceManifest manifest = item.Manifest;
        if (withFiles)
        {
            ContentFindings findings = new();
            InspectionOptions options = new() { Keep = IsWanted, Observe = (layer, _) => new ContentScanner(findings, layer) };
            InspectedImage image = await item.ReadAsync(options, cancellationToken).ConfigureAwait(false);
            files = await Task.Run(() => Describe(image, findings), cancellationToken).ConfigureAwait(false);
            manifest = image.Manifest;
        }
        else if (item.Image.IsPartial)
        {
            manifest = await item.CompleteAsync(cancellationToken).ConfigureAwait(false);
        }

        return new ImageFacts
        {
            Image = item.Reference,
            Name = WithoutTag(item.Image.Name),
            Platform = manifest.Platform,
            Digest = item.Digest,
            Created = manifest.Config.Created,
            Config = manifest.Config.Config,
            History = manifest.Config.History,
            Files = files,
        };
    }

    private static FileFacts Describe(InspectedImage image, ContentFindings findings)
    {
        Dictionary<string, ReadOnlyMemory<byte>> contents = new(StringComparer.Ordinal);
        Dictionary<string, string> md5 = new(StringComparer.Ordinal);
        Dictionary<string, ProgramKind> programs = new(StringComparer.Ordinal);
        foreach (MergedFile file in image.Merged.Files())
        {
            string path = file.ToString();
            if (file.Content is { } content)
            {
                contents[path] = content;
            }

            (string? sum, ProgramKind kind) = findings.Of(file);
            if (sum is not null)
            {
                (md5[path], programs[path]) = (sum, kind);
            }
        }

        return new FileFacts(image.Files, contents, md5, programs, findings.Secrets);
    }

    // Wherever they lie: /etc/passwd may be a link.
    private static bool IsWanted(LayerEntry entry)
    {
        string path = "/" + entry.Path;
        return path.EndsWith("/passwd", StringComparison.Ordinal) || path.EndsWith("/group", StringComparison.Ordinal) || path.EndsWith("/shells", StringComparison.Ordinal) || NamedFiles.IsWanted(path);
    }

    private static string WithoutTag(string name)
    {
        int colon = name.LastIndexOf(':');
        return colon > name.LastIndexOf('/') && colon > 0 ? name[..colon] : name;
    }

    private sealed class Session(ImageInspection inspection) : IFactsSession
    {
        public IReadOnlyList<PendingFacts> Items { get; } = [.. inspection.Items.Select(item => new PendingFacts(
            item.Reference, item.Manifest.Platform, item.Digest, (withFiles, token) => InspectionFacts.ReadAsync(item, withFiles, token)) { Target = new RuntimeTarget(item.Image.Pinned, item.Manifest) })];

        public ValueTask DisposeAsync() => inspection.DisposeAsync();
    }
}
