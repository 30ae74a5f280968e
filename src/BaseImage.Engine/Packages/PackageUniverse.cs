using System.Text;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Every package of one platform: the stanzas of all its indexes, by name and by what they provide. Only the fields that
/// resolving and locking need are kept, in large blocks, so that 68,000 stanzas cost some 40 MB.
/// </summary>
internal sealed class PackageUniverse
{
    private const int BlockSize = 1 << 20;

    private static readonly string[] KeptFields =
    [
        "Package", "Version", "Architecture", "Multi-Arch", "Pre-Depends", "Depends", "Provides", "Conflicts", "Breaks",
        "Replaces", "Essential", "Important", "Protected", "Priority", "Source", "Filename", "Size", "SHA256", "Installed-Size",
    ];

    private static readonly string[][] KeptByLength = [.. Enumerable.Range(0, 20).Select(length => KeptFields.Where(f => f.Length == length).ToArray())];

    private readonly Dictionary<string, List<PackageRecord>> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<PackageRecord>> _providers = new(StringComparer.Ordinal);
    private byte[] _block = [];
    private int _used;

    /// <summary>Makes an empty universe.</summary>
    /// <param name="architecture">The platform's architecture as Debian names it; packages of others are not taken in.</param>
    public PackageUniverse(string architecture) => Architecture = architecture;

    /// <summary>The platform's architecture as Debian names it.</summary>
    public string Architecture { get; }

    /// <summary>Stanzas taken in.</summary>
    public int Count { get; private set; }

    /// <summary>Every real package's name, in no order.</summary>
    public IEnumerable<string> Names => _byName.Keys;

    /// <summary>Takes a stanza in.</summary>
    public void Add(ReadOnlySpan<byte> stanza, IndexOrigin origin)
    {
        PackageRecord record = new("", Keep(stanza), origin);
        string name = record.Field("Package") is { Length: > 0 } value ? value : throw record.Invalid("a stanza has no Package");
        string architecture = record.Field("Architecture") ?? "";
        if (architecture != Architecture && architecture != "all")
        {
            return;
        }

        Count++;
        record = new PackageRecord(name, record.Stanza, origin);
        Append(_byName, name, record);
        if (record.Field("Provides") is not null)
        {
            foreach (string provided in record.Provides.Select(g => g.Alternatives[0].Name).Distinct(StringComparer.Ordinal))
            {
                Append(_providers, provided, record);
            }

            record.ForgetProvides();
        }
    }

    /// <summary>A real package's records, the newest first; of equal versions the one that <see cref="IndexOrigin"/> prefers.</summary>
    public IReadOnlyList<PackageRecord> Versions(string name) => Sorted(_byName, name);

    /// <summary>The records that provide a name, newest first for each package, packages in ordinal order.</summary>
    public IReadOnlyList<PackageRecord> Providers(string name)
        => [.. Sorted(_providers, name).OrderBy(r => r.Name, StringComparer.Ordinal)];

    private static List<PackageRecord> Sorted(Dictionary<string, List<PackageRecord>> map, string name)
    {
        if (!map.TryGetValue(name, out List<PackageRecord>? records))
        {
            return [];
        }

        return records.Count == 1 ? records : [.. records.OrderByDescending(r => r.Version).ThenByDescending(r => r.Origin.IsSecurity).ThenBy(r => r.Origin.Order)];
    }

    private static void Append(Dictionary<string, List<PackageRecord>> map, string name, PackageRecord record)
    {
        if (map.TryGetValue(name, out List<PackageRecord>? list))
        {
            list.Add(record);
        }
        else
        {
            map.Add(name, new List<PackageRecord>(1) { record });
        }
    }

    // Copies the lines of the fields that are needed behind what is already there.
    private ReadOnlyMemory<byte> Keep(ReadOnlySpan<byte> stanza)
    {
        if (_block.Length - _used < stanza.Length + 1)
        {
            (_block, _used) = (new byte[Math.Max(BlockSize, stanza.Length + 1)], 0);
        }

        int start = _used;
        bool keep = false;
        while (stanza.Length > 0)
        {
            int end = stanza.IndexOf((byte)'\n');
            int length = end < 0 ? stanza.Length : end;
            ReadOnlySpan<byte> line = stanza[..length];
            if (line.Length > 0 && line[0] is not ((byte)' ' or (byte)'\t'))
            {
                int colon = line.IndexOf((byte)':');
                keep = colon > 0 && colon < 20 && IsKept(line[..colon]);
            }

            if (keep)
            {
                line.CopyTo(_block.AsSpan(_used));
                _used += line.Length;
                _block[_used++] = (byte)'\n';
            }

            stanza = end < 0 ? [] : stanza[(end + 1)..];
        }

        return _block.AsMemory(start, _used - start);
    }

    // 1.7 million lines an index: the length rules out nearly all comparisons.
    private static bool IsKept(ReadOnlySpan<byte> name)
    {
        foreach (string field in KeptByLength[name.Length])
        {
            if (Ascii.EqualsIgnoreCase(name, field))
            {
                return true;
            }
        }

        return false;
    }
}
