using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>Compares data of no known format: by the text in it, and by numbers that may be times.</summary>
internal static class DataContents
{
    private const int MinText = 4, MaxRegions = 256, MaxStrings = 500_000;

    // 2001 to 2065: numbers that are times of files and builds.
    private const uint FirstTime = 1_000_000_000, LastTime = 3_000_000_000;
    private const long MaxApart = 20L * 366 * 86_400;

    internal static ContentFinding Explain(ContentView left, ContentView right, CancellationToken cancellation)
    {
        if (left.Length > ContentExplainer.MaxBytes || right.Length > ContentExplainer.MaxBytes)
        {
            return ContentFinding.None;
        }

        byte[] a = left.Slice(0, ContentExplainer.MaxBytes), b = right.Slice(0, ContentExplainer.MaxBytes);
        return Numbers(a, b) is { IsKnown: true } numbers ? numbers : Strings(a, b, cancellation);
    }

    /// <summary>Explains by the pieces of text that only one of two has.</summary>
    internal static ContentFinding Strings(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, CancellationToken cancellation)
    {
        (List<string> a, List<string> b) = PairedLines.Surplus(Texts(left), Texts(right));
        return PairedLines.Explain(a, b, cancellation);
    }

    /// <summary>The pieces of printable text.</summary>
    internal static List<string> Texts(ReadOnlySpan<byte> bytes)
    {
        List<string> texts = [];
        for (int start = 0; start < bytes.Length && texts.Count < MaxStrings;)
        {
            ReadOnlySpan<byte> rest = bytes[start..];
            int length = 0;
            while (length < rest.Length && rest[length] is >= 0x20 and < 0x7f)
            {
                length++;
            }

            if (length >= MinText)
            {
                texts.Add(Encoding.Latin1.GetString(rest[..length]));
            }

            start += length + 1;
        }

        return texts;
    }

    // Every stretch that differs lies in four bytes which are a time in both.
    private static ContentFinding Numbers(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right)
    {
        if (left.Length != right.Length)
        {
            return ContentFinding.None;
        }

        (uint, uint)? first = null;
        int regions = 0;
        for (int at = left.CommonPrefixLength(right); at < left.Length; regions++)
        {
            if (regions == MaxRegions || TimeAt(left, right, at) is not { } found)
            {
                return ContentFinding.None;
            }

            first ??= (found.Left, found.Right);
            at = found.End;
            at += left[at..].CommonPrefixLength(right[at..]);
        }

        return first is { } times ? new ContentFinding(DifferenceCause.Timestamp, $"The number {Show(times.Item1)} became {Show(times.Item2)}.") : ContentFinding.None;
    }

    private static (uint Left, uint Right, int End)? TimeAt(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right, int at)
    {
        for (int start = at; start > at - 4 && start >= 0; start--)
        {
            if (start + 4 > left.Length)
            {
                continue;
            }

            foreach (bool isBig in (ReadOnlySpan<bool>)[false, true])
            {
                uint x = Number(left[start..], isBig), y = Number(right[start..], isBig);
                if (x is > FirstTime and < LastTime && y is > FirstTime and < LastTime && Math.Abs((long)x - y) < MaxApart)
                {
                    return (x, y, start + 4);
                }
            }
        }

        return null;
    }

    private static uint Number(ReadOnlySpan<byte> bytes, bool isBig) => isBig ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static string Show(uint seconds) => string.Create(CultureInfo.InvariantCulture, $"{seconds} ({DateTimeOffset.FromUnixTimeSeconds(seconds).UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'})");
}
