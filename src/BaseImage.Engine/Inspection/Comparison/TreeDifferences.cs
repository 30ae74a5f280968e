using System.Collections.Immutable;
using System.Globalization;
using BaseImage.Engine.Inspection.Comparison.Contents;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Comparison;

/// <summary>A regular file of both images whose bytes differ.</summary>
/// <param name="Left">The reference image's.</param>
/// <param name="Right">The difference image's.</param>
internal sealed record ContentPair(MergedFile Left, MergedFile Right);

/// <summary>
/// Compares two merged file systems path by path. Contents are compared by their digests; what differs is given back, for
/// their bytes to be looked at.
/// </summary>
internal sealed class TreeDifferences
{
    // A mode that one umask clears and another leaves.
    private const int UmaskBits = 0x3F, SpecialBits = 0xE00;
    private const long FirstUser = 1000;
    private const int MaxRenamed = 32;

    private readonly DifferenceList _list;
    private readonly Func<MergedFile, string> _leftOwner, _rightOwner;
    private readonly Dictionary<MergedFileBody, LayerPath> _leftNames, _rightNames;
    private readonly List<ContentPair> _contents = [];
    private readonly HashSet<MergedFileBody> _counted = [];
    private readonly Dictionary<MergedFile, ContentFinding> _renamed = [];

    private TreeDifferences(MergedFileSystem left, MergedFileSystem right, Func<MergedFile, string> leftOwner, Func<MergedFile, string> rightOwner, DifferenceList list)
    {
        (_leftOwner, _rightOwner, _list) = (leftOwner, rightOwner, list);
        (_leftNames, _rightNames) = (FirstNames(left), FirstNames(right));
    }

    /// <summary>Bytes of files that were added, and by which files grew.</summary>
    internal long Added { get; private set; }

    /// <summary>Bytes of files that were removed, and by which files shrank.</summary>
    internal long Saved { get; private set; }

    /// <summary>The files whose contents differ.</summary>
    internal IReadOnlyList<ContentPair> Contents => _contents;

    /// <summary>Compares.</summary>
    /// <param name="left">The reference image's files.</param>
    /// <param name="right">The difference image's.</param>
    /// <param name="leftOwner">The package that ships a file of the reference image.</param>
    /// <param name="rightOwner">The package that ships a file of the difference image.</param>
    /// <param name="list">Takes what differs.</param>
    /// <param name="cancellation">Stops it.</param>
    internal static TreeDifferences Find(MergedFileSystem left, MergedFileSystem right, Func<MergedFile, string> leftOwner, Func<MergedFile, string> rightOwner, DifferenceList list, CancellationToken cancellation)
    {
        TreeDifferences tree = new(left, right, leftOwner, rightOwner, list);
        tree.Walk(left.Root, right.Root, cancellation);
        return tree;
    }

    // An explicit stack: trees may be as deep as paths are long.
    private void Walk(MergedFile leftRoot, MergedFile rightRoot, CancellationToken cancellation)
    {
        Stack<(MergedFile? Left, MergedFile? Right)> stack = new();
        stack.Push((leftRoot, rightRoot));
        while (stack.TryPop(out (MergedFile? Left, MergedFile? Right) pair))
        {
            cancellation.ThrowIfCancellationRequested();
            Compare(pair.Left, pair.Right);
            Match(pair.Left, pair.Right);
            foreach (LayerPath name in Names(pair.Left, pair.Right))
            {
                stack.Push((pair.Left?.Child(name), pair.Right?.Child(name)));
            }
        }
    }

    private static IEnumerable<LayerPath> Names(MergedFile? left, MergedFile? right)
        => left is null or { IsDirectory: false } ? Names(right) : right is null or { IsDirectory: false } ? Names(left)
            : Names(left).Concat(Names(right).Where(name => left.Child(name) is null));

    private static IEnumerable<LayerPath> Names(MergedFile? directory) => directory?.Children.Select(file => file.Path.Name) ?? [];

    // Files of the same kind that a folder has under two names, which differ as random ids or dates do.
    private void Match(MergedFile? left, MergedFile? right)
    {
        if (left is not { IsDirectory: true } || right is not { IsDirectory: true })
        {
            return;
        }

        List<MergedFile> removed = [.. left.Children.Where(file => right.Child(file.Path.Name) is null).Take(MaxRenamed + 1)];
        List<MergedFile> added = [.. right.Children.Where(file => left.Child(file.Path.Name) is null).Take(MaxRenamed + 1)];
        if (removed.Count == 0 || added.Count == 0 || removed.Count > MaxRenamed || added.Count > MaxRenamed)
        {
            return;
        }

        foreach (MergedFile before in removed)
        {
            foreach (MergedFile after in added.Where(file => file.Entry.Kind == before.Entry.Kind && !_renamed.ContainsKey(file)))
            {
                if (LineCauses.Explain(before.ToString(), after.ToString()) is [DifferenceCause.RandomId or DifferenceCause.Timestamp] cause)
                {
                    _renamed[before] = new ContentFinding(cause[0], $"'{after}' stands in its place.");
                    _renamed[after] = new ContentFinding(cause[0], $"It stands in the place of '{before}'.");
                    break;
                }
            }
        }
    }

