using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// Reads the licences that Debian's copyright files name in their machine-readable form. Source: DEP-5,
/// copyright-format 1.0: the first line of a License field is a short name, or several with <c>and</c>, <c>or</c> and commas.
/// </summary>
internal sealed class LicencePart : IContentPart, IDisposable
{
    internal const int MaximumLicences = 500;

    private const long MaximumSize = 4 << 20;
    private const string Folder = "usr/share/doc/", Name = "/copyright";

    private readonly MemoryStream _content = new();

    /// <inheritdoc/>
    public bool Begin(LayerEntry entry, ReadOnlySpan<byte> head)
    {
        string path = entry.Path.ToString();
        _content.SetLength(0);
        return entry.Size <= MaximumSize && path.StartsWith(Folder, StringComparison.Ordinal) && path.EndsWith(Name, StringComparison.Ordinal);
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> bytes) => _content.Write(bytes);

    /// <inheritdoc/>
    public ContentFacts Complete(ContentFacts facts) => facts with { Licences = Read(_content.GetBuffer().AsSpan(0, (int)_content.Length)) };

    /// <inheritdoc/>
    public void Dispose() => _content.Dispose();

    /// <summary>The licences of a copyright file, in ordinal order; none where it is prose.</summary>
    internal static IReadOnlyList<string> Read(ReadOnlySpan<byte> content)
    {
        SortedSet<string> licences = new(StringComparer.Ordinal);
        bool isMachineReadable = false, isFirst = true;
        foreach (ReadOnlySpan<char> line in Encoding.UTF8.GetString(content).AsSpan().EnumerateLines())
        {
            if (line.StartsWith("Format:", StringComparison.OrdinalIgnoreCase) || line.StartsWith("Format-Specification:", StringComparison.OrdinalIgnoreCase))
            {
                isMachineReadable |= isFirst;
            }
            else if (isMachineReadable && line.StartsWith("License:", StringComparison.OrdinalIgnoreCase) && line["License:".Length..].Trim() is { Length: > 0 and <= 1_000 } text && licences.Count < MaximumLicences)
            {
                licences.Add(LayerText.Escape(Encoding.UTF8.GetBytes(text.ToString())));
            }

            isFirst &= line.IsWhiteSpace() || line[0] == '#';
        }

        return [.. licences];
    }
}
