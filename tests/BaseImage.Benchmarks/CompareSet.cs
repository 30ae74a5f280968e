using System.Text;

namespace BaseImage.Benchmarks;

/// <summary>The image of 1 GB that is audited too, a copy of it, and one of which every fortieth file differs. Kept for the next time.</summary>
internal sealed class CompareSet
{
    private const int Every = 40, Block = 512;

    private readonly string _folder;
    private readonly AuditSet _set;

    private CompareSet(string folder, AuditSet set) => (_folder, _set) = (folder, set);

    /// <summary>The layout with the image.</summary>
    internal string First => _set.Large;

    /// <summary>The layout with the same image.</summary>
    internal string Same => Path.Combine(_folder, "same");

    /// <summary>The layout with the other image.</summary>
    internal string Other => Path.Combine(_folder, "other");

    /// <summary>The image's only layer as it is stored.</summary>
    internal string FirstLayer => _set.LargeLayer;

    /// <summary>The other image's only layer as it is stored.</summary>
    internal string OtherLayer => Path.Combine(_folder, "other.tar.gz");

    /// <summary>Makes what is not there yet.</summary>
    internal static async Task<CompareSet> PrepareAsync(string folder, AuditSet audit)
    {
        CompareSet set = new(folder, audit);
        if (File.Exists(Path.Combine(folder, "done")))
        {
            return set;
        }

        Directory.CreateDirectory(folder);
        Dictionary<string, string> none = [];
        string tar = Path.Combine(folder, "other.tar");
        await Tool.RunAsync(none, folder, "cp", "-r", set.First, set.Same);
        await Tool.RunAsync(none, folder, "cp", Path.ChangeExtension(set.FirstLayer, null), tar);
        Change(tar);
        await Tool.RunAsync(none, folder, "sh", "-c", $"gzip -6 -k -f '{tar}'");
        await AuditSet.WriteLayoutAsync(tar, "other", set.Other);
        await File.WriteAllTextAsync(Path.Combine(folder, "done"), "");
        return set;
    }

    // The first byte of a file's content; headers stay as they are.
    private static void Change(string tar)
    {
        using FileStream file = new(tar, FileMode.Open, FileAccess.ReadWrite);
        byte[] header = new byte[Block];
        int files = 0;
        while (file.ReadAtLeast(header, Block, throwOnEndOfStream: false) == Block && header[0] != 0)
        {
            long size = Convert.ToInt64(Encoding.ASCII.GetString(header, 124, 11).Trim('\0', ' '), 8), next = file.Position + ((size + Block - 1) / Block * Block);
            if (header[156] == '0' && size > 0 && ++files % Every == 0)
            {
                int first = file.ReadByte();
                file.Position--;
                file.WriteByte((byte)(first ^ 1));
            }

            file.Position = next;
        }
    }
}