    private void Compare(MergedFile? left, MergedFile? right)
    {
        if (left is null || right is null)
        {
            OneSided(left, right);
            return;
        }

        (LayerEntry a, LayerEntry b) = (left.Entry, right.Entry);
        if (a.Kind != b.Kind || a.DeviceMajor != b.DeviceMajor || a.DeviceMinor != b.DeviceMinor)
        {
            Count(left, right);
            Add(ImageDifferenceKind.Type, left, right, Kind(a), Kind(b), $"It is a {Kind(a)} here and a {Kind(b)} there.", SizeOf(right) - SizeOf(left));
            return;
        }

        if (a.Kind is ImageFileKind.File)
        {
            Links(left, right);
            if (left.Digest != right.Digest)
            {
                Count(left, right);
                _contents.Add(new ContentPair(left, right));
            }
        }
        else if (!a.LinkTarget.Span.SequenceEqual(b.LinkTarget.Span))
        {
            Add(ImageDifferenceKind.Link, left, right, a.LinkTargetText, b.LinkTargetText, $"The link leads to '{b.LinkTargetText}' and no longer to '{a.LinkTargetText}'.");
        }

        Attributes(left, right);
    }

    private void Attributes(MergedFile left, MergedFile right)
    {
        (LayerEntry a, LayerEntry b) = (left.Entry, right.Entry);
        if (a.Mode != b.Mode && a.Kind is not ImageFileKind.SymbolicLink)
        {
            bool umask = ((a.Mode ^ b.Mode) & ~UmaskBits) == 0 && ((a.Mode | b.Mode) & SpecialBits & ~0x200) == 0 && IsMasked(a.Mode, b.Mode);
            Add(ImageDifferenceKind.Mode, left, right, Mode(a), Mode(b), $"The mode {Mode(a)} became {Mode(b)}.", cause: umask ? DifferenceCause.Umask : DifferenceCause.Unknown);
        }

        if (a.Uid != b.Uid || a.Gid != b.Gid)
        {
            (string x, string y) = (Owner(a), Owner(b));
            bool builder = (a.Uid == 0 && b.Uid >= FirstUser) || (b.Uid == 0 && a.Uid >= FirstUser);
            Add(ImageDifferenceKind.Owner, left, right, x, y, $"The owner {x} became {y}.", cause: builder ? DifferenceCause.BuildHost : DifferenceCause.Unknown);
        }

        Xattrs(left, right, a.Xattrs, b.Xattrs);

        // What a layer does not list was made by whoever unpacks it, at any time.
        if (a.ModifiedTime != b.ModifiedTime && !left.IsImplicit && !right.IsImplicit)
        {
            Add(ImageDifferenceKind.Time, left, right, Time(a.ModifiedTime), Time(b.ModifiedTime), $"It was changed at {Time(b.ModifiedTime)} and no longer at {Time(a.ModifiedTime)}.", cause: DifferenceCause.Timestamp);
        }
    }

    // Bits that differ all come of one of the two masking them: it has none of them, or the other has none.
    private static bool IsMasked(int left, int right) => (left & ~right) == 0 || (right & ~left) == 0;

