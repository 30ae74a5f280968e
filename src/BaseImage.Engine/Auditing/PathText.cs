using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing;

/// <summary>Lines of a file in the image, written as <see cref="ImageFile.Path"/> writes paths, so that both compare.</summary>
internal static class PathText
{
    /// <summary>The lines; bytes that are not UTF-8, and control characters, as <c>\xNN</c>.</summary>
    public static IReadOnlyList<string> Lines(ReadOnlyMemory<byte> content)
    {
        List<string> lines = [];
        ReadOnlySpan<byte> rest = content.Span;
        while (!rest.IsEmpty)
        {
            int end = rest.IndexOf((byte)'\n');
            lines.Add(LayerText.Escape(end < 0 ? rest : rest[..end]));
            rest = end < 0 ? default : rest[(end + 1)..];
        }

        return lines;
    }
}
