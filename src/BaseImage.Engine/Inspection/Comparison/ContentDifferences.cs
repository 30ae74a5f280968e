using System.Globalization;
using BaseImage.Engine.Inspection.Comparison.Contents;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>Looks at the bytes of files that differ, and says where, what they are and why.</summary>
internal static class ContentDifferences
{
    /// <summary>Adds the differences without looking at bytes.</summary>
    internal static void Tell(TreeDifferences tree, DifferenceList list)
    {
        foreach (ContentPair pair in tree.Contents)
        {
            list.Add(Of(tree, pair));
        }
    }

    /// <summary>Adds the differences with what their bytes say.</summary>
    /// <param name="tree">The files that differ.</param>
    /// <param name="left">The reference image's bytes.</param>
    /// <param name="right">The difference image's bytes.</param>
    /// <param name="changedPackages">Packages that are of two versions: they explain their files.</param>
    /// <param name="list">Takes them.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static void Explain(TreeDifferences tree, ContentSpool left, ContentSpool right, IReadOnlySet<string> changedPackages, DifferenceList list, CancellationToken cancellation)
    {
        foreach (ContentPair pair in tree.Contents)
        {
            cancellation.ThrowIfCancellationRequested();
            ImageDifference found = Of(tree, pair);
            if (left.Of(pair.Left) is not { } a || right.Of(pair.Right) is not { } b)
            {
                list.Add(found with { Message = found.Message + " It is too large for its bytes to be looked at." });
                continue;
            }

            long offset = ContentView.FirstDifference(a, b, cancellation);
            ContentExplainer explainer = new(found.Path, a, b, cancellation);
            string kind = explainer.Kind;
            ContentFinding finding = changedPackages.Contains(found.Package) ? new ContentFinding(DifferenceCause.PackageVersion, $"It belongs to {found.Package}, which is of another version.") : explainer.Explain(changedPackages.Count > 0);
            string place = string.Create(CultureInfo.InvariantCulture, $"{(kind.Length == 0 ? "Data" : char.ToUpperInvariant(kind[0]) + kind[1..])}, from byte {offset}.");
            list.Add(found with
            {
                Offset = offset < 0 ? null : offset,
                ContentKind = kind,
                Cause = finding.Cause,
                Message = list.Safe(finding.Message.Length == 0 ? place : $"{place} {finding.Message}"),
            });
        }
    }

    private static ImageDifference Of(TreeDifferences tree, ContentPair pair) => tree.Of(ImageDifferenceKind.Content, pair.Left, pair.Right) with
    {
        ReferenceValue = Value(pair.Left.Digest, pair.Left.Entry.Size),
        DifferenceValue = Value(pair.Right.Digest, pair.Right.Entry.Size),
        SizeDelta = pair.Right.Entry.Size - pair.Left.Entry.Size,
        Message = "The bytes differ.",
    };

    private static string Value(Digest digest, long size) => string.Create(CultureInfo.InvariantCulture, $"{digest}, {size} bytes");
}
