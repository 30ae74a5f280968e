namespace BaseImage.Engine.Reporting.Html;

/// <summary>
/// Lays sizes out as rectangles that fill an area, each as large as its share and as near to a square as the others
/// allow. Source: Bruls, Huizing, van Wijk, "Squarified Treemaps", 2000.
/// </summary>
internal static class Treemap
{
    /// <summary>The rectangles, one for each part, in the same order, which is from large to small.</summary>
    public static IReadOnlyList<TreemapTile> Lay(IReadOnlyList<FillPart> parts, double width, double height)
    {
        double total = parts.Sum(part => (double)part.Size);
        List<TreemapTile> tiles = [];
        if (total <= 0)
        {
            return tiles;
        }

        double x = 0, y = 0, scale = width * height / total;
        for (int first = 0; first < parts.Count;)
        {
            double side = Math.Max(Math.Min(width, height), 1e-9);
            int count = RowLength(parts, first, side, scale);
            double area = parts.Skip(first).Take(count).Sum(part => part.Size * scale);
            double thickness = area / side, along = 0;
            bool upright = width >= height;
            foreach (FillPart part in parts.Skip(first).Take(count))
            {
                double length = part.Size * scale / thickness;
                tiles.Add(upright ? new TreemapTile(part, x, y + along, thickness, length) : new TreemapTile(part, x + along, y, length, thickness));
                along += length;
            }

            (x, y, width, height) = upright ? (x + thickness, y, width - thickness, height) : (x, y + thickness, width, height - thickness);
            first += count;
        }

        return tiles;
    }

    // As many as make the worst of the row better, not worse.
    private static int RowLength(IReadOnlyList<FillPart> parts, int first, double side, double scale)
    {
        double sum = 0, best = double.MaxValue;
        int count = 0;
        for (int i = first; i < parts.Count; i++)
        {
            sum += parts[i].Size * scale;
            double thickness = sum / side;
            double Ratio(double area) => Math.Max(thickness * thickness / area, area / (thickness * thickness));
            double worst = Math.Max(Ratio(parts[first].Size * scale), Ratio(parts[i].Size * scale));
            if (worst > best)
            {
                break;
            }

            (best, count) = (worst, count + 1);
        }

        return count;
    }
}

/// <summary>A rectangle of a treemap.</summary>
/// <param name="Part">What it stands for.</param>
/// <param name="X">Its left edge.</param>
/// <param name="Y">Its upper edge.</param>
/// <param name="Width">Its width.</param>
/// <param name="Height">Its height.</param>
internal sealed record TreemapTile(FillPart Part, double X, double Y, double Width, double Height);
