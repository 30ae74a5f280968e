using System.Buffers.Binary;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>
/// Compares Windows programs and .NET assemblies: with the header's time and checksum aside (PE Format, "COFF File Header",
/// "Optional Header"), then by the text in them.
/// </summary>
internal static class PeContents
{
    internal static ContentFinding Explain(ContentView left, ContentView right, CancellationToken cancellation)
    {
        if (left.Length > ContentExplainer.MaxBytes || right.Length > ContentExplainer.MaxBytes)
        {
            return ContentFinding.None;
        }

        byte[] a = left.Slice(0, left.Length), b = right.Slice(0, right.Length);
        bool differs = Clear(a, out uint x) & Clear(b, out uint y) && x != y;
        return differs && a.AsSpan().SequenceEqual(b) ? new ContentFinding(DifferenceCause.Timestamp, "Only the header's time and checksum differ.") : DataContents.Strings(a, b, cancellation);
    }

    private static bool Clear(byte[] bytes, out uint time)
    {
        time = 0;
        int at = bytes.Length >= 0x40 ? BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(0x3c)) : -1;
        if (at < 0 || at > bytes.Length - 92)
        {
            return false;
        }

        time = BinaryPrimitives.ReadUInt32LittleEndian(bytes.AsSpan(at + 8));
        bytes.AsSpan(at + 8, 4).Clear();
        bytes.AsSpan(at + 88, 4).Clear();
        return true;
    }
}
