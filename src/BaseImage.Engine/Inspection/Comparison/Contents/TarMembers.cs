using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection.Comparison.Contents;

/// <summary>Reads the members of a tar archive.</summary>
internal static class TarMembers
{
    private const int MaxMembers = 200_000, MaxKept = 1 << 20;
    private const long MaxKeptInAll = 32L << 20;

    private static readonly TarRules Rules = TarRules.Layer with { MaxEntries = MaxMembers };

    /// <summary>The members; null for what cannot be read.</summary>
    internal static IReadOnlyList<ArchiveMember>? Read(ContentView view, CancellationToken cancellation)
    {
        List<ArchiveMember> members = [];
        long kept = 0;
        try
        {
            using Stream stream = view.Open();
            TarReader reader = new(stream, "a tar archive", Rules);
            while (reader.Next() is { } entry)
            {
                cancellation.ThrowIfCancellationRequested();
                byte[]? content = null;
                string digest = entry.LinkTargetText;
                if (entry.Kind is ImageFileKind.File)
                {
                    if (entry.Size <= MaxKept && kept + entry.Size <= MaxKeptInAll)
                    {
                        content = new byte[entry.Size];
                        reader.Content.ReadExactly(content);
                        kept += entry.Size;
                        digest = Convert.ToHexString(SHA256.HashData(content));
                    }
                    else
                    {
                        digest = Convert.ToHexString(SHA256.HashData(reader.Content));
                    }
                }

                members.Add(new ArchiveMember(
                    Encoding.Latin1.GetString(entry.Path.Span),
                    entry.ModifiedTime.ToString(CultureInfo.InvariantCulture),
                    string.Create(CultureInfo.InvariantCulture, $"{entry.Uid}:{entry.Gid} {entry.Mode:x} {entry.Kind}"),
                    "",
                    digest,
                    () => content is null ? null : new MemoryView(content)));
            }
        }
        catch (Exception e) when (e is BaseImageException or EndOfStreamException)
        {
            return null;
        }

        return members;
    }
}
