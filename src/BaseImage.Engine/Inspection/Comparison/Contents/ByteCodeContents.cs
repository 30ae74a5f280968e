using System.Buffers.Binary;
using System.Globalization;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>
/// Compares compiled Python. The header has a magic number of the version, flags, then time and size of the source or, where
/// the lowest flag is set, a hash of it (PEP 552).
/// </summary>
internal static class ByteCodeContents
{
    private const int Header = 16;

    internal static ContentFinding Explain(ContentView left, ContentView right, CancellationToken cancellation)
    {
        byte[] a = left.Slice(0, Header), b = right.Slice(0, Header);
        if (a.Length < Header || b.Length < Header)
        {
            return ContentFinding.None;
        }

        if (!a.AsSpan(0, 4).SequenceEqual(b.AsSpan(0, 4)))
        {
            return new ContentFinding(DifferenceCause.Toolchain, "It was compiled by two versions of Python.");
        }

        if (ContentView.FirstDifference(left.Part(Header, left.Length), right.Part(Header, right.Length), cancellation) >= 0)
        {
            ContentFinding inside = left.Length > ContentExplainer.MaxBytes || right.Length > ContentExplainer.MaxBytes ? ContentFinding.None
                : DataContents.Strings(left.Slice(Header, left.Length).AsSpan(), right.Slice(Header, right.Length).AsSpan(), cancellation);
            return inside.IsKnown || !SameBytes(left, right) ? inside : new ContentFinding(DifferenceCause.Order, "The same parts in another order, as sets have them.");
        }

        bool hashed = (a[4] & 1) != 0, also = (b[4] & 1) != 0;
        return hashed != also ? new ContentFinding(DifferenceCause.ByteCode, "One holds its source's time and the other a hash of its source.")
            : hashed ? new ContentFinding(DifferenceCause.ByteCode, "Only the hash of its source differs.")
            : new ContentFinding(DifferenceCause.ByteCode, $"Only the header's time of its source differs: {Show(a)} became {Show(b)}.");
    }

    // A set's members stand in an order that depends on a random seed (PYTHONHASHSEED).
    private static bool SameBytes(ContentView left, ContentView right)
    {
        if (left.Length != right.Length || left.Length > ContentExplainer.MaxBytes)
        {
            return false;
        }

        int[] counts = new int[256];
        foreach (byte value in left.Slice(Header, left.Length))
        {
            counts[value]++;
        }

        foreach (byte value in right.Slice(Header, right.Length))
        {
            counts[value]--;
        }

        return Array.TrueForAll(counts, count => count == 0);
    }

    private static string Show(byte[] header) => DateTimeOffset.FromUnixTimeSeconds(BinaryPrimitives.ReadUInt32LittleEndian(header.AsSpan(8))).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
