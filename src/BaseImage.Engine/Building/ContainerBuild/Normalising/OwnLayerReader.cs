using System.Collections.Immutable;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building.ContainerBuild.Normalising;

/// <summary>
/// Reads a layer that a builder made and normalises it on the way: times, volatile files, and attributes that belong to the
/// host. Contents go to a spool on disk; memory holds names and what is rewritten.
/// </summary>
/// <param name="times">Which times say when it was built.</param>
/// <param name="policy">What becomes of which file.</param>
/// <param name="restored">A file's content as it was sent, and what it is to be again; null for none.</param>
internal sealed class OwnLayerReader(BuildTimes times, VolatileFiles policy, (byte[] Sent, byte[] Original)? restored)
{
    // Labels of the host's security modules and of overlay file systems.
    private static readonly string[] s_hostAttributes = ["security.selinux", "security.SMACK64", "security.ima", "security.evm", "trusted.overlay.", "user.overlay.", "system.nfs4_acl"];

    /// <summary>Reads a layer's tar to its end.</summary>
    /// <param name="tar">The tar.</param>
    /// <param name="name">What errors call it.</param>
    /// <param name="spool">Where contents go; its position is where the next begins.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public OwnLayer Read(Stream tar, string name, Stream spool, CancellationToken cancellationToken)
    {
        TarReader reader = new(tar, name);
        OwnLayer layer = new();
        while (reader.Next() is { } entry)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entry = entry with { ModifiedTime = times.Clamp(entry.ModifiedTime), Xattrs = Portable(entry.Xattrs), Path = entry.Path.Copy() };
            if (entry.Path.IsRoot)
            {
                continue;
            }

            FileFate fate = policy.FateOf(entry);
            layer.Changed += fate is FileFate.Keep ? 0 : 1;
            if (fate is FileFate.Remove)
            {
                layer.Files.Remove(entry.Path);
            }
            else if (entry.Kind is ImageFileKind.HardLink && layer.Files.TryGetValue(entry.HardLinkPath, out OwnBody? target))
            {
                layer.Files[entry.Path] = target;
            }
            else if (entry.Kind is ImageFileKind.HardLink && layer.Dropped.TryGetValue(entry.HardLinkPath, out OwnBody? dropped))
            {
                layer.Files[entry.Path] = dropped;
            }
            else
            {
                layer.Files[entry.Path] = entry.Kind is ImageFileKind.File ? File(entry, fate, reader.Content, spool) : new OwnBody { Entry = entry };
            }

            if (fate is FileFate.Remove && entry.Kind is ImageFileKind.File)
            {
                // Another name of it may follow, which stays.
                layer.Dropped[entry.Path] = File(entry, FileFate.Keep, reader.Content, spool);
            }
        }

        layer.Dropped.Clear();
        return layer;
    }

    private OwnBody File(LayerEntry entry, FileFate fate, Stream content, Stream spool)
    {
        bool sent = restored is { } pair && entry.Size == pair.Sent.Length;
        if (fate is FileFate.Empty)
        {
            return new OwnBody { Entry = entry with { Size = 0 }, Content = [] };
        }

        if ((fate is FileFate.Rewrite || sent) && entry.Size <= ContentRewriter.MaxBytes)
        {
            byte[] bytes = new byte[entry.Size];
            content.ReadExactly(bytes);
            bytes = sent && bytes.AsSpan().SequenceEqual(restored!.Value.Sent) ? restored.Value.Original : fate is FileFate.Rewrite ? Rewrite(entry, bytes) : bytes;
            long offset = spool.Position;
            spool.Write(bytes);
            return new OwnBody { Entry = entry with { Size = bytes.Length }, Offset = offset };
        }

        long begin = spool.Position;
        content.CopyTo(spool);
        return new OwnBody { Entry = entry, Offset = begin };
    }

    private byte[] Rewrite(LayerEntry entry, byte[] content)
        => entry.Path.Span.EndsWith(".pyc"u8) ? ContentRewriter.CompiledPython(content, times) : ContentRewriter.Shadow(content, times);

    private static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Portable(ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> attributes)
        => attributes.IsEmpty ? attributes : attributes.RemoveRange(attributes.Keys.Where(key => Array.Exists(s_hostAttributes, host => key.StartsWith(host, StringComparison.Ordinal))));
}
