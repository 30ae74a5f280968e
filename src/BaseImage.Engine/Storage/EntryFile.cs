using System.Security.Cryptography;
using System.Text;

namespace BaseImage.Engine.Storage;

/// <summary>
/// How an entry of the cache looks on disk: one line <c>baseimage-cache-2 KIND KEY SUM LABEL</c> and then the content.
/// KEY is the digest of the key, which stops one entry from being passed off as another; SUM is over the label and the
/// content; LABEL says in words what it is, for people alone (docs/decisions/0012).
/// </summary>
internal static class EntryFile
{
    /// <summary>The most bytes that a label takes.</summary>
    public const int MaxLabelBytes = 200;

    private const string Magic = "baseimage-cache-2";
    private const int HexLength = 64;

    /// <summary>The bytes before the content.</summary>
    public static byte[] Header(string kind, string keyHex, string label, ReadOnlySpan<byte> content)
    {
        byte[] labelLine = Encoding.UTF8.GetBytes(Clean(label) + "\n");
        return [.. Encoding.ASCII.GetBytes($"{Magic} {kind} {keyHex} {Sum(labelLine, content)} "), .. labelLine];
    }

    /// <summary>Where the content starts in an intact entry of a kind and key, or -1 for anything else.</summary>
    public static int ContentStart(ReadOnlySpan<byte> file, string kind, string keyHex)
    {
        byte[] start = Encoding.ASCII.GetBytes($"{Magic} {kind} {keyHex} ");
        int labelStart = start.Length + HexLength + 1;
        if (file.Length < labelStart || !file.StartsWith(start))
        {
            return -1;
        }

        int labelLength = file[labelStart..].IndexOf((byte)'\n') + 1;
        return labelLength > 0 && file[start.Length..labelStart].SequenceEqual(Encoding.ASCII.GetBytes(Sum(file.Slice(labelStart, labelLength), file[(labelStart + labelLength)..]) + " "))
            ? labelStart + labelLength
            : -1;
    }

    /// <summary>The label and the start of the content, unverified; null for what does not look like an entry.</summary>
    /// <param name="start">The file's first bytes.</param>
    /// <param name="kind">Its kind.</param>
    /// <param name="keyHex">The digest of its key.</param>
    public static (string Label, byte[] Content)? Peek(ReadOnlySpan<byte> start, string kind, string keyHex)
    {
        int labelStart = Magic.Length + kind.Length + keyHex.Length + HexLength + 4;
        if (start.Length < labelStart || !start.StartsWith(Encoding.ASCII.GetBytes($"{Magic} {kind} {keyHex} ")))
        {
            return null;
        }

        int length = start[labelStart..].IndexOf((byte)'\n');
        return length < 0 ? null : (Encoding.UTF8.GetString(start.Slice(labelStart, length)), start[(labelStart + length + 1)..].ToArray());
    }

    private static string Sum(ReadOnlySpan<byte> labelLine, ReadOnlySpan<byte> content)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(labelLine);
        hash.AppendData(content);
        return Digest.FromSha256(hash.GetHashAndReset()).Hex;
    }

    private static string Clean(string label)
    {
        string line = string.Concat(label.Select(c => char.IsControl(c) || char.IsSurrogate(c) ? '?' : c));
        while (Encoding.UTF8.GetByteCount(line) > MaxLabelBytes)
        {
            line = line[..Math.Min(line.Length - 2, MaxLabelBytes)] + "…";
        }

        return line;
    }
}
