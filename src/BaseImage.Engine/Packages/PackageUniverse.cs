using System.Text;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Every package of one platform: the stanzas of all its indexes, by name and by what they provide. A stanza stays bytes
/// until something asks for it; then it is one record, the same for all who ask. Records are good until it is disposed of.
/// </summary>
internal sealed class PackageUniverse : IDisposable
{
    private readonly StanzaRows _rows = new();
    private readonly NameTable _names;
    private readonly NameTable _provided;
    private readonly List<IndexOrigin> _origins = [];
    private readonly Dictionary<int, PackageRecord> _records = [];
    private readonly byte[] _architecture;

    /// <summary>Makes an empty universe.</summary>
    /// <param name="architecture">The platform's architecture as Debian names it; packages of others are not taken in.</param>
    public PackageUniverse(string architecture)
    {
        (Architecture, _architecture) = (architecture, Encoding.UTF8.GetBytes(architecture));
        (_names, _provided) = (new NameTable(_rows), new NameTable(_rows));
    }

    /// <summary>The platform's architecture as Debian names it.</summary>
    public string Architecture { get; }

    /// <summary>Stanzas taken in.</summary>
    public int Count => _rows.Count;

    /// <summary>Every real package's name, in no order.</summary>
    public IEnumerable<string> Names => _names.Names.Distinct(StringComparer.Ordinal);

    /// <summary>Takes a stanza in.</summary>
    public void Add(ReadOnlySpan<byte> stanza, IndexOrigin origin) => new StanzaScanner(this, origin, origin.ToString()).Read(stanza);

    /// <summary>Takes a stanza in whose fields were found.</summary>
    public void Add(StanzaFields stanza, IndexOrigin origin)
    {
        ReadOnlySpan<byte> bytes = stanza.Bytes;
        (int start, int length) = stanza.Package.GetOffsetAndLength(bytes.Length);
        if (length == 0)
        {
            throw new PackageRecord("", bytes.ToArray(), origin).Invalid("a stanza has no Package");
        }

        ReadOnlySpan<byte> architecture = bytes[stanza.Architecture];
        if (!architecture.SequenceEqual(_architecture) && !architecture.SequenceEqual("all"u8))
        {
            return;
        }

        int row = _rows.Add(bytes);
        _origins.Add(origin);
        _names.Add(row, start, length);
        AddProvided(row, bytes, stanza.Provides);
    }

    /// <inheritdoc/>
    public void Dispose() => _rows.Dispose();

    /// <summary>A mark to go back to.</summary>
    public (int Rows, int Names, int Provided) Mark => (_rows.Count, _names.Count, _provided.Count);

    /// <summary>Forgets what was taken in since a mark; nothing may have looked at it.</summary>
    public void GoBackTo((int Rows, int Names, int Provided) mark)
    {
        _rows.Truncate(mark.Rows);
        _origins.RemoveRange(mark.Rows, _origins.Count - mark.Rows);
        _names.Truncate(mark.Names);
        _provided.Truncate(mark.Provided);
    }

    /// <summary>A real package's records, the newest first; of equal versions the one that <see cref="IndexOrigin"/> prefers.</summary>
    public IReadOnlyList<PackageRecord> Versions(string name) => Sorted(_names, name);

    /// <summary>The records that provide a name, newest first for each package, packages in ordinal order.</summary>
    public IReadOnlyList<PackageRecord> Providers(string name)
        => [.. Sorted(_provided, name).OrderBy(r => r.Name, StringComparer.Ordinal)];

    private PackageRecord[] Sorted(NameTable table, string name)
        => [.. table.Find(name).Select(Record).OrderByDescending(r => r.Version).ThenByDescending(r => r.Origin.IsSecurity).ThenBy(r => r.Origin.Order)];

    private PackageRecord Record(int row)
    {
        if (!_records.TryGetValue(row, out PackageRecord? record))
        {
            ReadOnlyMemory<byte> stanza = _rows.Bytes(row);
            _records.Add(row, record = new PackageRecord(PackageRecord.NameOf(stanza), stanza, _origins[row]));
        }

        return record;
    }

    // Names only, as far as the next comma: the record itself reads the field strictly once it is looked at.
    private void AddProvided(int row, ReadOnlySpan<byte> bytes, Range field)
    {
        (int at, int length) = field.GetOffsetAndLength(bytes.Length);
        int end = at + length;
        while (at < end)
        {
            int comma = bytes[at..end].IndexOf((byte)',');
            int next = comma < 0 ? end : at + comma;
            while (at < next && bytes[at] is (byte)' ' or (byte)'\t' or (byte)'\n')
            {
                at++;
            }

            int stop = bytes[at..next].IndexOfAny(" \t\n(:"u8);
            int size = stop < 0 ? next - at : stop;
            if (size > 0)
            {
                _provided.Add(row, at, size);
            }

            at = next + 1;
        }
    }
}
