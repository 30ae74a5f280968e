using System.Globalization;
using BaseImage.Engine.Images;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>Compares layers by digest, histories step by step, and manifests by what stands beside config and layers.</summary>
internal static class DocumentDifferences
{
    /// <summary>Adds layers that differ.</summary>
    /// <param name="left">The reference image.</param>
    /// <param name="right">The difference image.</param>
    /// <param name="filesAreRead">False where nothing but the digests says what the layers hold, so that another digest is another content.</param>
    /// <param name="list">Takes them.</param>
    internal static void Layers(ComparedSide left, ComparedSide right, bool filesAreRead, DifferenceList list)
    {
        foreach ((int? a, int? b) in Align(left.DiffIds, right.DiffIds))
        {
            SourceLayer? before = a is { } i ? left.Manifest.Layers[i] : null, after = b is { } j ? right.Manifest.Layers[j] : null;
            if (before?.DiffId == after?.DiffId)
            {
                if (!before!.Descriptor.Digest.IsEmpty && !after!.Descriptor.Digest.IsEmpty && before.Descriptor.Digest != after.Descriptor.Digest)
                {
                    list.Add(Found(ImageDifferenceKind.Metadata, a, b) with
                    {
                        IsSignificant = false,
                        Cause = DifferenceCause.Compression,
                        ReferenceValue = Describe(before.Descriptor.Digest, before.Descriptor),
                        DifferenceValue = Describe(after.Descriptor.Digest, after.Descriptor),
                        Message = "The same tar was compressed in two ways.",
                    });
                }

                continue;
            }

            list.Add(Found(ImageDifferenceKind.Layer, a, b) with
            {
                IsSignificant = !filesAreRead,
                ReferenceValue = before is null ? "" : Describe(before.DiffId, before.Descriptor),
                DifferenceValue = after is null ? "" : Describe(after.DiffId, after.Descriptor),
                SizeDelta = 0,
                Message = before is null ? "A layer was added." : after is null ? "A layer was removed." : filesAreRead ? "The layer's tar has another digest." : "The layer's tar has another digest, and its files were not looked at.",
            });
        }
    }

    /// <summary>Adds steps of the history that differ.</summary>
    internal static void History(ComparedSide left, ComparedSide right, DifferenceList list)
    {
        IReadOnlyList<ImageHistory> before = left.Manifest.Config.History, after = right.Manifest.Config.History;
        foreach ((int? a, int? b) in Align([.. before.Select(Key)], [.. after.Select(Key)]))
        {
            ImageHistory? x = a is { } i ? before[i] : null, y = b is { } j ? after[j] : null;
            if (x == y)
            {
                continue;
            }

            (string Text, int? Line) step = b is { } at ? list.DifferenceStep(at) : list.ReferenceStep(a!.Value);
            bool isTime = x is not null && y is not null && x with { Created = y.Created } == y;
            list.Add(new ImageDifference
            {
                Kind = ImageDifferenceKind.History,
                Change = x is null ? ImageDifferenceChange.Added : y is null ? ImageDifferenceChange.Removed : ImageDifferenceChange.Changed,
                Path = string.Create(CultureInfo.InvariantCulture, $"step {(b ?? a!.Value) + 1}"),
                ReferenceValue = x is null ? "" : isTime ? Time(x.Created) : list.Safe(x.CreatedBy),
                DifferenceValue = y is null ? "" : isTime ? Time(y.Created) : list.Safe(y.CreatedBy),
                IsSignificant = false,
                Cause = isTime ? DifferenceCause.Timestamp : DifferenceCause.Unknown,
                Instruction = step.Text,
                Line = step.Line,
                Message = x is null ? "A step was added." : y is null ? "A step was removed." : isTime ? "The step was done at another time." : x.CreatedBy == y.CreatedBy ? "The step's remark, or whether it made a layer, differs." : "The step is another one.",
            });
        }
    }

    /// <summary>Adds what manifests say beside config and layers.</summary>
    internal static void Manifests(ComparedSide left, ComparedSide right, DifferenceList list)
    {
        if (left.Manifest.Descriptor is not { } before || right.Manifest.Descriptor is not { } after || before.Digest == after.Digest)
        {
            return;
        }

        int found = list.Found.Count;
        if (before.MediaType != after.MediaType)
        {
            list.Add(Metadata("mediaType", list.Safe(before.MediaType), list.Safe(after.MediaType), "The manifests are of two types."));
        }

        IReadOnlyDictionary<string, string> a = left.Manifest.Annotations, b = right.Manifest.Annotations;
        foreach (string name in a.Keys.Union(b.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            (string? x, string? y) = (a.GetValueOrDefault(name), b.GetValueOrDefault(name));
            if (x != y)
            {
                list.Add(Metadata("annotation " + list.Safe(name), list.Safe(x ?? ""), list.Safe(y ?? ""), "The manifest is annotated otherwise.") with
                {
                    Cause = name.EndsWith(".created", StringComparison.Ordinal) ? DifferenceCause.Timestamp : DifferenceCause.Unknown,
                });
            }
        }

        if (list.Found.Count == found && left.Manifest.ConfigDescriptor.Digest == right.Manifest.ConfigDescriptor.Digest
            && left.Manifest.Layers.Select(layer => layer.Descriptor.Digest).SequenceEqual(right.Manifest.Layers.Select(layer => layer.Descriptor.Digest)))
        {
            list.Add(Metadata("manifest", before.Digest.ToString(), after.Digest.ToString(), "The manifests name the same config and layers in other bytes."));
        }
    }

    /// <summary>
    /// What stands in both lists at the front and at the back is paired; what lies between is paired as far as the shorter
    /// one goes, and the rest stands alone.
    /// </summary>
    internal static IEnumerable<(int? Left, int? Right)> Align<T>(IReadOnlyList<T> left, IReadOnlyList<T> right)
        where T : notnull
    {
        int least = Math.Min(left.Count, right.Count), front = 0, back = 0;
        while (front < least && left[front].Equals(right[front]))
        {
            front++;
        }

        while (back < least - front && left[left.Count - 1 - back].Equals(right[right.Count - 1 - back]))
        {
            back++;
        }

        for (int i = 0; i < Math.Max(left.Count, right.Count) - back; i++)
        {
            yield return (i < left.Count - back ? i : null, i < right.Count - back ? i : null);
        }

        for (int i = back; i > 0; i--)
        {
            yield return (left.Count - i, right.Count - i);
        }
    }

    private static (string, string, bool) Key(ImageHistory step) => (step.CreatedBy, step.Comment, step.EmptyLayer);

    private static ImageDifference Found(ImageDifferenceKind kind, int? before, int? after) => new()
    {
        Kind = kind,
        Change = before is null ? ImageDifferenceChange.Added : after is null ? ImageDifferenceChange.Removed : ImageDifferenceChange.Changed,
        Path = string.Create(CultureInfo.InvariantCulture, $"layer {after ?? before}"),
        ReferenceLayer = before,
        DifferenceLayer = after,
    };

    private static ImageDifference Metadata(string path, string before, string after, string message) => new()
    {
        Kind = ImageDifferenceKind.Metadata,
        Path = path,
        ReferenceValue = before,
        DifferenceValue = after,
        IsSignificant = false,
        Message = message,
    };

    private static string Describe(Digest digest, OciDescriptor descriptor) => string.Create(CultureInfo.InvariantCulture, $"{digest}, {descriptor.Size} bytes");

    private static string Time(DateTimeOffset? time) => time?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "";
}
