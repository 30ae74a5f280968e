using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;
using System.Text;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>
/// Reads the members of a zip archive by its central directory. Source: APPNOTE.TXT 6.3, 4.3.7, 4.3.12 and 4.3.16; of
/// extra fields the extended timestamp (0x5455) counts as the time. Archives of more than 65,535 members or 4 GiB (zip64)
/// are not read.
/// </summary>
internal static class ZipMembers
{
    private const uint EndMark = 0x06054b50, CentralMark = 0x02014b50, LocalMark = 0x04034b50;
    private const int EndLength = 22, CentralLength = 46, LocalLength = 30, MaxComment = 65_535, MaxDirectory = 64 << 20;

    /// <summary>The members; null for what cannot be read.</summary>
    internal static IReadOnlyList<ArchiveMember>? Read(ContentView view)
    {
        byte[] tail = view.Slice(Math.Max(view.Length - EndLength - MaxComment, 0), EndLength + MaxComment);
        int end = tail.Length - EndLength;
        while (end >= 0 && BinaryPrimitives.ReadUInt32LittleEndian(tail.AsSpan(end)) != EndMark)
        {
            end--;
        }

        if (end < 0)
        {
            return null;
        }

        ReadOnlySpan<byte> record = tail.AsSpan(end);
        int count = BinaryPrimitives.ReadUInt16LittleEndian(record[10..]);
        uint size = BinaryPrimitives.ReadUInt32LittleEndian(record[12..]), offset = BinaryPrimitives.ReadUInt32LittleEndian(record[16..]);
        return size > MaxDirectory || offset > view.Length || size > view.Length - offset ? null : Directory(view, view.Slice(offset, size), count);
    }

    private static List<ArchiveMember>? Directory(ContentView view, byte[] directory, int count)
    {
        List<ArchiveMember> members = [];
        ReadOnlySpan<byte> rest = directory;
        for (int i = 0; i < count; i++)
        {
            if (rest.Length < CentralLength || BinaryPrimitives.ReadUInt32LittleEndian(rest) != CentralMark)
            {
                return null;
            }

            int name = U16(rest, 28), extra = U16(rest, 30), comment = U16(rest, 32);
            if (rest.Length < CentralLength + name + extra + comment)
            {
                return null;
            }

            int method = U16(rest, 10);
            uint stamp = U32(rest, 12), checksum = U32(rest, 16), packed = U32(rest, 20), plain = U32(rest, 24), local = U32(rest, 42);
            (string time, string other) = Extra(rest.Slice(CentralLength + name, extra));
            (string localTime, string localOther, long at) = Local(view, local);
            members.Add(new ArchiveMember(
                Encoding.Latin1.GetString(rest.Slice(CentralLength, name)),
                string.Create(CultureInfo.InvariantCulture, $"{stamp:x8} {time} {localTime}"),
                string.Create(CultureInfo.InvariantCulture, $"{U16(rest, 4):x4} {U32(rest, 38):x8} {other} {localOther}"),
                string.Create(CultureInfo.InvariantCulture, $"{method} {packed} {U16(rest, 8):x4}"),
                string.Create(CultureInfo.InvariantCulture, $"{checksum:x8} {plain}"),
                () => Open(view, at, method, packed, plain)));
            rest = rest[(CentralLength + name + extra + comment)..];
        }

        return members;
    }

    private static (string Time, string Other, long Content) Local(ContentView view, uint offset)
    {
        byte[] header = view.Slice(offset, LocalLength);
        if (header.Length < LocalLength || U32(header, 0) != LocalMark)
        {
            return ("", "", -1);
        }

        int name = U16(header, 26), extra = U16(header, 28);
        (string time, string other) = Extra(view.Slice(offset + (long)LocalLength + name, extra));
        return (string.Create(CultureInfo.InvariantCulture, $"{U32(header, 10):x8} {time}"), other, offset + (long)LocalLength + name + extra);
    }

    private static (string Time, string Other) Extra(ReadOnlySpan<byte> fields)
    {
        StringBuilder time = new(), other = new();
        while (fields.Length >= 4)
        {
            int length = Math.Min(U16(fields, 2), fields.Length - 4);
            bool isTime = U16(fields, 0) is 0x5455 or 0x000a or 0x5855;
            (isTime ? time : other).Append(Convert.ToHexString(fields[..(4 + length)])).Append(' ');
            fields = fields[(4 + length)..];
        }

        return (time.ToString(), other.ToString());
    }

    private static MemoryView? Open(ContentView view, long at, int method, uint packed, uint plain)
    {
        if (at < 0 || plain > ContentExplainer.MaxBytes || packed > ContentExplainer.MaxBytes)
        {
            return null;
        }

        byte[] bytes = view.Slice(at, packed);
        if (method == 0)
        {
            return new MemoryView(bytes);
        }

        if (method != 8)
        {
            return null;
        }

        try
        {
            using DeflateStream inflated = new(new MemoryStream(bytes), CompressionMode.Decompress);
            byte[] content = new byte[plain];
            int read = inflated.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return new MemoryView(content.AsMemory(0, read));
        }
        catch (InvalidDataException)
        {
            return null;
        }
    }

    private static int U16(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[at..]);

    private static uint U32(ReadOnlySpan<byte> bytes, int at) => BinaryPrimitives.ReadUInt32LittleEndian(bytes[at..]);
}
