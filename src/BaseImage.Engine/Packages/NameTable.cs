using System.Text;

namespace BaseImage.Engine.Packages;

/// <summary>
/// Finds rows by name. Names are not strings but places in the rows' bytes: an index has 130,000 of them, real and
/// provided, of which a closure looks up a thousand.
/// </summary>
internal sealed class NameTable(StanzaRows rows)
{
    private (uint Hash, int Row, int Start, int Length, int Next)[] _entries = new (uint, int, int, int, int)[1024];
    private int[] _buckets = NewBuckets(1024);

    /// <summary>Entries, a name counted as often as it was added.</summary>
    public int Count { get; private set; }

    /// <summary>Every name, as often as it was added.</summary>
    public IEnumerable<string> Names
    {
        get
        {
            for (int i = 0; i < Count; i++)
            {
                yield return Encoding.UTF8.GetString(rows.Bytes(_entries[i].Row).Slice(_entries[i].Start, _entries[i].Length).Span);
            }
        }
    }

    /// <summary>Adds a name that stands in a row.</summary>
    public void Add(int row, int start, int length)
    {
        uint hash = Hash(rows.Bytes(row).Span.Slice(start, length));
        if (Count == _entries.Length)
        {
            Array.Resize(ref _entries, Count * 2);
            Rebuild(Count * 2);
        }

        ref int bucket = ref _buckets[hash & (_buckets.Length - 1)];
        _entries[Count] = (hash, row, start, length, bucket);
        bucket = Count++;
    }

    /// <summary>The rows of a name, in the order in which they were added, each once.</summary>
    public List<int> Find(string name)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        uint hash = Hash(wanted);
        List<int> found = [];
        for (int at = _buckets[hash & (_buckets.Length - 1)]; at >= 0; at = _entries[at].Next)
        {
            (uint Hash, int Row, int Start, int Length, int Next) entry = _entries[at];
            if (entry.Hash == hash && rows.Bytes(entry.Row).Span.Slice(entry.Start, entry.Length).SequenceEqual(wanted) && (found.Count == 0 || found[^1] != entry.Row))
            {
                found.Add(entry.Row);
            }
        }

        found.Reverse();
        return found;
    }

    /// <summary>Forgets every entry after the first <paramref name="count"/>.</summary>
    public void Truncate(int count)
    {
        Count = count;
        Rebuild(_buckets.Length);
    }

    private void Rebuild(int size)
    {
        _buckets = NewBuckets(size);
        for (int i = 0; i < Count; i++)
        {
            ref int bucket = ref _buckets[_entries[i].Hash & (size - 1)];
            _entries[i].Next = bucket;
            bucket = i;
        }
    }

    private static int[] NewBuckets(int size)
    {
        int[] buckets = new int[size];
        Array.Fill(buckets, -1);
        return buckets;
    }

    private static uint Hash(ReadOnlySpan<byte> name)
    {
        // FNV-1a: short names, and many of one name (a hostile index) are a list whatever the hash is.
        uint hash = 2166136261;
        foreach (byte next in name)
        {
            hash = (hash ^ next) * 16777619;
        }

        return hash ^ (hash >> 15);
    }
}
