using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>
/// A run of tar entries that is compressed by itself. Its key is made of everything its bytes are made of: each entry as
/// it will be written (times clamped, paths moved), each content's SHA-256, the codec and the writer's version. So a
/// fragment is found again when, and only when, it would come out the same: after a change of another package, of a
/// filter that does not touch it, or of the epoch while its times lie before it.
/// </summary>
internal sealed class FragmentPlan
{
    // Raise it whenever the same entries would be written as other bytes.
    private const string WriterVersion = "1";

    /// <summary>Makes a plan.</summary>
    /// <param name="name">What it holds: <c>directories</c>, a package's name, or <c>image</c>.</param>
    /// <param name="entries">What is written, in that order.</param>
    /// <param name="isLast">True for the last of a layer, which has the end marker.</param>
    /// <param name="codec">How it is compressed.</param>
    public FragmentPlan(string name, IReadOnlyList<TreeEntry> entries, bool isLast, Codec codec)
    {
        (Name, Entries, IsLast) = (name, entries, isLast);
        Key = MakeKey(entries, isLast, codec);
    }

    /// <summary>What it holds.</summary>
    public string Name { get; }

    /// <summary>What is written.</summary>
    public IReadOnlyList<TreeEntry> Entries { get; }

    /// <summary>True for the last of a layer.</summary>
    public bool IsLast { get; }

    /// <summary>What it is cached under.</summary>
    public string Key { get; }

    private static string MakeKey(IReadOnlyList<TreeEntry> entries, bool isLast, Codec codec)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        using MemoryStream buffer = new();
        using BinaryWriter writer = new(buffer, Encoding.UTF8);
        writer.Write(WriterVersion);
        writer.Write(codec.Identity);
        writer.Write(isLast);
        foreach (TreeEntry entry in entries)
        {
            ListingCodec.WriteEntry(writer, entry.Entry);
            writer.Write(entry.Content.ToString());
            if (buffer.Length > 1 << 16)
            {
                Drain();
            }
        }

        Drain();
        return Convert.ToHexString(hash.GetHashAndReset());

        void Drain()
        {
            writer.Flush();
            hash.AppendData(buffer.GetBuffer(), 0, (int)buffer.Length);
            buffer.SetLength(0);
        }
    }
}

/// <summary>A finished fragment.</summary>
/// <param name="Name">What it holds.</param>
/// <param name="Digest">Of the compressed bytes.</param>
/// <param name="Size">Compressed bytes.</param>
/// <param name="RawSize">Bytes of tar.</param>
/// <param name="NewestTime">The newest time of its entries, in seconds since 1970.</param>
/// <param name="BlockSizes">Compressed bytes of each of its gzip members or zstd frames.</param>
internal sealed record Fragment(string Name, Digest Digest, long Size, long RawSize, long NewestTime, IReadOnlyList<int> BlockSizes);
