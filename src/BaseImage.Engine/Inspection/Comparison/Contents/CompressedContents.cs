using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>
/// Compares compressed data: the header of gzip (RFC 1952, 2.3), then what is inside. The same inside is another
/// compressor or level; another inside is explained for itself.
/// </summary>
internal static class CompressedContents
{
    private const int Checksum = 2, Extra = 4, Name = 8, Comment = 16;

    private static readonly DecompressionLimits Limits = new(ContentExplainer.MaxBytes, int.MaxValue, long.MaxValue, 64L << 20);

    internal static ContentFinding Explain(ContentView left, ContentView right, bool isGzip, Func<string, ContentView, ContentView, ContentFinding> inner, CancellationToken cancellation)
    {
        GzipHeader? first = isGzip ? GzipHeader.Read(left) : null, second = isGzip ? GzipHeader.Read(right) : null;
        if (first is not null && second is not null && first.Differs(second) is { Length: > 0 } fields
            && ContentView.FirstDifference(left.Part(first.Length, left.Length), right.Part(second.Length, right.Length), cancellation) < 0)
        {
            return new ContentFinding(DifferenceCause.GzipHeader, $"Only the gzip header differs: {fields}.");
        }

        if (Unpack(left) is not { } a || Unpack(right) is not { } b)
        {
            return ContentFinding.None;
        }

        if (a.AsSpan().SequenceEqual(b))
        {
            return new ContentFinding(DifferenceCause.Compression, "The same data, compressed in two ways.");
        }

        ContentFinding inside = inner("", new MemoryView(a), new MemoryView(b));
        return inside.Message.Length == 0 ? inside : inside with { Message = "Inside: " + inside.Message };
    }

    // Null for more than fits, and for what is damaged.
    private static byte[]? Unpack(ContentView view)
    {
        try
        {
            using Stream packed = view.Open();
            using Stream plain = Codecs.OpenDecompressed(packed, "a file", Limits);
            using MemoryStream bytes = new();
            plain.CopyTo(bytes);
            return bytes.ToArray();
        }
        catch (Exception e) when (e is BaseImageException or InvalidDataException or IOException)
        {
            return null;
        }
    }

    private sealed record GzipHeader(uint Time, byte ExtraFlags, byte System, string FileName, int Length)
    {
        internal static GzipHeader? Read(ContentView view)
        {
            byte[] head = view.Slice(0, 64 * 1024 + 1024);
            if (head.Length < 10)
            {
                return null;
            }

            int flags = head[3], at = 10;
            if ((flags & Extra) != 0)
            {
                at = at + 2 <= head.Length ? at + 2 + BinaryPrimitives.ReadUInt16LittleEndian(head.AsSpan(at)) : head.Length;
            }

            string name = (flags & Name) != 0 ? Until(head, ref at) : "";
            _ = (flags & Comment) != 0 ? Until(head, ref at) : "";
            at += (flags & Checksum) != 0 ? 2 : 0;
            return at > head.Length ? null : new GzipHeader(BinaryPrimitives.ReadUInt32LittleEndian(head.AsSpan(4)), head[8], head[9], name, at);
        }

        internal string Differs(GzipHeader other)
        {
            List<string> fields = [];
            if (Time != other.Time)
            {
                fields.Add($"the time {Show(Time)} became {Show(other.Time)}");
            }

            if (FileName != other.FileName)
            {
                fields.Add("the file's name");
            }

            if (ExtraFlags != other.ExtraFlags)
            {
                fields.Add("the mark of the level");
            }

            if (System != other.System)
            {
                fields.Add("the operating system");
            }

            return fields.Count == 0 && Length != other.Length ? "further fields" : string.Join(", ", fields);
        }

        private static string Until(byte[] head, ref int at)
        {
            int zero = at < head.Length ? head.AsSpan(at).IndexOf((byte)0) : -1;
            string text = zero < 0 ? "" : Encoding.Latin1.GetString(head, at, zero);
            at = zero < 0 ? head.Length + 1 : at + zero + 1;
            return text;
        }

        private static string Show(uint time) => time == 0 ? "0" : DateTimeOffset.FromUnixTimeSeconds(time).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
    }
}
