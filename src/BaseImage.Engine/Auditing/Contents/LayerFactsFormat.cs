using System.Collections.Immutable;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Auditing.Contents;

/// <summary>
/// How a layer's facts are written in the cache: the layer's diffID, the scanner's version, the number of entries, the
/// entries; all of it one zstd frame with a checksum.
/// </summary>
internal static class LayerFactsFormat
{
    private const int CompressionLevel = 1;
    private const int MaximumPath = 4096, MaximumAttribute = 1 << 20, MaximumAttributes = 4096;
    private const int MaximumEntries = 5_000_000;

    // Facts of a layer that need more are made again each time: few layers are that large, and an entry is read whole.
    private const int MaximumPacked = 128 << 20;

    // Nor does anybody want more of them in memory.
    private const long MaximumUnpacked = 768L << 20;

    /// <summary>Packs; null where the result is too large to be kept.</summary>
    public static byte[]? Write(LayerFacts facts, Digest diffId)
    {
        // Written twice, so that the frame can say how much it holds, and the reader need not guess.
        using CountingStream counted = new();
        if (!TryWrite(new FactsWriter(counted), facts, diffId, () => counted.Length <= MaximumUnpacked))
        {
            return null;
        }

        using MemoryStream packed = new();
        using (ZstdSharp.CompressionStream zstd = new(packed, CompressionLevel, leaveOpen: true))
        {
            zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            zstd.SetPledgedSrcSize((ulong)counted.Length);
            using BufferedStream buffered = new(zstd, 1 << 16);
            if (!TryWrite(new FactsWriter(buffered), facts, diffId, () => packed.Length <= MaximumPacked))
            {
                return null;
            }
        }

        return packed.Length > MaximumPacked ? null : packed.ToArray();
    }

    /// <summary>Unpacks; null where the bytes are no facts of that layer by this version's scanner.</summary>
    public static LayerFacts? TryRead(byte[] packed, Digest diffId)
    {
        try
        {
            FactsReader reader = new(Unpack(packed));
            if (reader.Text() != diffId.ToString() || reader.Number() != LayerScan.Version)
            {
                return null;
            }

            IReadOnlyList<LayerFile> files = reader.List(MaximumEntries, ReadFile);
            reader.End();
            return new LayerFacts(files);
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException or ZstdSharp.ZstdException)
        {
            return null;
        }
    }

    private static bool TryWrite(FactsWriter writer, LayerFacts facts, Digest diffId, Func<bool> fits)
    {
        writer.Text(diffId.ToString());
        writer.Number(LayerScan.Version);
        writer.Number(facts.Files.Count);
        foreach (LayerFile file in facts.Files)
        {
            WriteEntry(writer, file.Entry);
            if (file.Content is { } content)
            {
                ContentFactsFormat.Write(writer, content);
            }

            if (!fits())
            {
                return false;
            }
        }

        return true;
    }

    // What a frame says of its length is believed as far as its data bears it out.
    private static ReadOnlyMemory<byte> Unpack(byte[] packed)
    {
        ulong length = ZstdSharp.Decompressor.GetDecompressedSize(packed);
        if (length > MaximumUnpacked)
        {
            throw new InvalidDataException("The facts have no length, or one beyond what is read.");
        }

        using MemoryStream source = new(packed);
        using ZstdSharp.DecompressionStream zstd = new(source, checkEndOfStream: true, leaveOpen: true);
        zstd.SetParameter(ZstdSharp.Unsafe.ZSTD_dParameter.ZSTD_d_windowLogMax, 23);
        byte[] data = new byte[Math.Min((int)length, (packed.Length * 16L) + (1 << 16))];
        for (int filled = 0; ;)
        {
            int read = zstd.Read(data, filled, data.Length - filled);
            filled += read;
            if (filled == (int)length)
            {
                return zstd.ReadByte() < 0 && source.Position == source.Length ? data : throw new InvalidDataException("Something follows the facts.");
            }

            if (read == 0)
            {
                throw new InvalidDataException("The facts end too early.");
            }

            if (filled == data.Length)
            {
                Array.Resize(ref data, (int)Math.Min((long)length, 2L * data.Length));
            }
        }
    }

    private static void WriteEntry(FactsWriter writer, LayerEntry entry)
    {
        writer.Number((int)entry.Kind);
        writer.Bytes(entry.Path.Span);
        writer.Number(entry.Mode);
        writer.Number(entry.Uid);
        writer.Number(entry.Gid);
        writer.Number(entry.Size);
        writer.Signed(entry.ModifiedTime);
        writer.Bytes(entry.LinkTarget.Span);
        writer.Number(entry.DeviceMajor);
        writer.Number(entry.DeviceMinor);
        writer.Number(entry.Xattrs.Count);
        foreach ((string name, ReadOnlyMemory<byte> value) in entry.Xattrs)
        {
            writer.Text(name);
            writer.Bytes(value.Span);
        }
    }

    private static LayerFile ReadFile(FactsReader reader)
    {
        ImageFileKind kind = reader.Choice<ImageFileKind>();
        ReadOnlyMemory<byte> name = reader.Bytes(MaximumPath);
        if (!LayerPath.TryCreate(name, out LayerPath path) || !path.Span.SequenceEqual(name.Span) || (path.IsRoot && kind is not ImageFileKind.Directory))
        {
            throw new InvalidDataException("The facts have a path that no layer can have.");
        }

        LayerEntry entry = new()
        {
            Path = path,
            Kind = kind,
            Mode = (int)reader.Number(0xFFF),
            Uid = reader.Number(uint.MaxValue),
            Gid = reader.Number(uint.MaxValue),
            Size = reader.Number(kind is ImageFileKind.File ? long.MaxValue : 0),
            ModifiedTime = reader.Signed(),
            LinkTarget = reader.Bytes(MaximumPath),
            DeviceMajor = reader.Number(),
            DeviceMinor = reader.Number(),
            Xattrs = ReadXattrs(reader),
        };
        if (kind is ImageFileKind.HardLink && (!LayerPath.TryCreate(entry.LinkTarget, out LayerPath target) || target.IsRoot || target == path))
        {
            throw new InvalidDataException("The facts have a hard link that no layer can have.");
        }

        return new LayerFile(entry, kind is ImageFileKind.File ? ContentFactsFormat.Read(reader) : null);
    }

    private static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> ReadXattrs(FactsReader reader)
    {
        int count = (int)reader.Number(MaximumAttributes);
        if (count == 0)
        {
            return LayerEntry.NoXattrs;
        }

        ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Builder xattrs = LayerEntry.NoXattrs.ToBuilder();
        for (int i = 0; i < count; i++)
        {
            xattrs[reader.Text(MaximumAttribute)] = reader.Bytes(MaximumAttribute);
        }

        return xattrs.ToImmutable();
    }

    private sealed class CountingStream : Stream
    {
        private long _length;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => _length;

        public override long Position { get => _length; set => throw new NotSupportedException(); }

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => _length += count;

        public override void Write(ReadOnlySpan<byte> buffer) => _length += buffer.Length;
    }
}
