using System.Collections.Immutable;
using System.Text;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>
/// Packs a listing for the cache. The cache answers for its bytes (it hashes them), so a listing that cannot be read is
/// of another version, and counts as absent.
/// </summary>
internal static class ListingCodec
{
    /// <summary>Part of the key that listings are cached under: raise it whenever a listing would come out different.</summary>
    public const string Version = "1";

    /// <summary>Packs.</summary>
    public static byte[] Write(PackageListing listing)
    {
        using MemoryStream stream = new();
        using BinaryWriter writer = new(stream, Encoding.UTF8);
        writer.Write(listing.Package.ToString());
        WriteBytes(writer, listing.Control);
        WriteOptional(writer, listing.Md5Sums);
        writer.Write(listing.Scripts.Count);
        foreach (PackageScript script in listing.Scripts)
        {
            writer.Write(script.Name);
            writer.Write(script.Text);
        }

        writer.Write(listing.Entries.Count);
        foreach (ListedEntry entry in listing.Entries)
        {
            WriteEntry(writer, entry.Entry);
            writer.Write(entry.Content.ToString());
            writer.Write(entry.Offset);
            writer.Write(entry.Target);
            WriteOptional(writer, entry.Kept);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Unpacks, or null where the bytes are not a listing of that package.</summary>
    public static PackageListing? TryRead(byte[] bytes, Digest package)
    {
        try
        {
            using BinaryReader reader = new(new MemoryStream(bytes), Encoding.UTF8);
            if (reader.ReadString() != package.ToString())
            {
                return null;
            }

            byte[] control = ReadBytes(reader);
            byte[]? sums = ReadOptional(reader);
            PackageScript[] scripts = new PackageScript[ReadCount(reader)];
            for (int i = 0; i < scripts.Length; i++)
            {
                scripts[i] = new PackageScript(reader.ReadString(), reader.ReadString());
            }

            ListedEntry[] entries = new ListedEntry[ReadCount(reader)];
            for (int i = 0; i < entries.Length; i++)
            {
                LayerEntry entry = ReadEntry(reader);
                Digest content = Digest.TryParse(reader.ReadString(), out Digest parsed) ? parsed : default;
                entries[i] = new ListedEntry(entry, content, reader.ReadInt64(), reader.ReadInt32(), ReadOptional(reader));
            }

            return new PackageListing { Package = package, Control = control, Md5Sums = sums, Scripts = scripts, Entries = entries };
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or InvalidDataException)
        {
            return null;
        }
    }

    /// <summary>Packs an entry; also what keys of fragments are made of.</summary>
    public static void WriteEntry(BinaryWriter writer, LayerEntry entry)
    {
        WriteBytes(writer, entry.Path.Span);
        writer.Write((byte)entry.Kind);
        writer.Write(entry.Mode);
        writer.Write(entry.Uid);
        writer.Write(entry.Gid);
        writer.Write(entry.Size);
        writer.Write(entry.ModifiedTime);
        WriteBytes(writer, entry.LinkTarget.Span);
        writer.Write(entry.DeviceMajor);
        writer.Write(entry.DeviceMinor);
        writer.Write(entry.Xattrs.Count);
        foreach ((string name, ReadOnlyMemory<byte> value) in entry.Xattrs)
        {
            writer.Write(name);
            WriteBytes(writer, value.Span);
        }
    }

    private static LayerEntry ReadEntry(BinaryReader reader)
    {
        if (!LayerPath.TryCreate(ReadBytes(reader), out LayerPath path))
        {
            throw new InvalidDataException("Not a path.");
        }

        LayerEntry entry = new()
        {
            Path = path,
            Kind = (ImageFileKind)reader.ReadByte(),
            Mode = reader.ReadInt32(),
            Uid = reader.ReadInt64(),
            Gid = reader.ReadInt64(),
            Size = reader.ReadInt64(),
            ModifiedTime = reader.ReadInt64(),
            LinkTarget = ReadBytes(reader),
            DeviceMajor = reader.ReadInt64(),
            DeviceMinor = reader.ReadInt64(),
        };
        int count = ReadCount(reader);
        if (count == 0)
        {
            return entry;
        }

        ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Builder xattrs = LayerEntry.NoXattrs.ToBuilder();
        for (int i = 0; i < count; i++)
        {
            xattrs[reader.ReadString()] = ReadBytes(reader);
        }

        return entry with { Xattrs = xattrs.ToImmutable() };
    }

    private static void WriteBytes(BinaryWriter writer, ReadOnlySpan<byte> bytes)
    {
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private static void WriteOptional(BinaryWriter writer, byte[]? bytes)
    {
        writer.Write(bytes?.Length ?? -1);
        writer.Write(bytes ?? []);
    }

    private static byte[] ReadBytes(BinaryReader reader) => ReadOptional(reader) ?? throw new InvalidDataException("No bytes.");

    private static byte[]? ReadOptional(BinaryReader reader)
    {
        int length = reader.ReadInt32();
        if (length < 0)
        {
            return null;
        }

        byte[] bytes = reader.ReadBytes(length);
        return bytes.Length == length ? bytes : throw new EndOfStreamException();
    }

    private static int ReadCount(BinaryReader reader)
    {
        int count = reader.ReadInt32();
        // Every item takes a byte at least.
        return count >= 0 && count <= reader.BaseStream.Length ? count : throw new InvalidDataException("Not a count.");
    }
}