    private void Xattrs(MergedFile left, MergedFile right, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> a, ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> b)
    {
        if (a.Count == 0 && b.Count == 0)
        {
            return;
        }

        foreach (string name in a.Keys.Union(b.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            bool before = a.TryGetValue(name, out ReadOnlyMemory<byte> x), after = b.TryGetValue(name, out ReadOnlyMemory<byte> y);
            if (before && after && x.Span.SequenceEqual(y.Span))
            {
                continue;
            }

            (string was, string isNow) = (before ? Value(name, x) : "", after ? Value(name, y) : "");
            string shown = LayerText.Escape(System.Text.Encoding.UTF8.GetBytes(name));
            Add(ImageDifferenceKind.Xattr, left, right, before ? $"{shown}: {was}" : "", after ? $"{shown}: {isNow}" : "",
                before && after ? $"The attribute {shown} has another value." : before ? $"The attribute {shown} is gone." : $"The attribute {shown} was added.",
                cause: name == "security.selinux" ? DifferenceCause.BuildHost : DifferenceCause.Unknown);
        }
    }

    private static string Value(string name, ReadOnlyMemory<byte> value)
        => name == FileCapabilities.Attribute ? FileCapabilities.Format(value.Span) : Convert.ToHexString(value.Span[..Math.Min(value.Length, 64)]).ToLowerInvariant() + (value.Length > 64 ? "…" : "");

    private void OneSided(MergedFile? left, MergedFile? right)
    {
        MergedFile file = left ?? right!;
        Count(left, right);
        string what = Describe(file);
        bool added = left is null;
        ContentFinding known = _renamed.GetValueOrDefault(file) ?? KnownPaths.OfMissing(file.ToString());
        string message = (added ? $"It was added: {what}." : $"It was removed: {what}.") + (known.IsKnown ? " " + known.Message : "");
        Add(ImageDifferenceKind.File, left, right, added ? "" : what, added ? what : "", message, added ? SizeOf(file) : -SizeOf(file), known.Cause);
    }

    private void Links(MergedFile left, MergedFile right)
    {
        bool linked = _leftNames.TryGetValue(left.Body, out LayerPath a), also = _rightNames.TryGetValue(right.Body, out LayerPath b);
        LayerPath x = linked ? a : left.Path, y = also ? b : right.Path;
        if (x != y)
        {
            Add(ImageDifferenceKind.Link, left, right, "/" + x, "/" + y, x == left.Path ? $"It became a hard link of '/{y}'." : y == right.Path ? $"It is no longer a hard link of '/{x}'." : $"It is a hard link of '/{y}' and no longer of '/{x}'.");
        }
    }

    private static Dictionary<MergedFileBody, LayerPath> FirstNames(MergedFileSystem files)
    {
        HashSet<MergedFileBody> linked = [.. files.Files().Where(file => file.LinkedTo is not null).Select(file => file.Body)];
        Dictionary<MergedFileBody, LayerPath> names = [];
        foreach (MergedFile file in linked.Count == 0 ? [] : files.Files().Where(file => linked.Contains(file.Body)))
        {
            if (!names.TryGetValue(file.Body, out LayerPath known) || file.Path.CompareTo(known) < 0)
            {
                names[file.Body] = file.Path;
            }
        }

        return names;
    }

    private void Count(MergedFile? left, MergedFile? right)
    {
        long before = left is { Entry.Kind: ImageFileKind.File } && _counted.Add(left.Body) ? left.Entry.Size : 0;
        long after = right is { Entry.Kind: ImageFileKind.File } && _counted.Add(right.Body) ? right.Entry.Size : 0;
        Added += Math.Max(after - before, 0);
        Saved += Math.Max(before - after, 0);
    }

    private void Add(ImageDifferenceKind kind, MergedFile? left, MergedFile? right, string before, string after, string message, long size = 0, DifferenceCause cause = DifferenceCause.Unknown)
        => _list.Add(Of(kind, left, right) with
        {
            ReferenceValue = before,
            DifferenceValue = after,
            Message = message,
            SizeDelta = size,
            Cause = cause,
        });

    /// <summary>A difference of a file, with its path, layers and package.</summary>
    internal ImageDifference Of(ImageDifferenceKind kind, MergedFile? left, MergedFile? right) => new()
    {
        Kind = kind,
        Change = left is null ? ImageDifferenceChange.Added : right is null ? ImageDifferenceChange.Removed : ImageDifferenceChange.Changed,
        Path = (right ?? left)!.ToString(),
        IsSignificant = kind is not ImageDifferenceKind.Time,
        Package = right is not null && _rightOwner(right) is { Length: > 0 } owner ? owner : left is null ? "" : _leftOwner(left),
        ReferenceLayer = left?.Layer,
        DifferenceLayer = right?.Layer,
    };

    private static long SizeOf(MergedFile file) => file.Entry.Kind is ImageFileKind.File ? file.Entry.Size : 0;

    private static string Describe(MergedFile file) => file.Entry.Kind is ImageFileKind.File
        ? string.Create(CultureInfo.InvariantCulture, $"a regular file of {file.Entry.Size} bytes, {FileModeText.Format(file.Entry.Kind, file.Entry.Mode)} {Owner(file.Entry)}")
        : $"a {Kind(file.Entry)}, {FileModeText.Format(file.Entry.Kind, file.Entry.Mode)} {Owner(file.Entry)}";

    private static string Kind(LayerEntry entry) => entry.Kind switch
    {
        ImageFileKind.Directory => "directory",
        ImageFileKind.SymbolicLink => $"symbolic link to '{entry.LinkTargetText}'",
        ImageFileKind.CharacterDevice => string.Create(CultureInfo.InvariantCulture, $"character device {entry.DeviceMajor}:{entry.DeviceMinor}"),
        ImageFileKind.BlockDevice => string.Create(CultureInfo.InvariantCulture, $"block device {entry.DeviceMajor}:{entry.DeviceMinor}"),
        ImageFileKind.Fifo => "named pipe",
        _ => "regular file",
    };

    private static string Mode(LayerEntry entry) => new ImageFileMode(entry.Mode).ToString();

    private static string Owner(LayerEntry entry) => string.Create(CultureInfo.InvariantCulture, $"{entry.Uid}:{entry.Gid}");

    private static string Time(long seconds)
        => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, DateTimeOffset.MinValue.ToUnixTimeSeconds(), DateTimeOffset.MaxValue.ToUnixTimeSeconds())).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
