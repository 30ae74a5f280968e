using System.Collections.Immutable;
using System.Text;

namespace BaseImage.Engine.Layers;

/// <summary>
/// One entry of a tar archive, byte exact in all that an image's file system can hold: owner names, access and change
/// times are not part of it. Two entries are equal when all their bytes are.
/// </summary>
internal sealed record LayerEntry
{
    /// <summary>No extended attributes.</summary>
    public static ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> NoXattrs { get; } = ImmutableSortedDictionary.Create<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);

    /// <summary>Where it lies.</summary>
    public required LayerPath Path { get; init; }

    /// <summary>What it is.</summary>
    public required ImageFileKind Kind { get; init; }

    /// <summary>Permission, set-id and sticky bits: 0 to 07777 octal.</summary>
    public int Mode { get; init; }

    /// <summary>The owner, from 0.</summary>
    public long Uid { get; init; }

    /// <summary>The group, from 0.</summary>
    public long Gid { get; init; }

    /// <summary>Bytes of a regular file's content; 0 for every other kind.</summary>
    public long Size { get; init; }

    /// <summary>When it last changed: seconds since 1970-01-01 UTC, which may be negative. Fractions are cut off towards the past.</summary>
    public long ModifiedTime { get; init; }

    /// <summary>A symbolic link's target as written; a hard link's target as the bytes of a <see cref="LayerPath"/>; empty for other kinds.</summary>
    public ReadOnlyMemory<byte> LinkTarget { get; init; }

    /// <summary>A device's major number.</summary>
    public long DeviceMajor { get; init; }

    /// <summary>A device's minor number.</summary>
    public long DeviceMinor { get; init; }

    /// <summary>Extended attributes: name (<c>security.capability</c>) to value, ordered by name.</summary>
    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Xattrs { get; init; } = NoXattrs;

    /// <summary>A hard link's target as a path.</summary>
    public LayerPath HardLinkPath => LayerPath.TryCreate(LinkTarget, out LayerPath path) ? path : throw new InvalidOperationException($"'{Path}' has no hard link target.");

    /// <summary>A link's target as text, escaped as paths are.</summary>
    public string LinkTargetText => LayerText.Escape(LinkTarget.Span);

    /// <summary>A directory.</summary>
    public static LayerEntry Directory(string path, int mode = 0x1ED, long modifiedTime = 0)
        => new() { Path = LayerPath.FromUtf8(path), Kind = ImageFileKind.Directory, Mode = mode, ModifiedTime = modifiedTime };

    /// <summary>A regular file of that size.</summary>
    public static LayerEntry File(string path, long size, int mode = 0x1A4, long modifiedTime = 0)
        => new() { Path = LayerPath.FromUtf8(path), Kind = ImageFileKind.File, Size = size, Mode = mode, ModifiedTime = modifiedTime };

    /// <summary>A symbolic link; its mode is 0777, as everywhere.</summary>
    public static LayerEntry SymbolicLink(string path, string target, long modifiedTime = 0)
        => new() { Path = LayerPath.FromUtf8(path), Kind = ImageFileKind.SymbolicLink, Mode = 0x1FF, LinkTarget = Encoding.UTF8.GetBytes(target), ModifiedTime = modifiedTime };

    /// <inheritdoc/>
    public bool Equals(LayerEntry? other)
        => other is not null && Path == other.Path && Kind == other.Kind && Mode == other.Mode && Uid == other.Uid && Gid == other.Gid
            && Size == other.Size && ModifiedTime == other.ModifiedTime && LinkTarget.Span.SequenceEqual(other.LinkTarget.Span)
            && DeviceMajor == other.DeviceMajor && DeviceMinor == other.DeviceMinor && Xattrs.Count == other.Xattrs.Count
            && Xattrs.Zip(other.Xattrs).All(pair => pair.First.Key == pair.Second.Key && pair.First.Value.Span.SequenceEqual(pair.Second.Value.Span));

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Path, Kind, Mode, Uid, Gid, Size, ModifiedTime);
}
