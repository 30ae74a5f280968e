using System.Globalization;

namespace BaseImage;

/// <summary>What comparing one platform of two images gave.</summary>
public sealed record ImageComparison
{
    /// <summary>The reference image, pinned.</summary>
    public required string ReferenceImage { get; init; }

    /// <summary>The difference image, pinned.</summary>
    public required string DifferenceImage { get; init; }

    /// <summary>The platform; the difference image's where the two are of different ones.</summary>
    public required Platform Platform { get; init; }

    /// <summary>The verdict on everything, whichever kinds of difference are listed.</summary>
    public required ComparisonVerdict Verdict { get; init; }

    /// <summary>What the verdict rests on.</summary>
    public ComparisonBasis Basis { get; init; }

    /// <summary>The digest of the reference image's manifest, or its ImageId where the place keeps no manifest; empty for none.</summary>
    public Digest ReferenceDigest { get; init; }

    /// <summary>The digest of the difference image's manifest, or its ImageId where the place keeps no manifest; empty for none.</summary>
    public Digest DifferenceDigest { get; init; }

    /// <summary>Bytes of the files that a container sees: the difference image's less the reference image's.</summary>
    public long SizeDelta => SizeAdded - SizeSaved;

    /// <summary>Bytes of files that were added, and by which files grew.</summary>
    public long SizeAdded { get; init; }

    /// <summary>Bytes of files that were removed, and by which files shrank.</summary>
    public long SizeSaved { get; init; }

    /// <summary>Layers that both have in the same place, counted from the lowest.</summary>
    public int SharedLayers { get; init; }

    /// <summary>How many differences of each kind were found, listed or not; empty for none.</summary>
    public string Summary { get; init; } = "";

    /// <summary>The differences, the worst kind first, then by path; those of the kinds that were asked for.</summary>
    public IReadOnlyList<ImageDifference> Differences { get; init => field = TextList.Of<ImageDifference>(value); } = TextList.Of<ImageDifference>([]);

    /// <summary>Differences of the kinds that were asked for that are not listed, because there are more than were to be; 0 where all are.</summary>
    public int DifferencesOmitted { get; init; }

    /// <summary>Counts differences by kind, for instance <c>2 Content, 1 Time</c>.</summary>
    public static string Summarize(IEnumerable<ImageDifference> differences)
    {
        ArgumentNullException.ThrowIfNull(differences);
        return string.Join(", ", differences.GroupBy(difference => difference.Kind).OrderBy(group => group.Key)
            .Select(group => string.Create(CultureInfo.InvariantCulture, $"{group.Count()} {group.Key}")));
    }

    /// <summary>The verdict and the summary.</summary>
    public override string ToString() => Summary.Length == 0 ? Verdict.ToString() : $"{Verdict}: {Summary}";
}
