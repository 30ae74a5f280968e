using System.Buffers.Text;
using System.Collections.Immutable;
using System.Text;

namespace BaseImage.Engine.Layers;

/// <summary>
/// A pax extended header's records: "length key=value\n", where length counts the whole record. Keys read: path,
/// linkpath, size, uid, gid, mtime, SCHILY.xattr.NAME. Others (times, owner names, comments, vendors' copies of
/// attributes) say nothing that an image keeps. Source: POSIX.1-2017, pax, "pax Extended Header".
/// </summary>
internal sealed class PaxRecords
{
    private const string XattrPrefix = "SCHILY.xattr.";
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly ImmutableSortedDictionary<string, ReadOnlyMemory<byte>>.Builder _xattrs = LayerEntry.NoXattrs.ToBuilder();

    public ReadOnlyMemory<byte>? Path { get; private set; }

    public ReadOnlyMemory<byte>? LinkPath { get; private set; }

    public long? Size { get; private set; }

    public long? Uid { get; private set; }

    public long? Gid { get; private set; }

    public long? ModifiedTime { get; private set; }

    public ImmutableSortedDictionary<string, ReadOnlyMemory<byte>> Xattrs => _xattrs.ToImmutable();

    /// <summary>True where a record would change an entry.</summary>
    public bool ChangesEntries => Path is not null || LinkPath is not null || Size is not null || Uid is not null || Gid is not null || ModifiedTime is not null || _xattrs.Count > 0;

    /// <summary>Reads the records, or says in a few words what is wrong with them.</summary>
    public string? Read(ReadOnlyMemory<byte> data)
    {
        while (!data.IsEmpty)
        {
            ReadOnlySpan<byte> span = data.Span;
            int space = span[..Math.Min(span.Length, 8)].IndexOf((byte)' ');
            if (space < 1 || !Utf8Parser.TryParse(span[..space], out int length, out int used) || used != space || !char.IsAsciiDigit((char)span[0])
                || length <= space + 1 || length > span.Length || span[length - 1] != '\n')
            {
                return "a pax record whose length is wrong";
            }
            int equals = span[..length].IndexOf((byte)'=');
            if (equals <= space + 1)
            {
                return "a pax record without a key";
            }
            string key;
            try
            {
                key = new UTF8Encoding(false, true).GetString(span[(space + 1)..equals]);
            }
            catch (DecoderFallbackException)
            {
                return "a pax key that is not UTF-8";
            }
            if (!_seen.Add(key))
            {
                return $"the pax key '{LayerText.Escape(Encoding.UTF8.GetBytes(key))}' twice";
            }
            if (!Take(key, data[(equals + 1)..(length - 1)]))
            {
                return $"a pax value for '{LayerText.Escape(Encoding.UTF8.GetBytes(key))}' that cannot be";
            }
            data = data[length..];
        }
        return _seen.Any(key => key.StartsWith("GNU.sparse.", StringComparison.Ordinal)) ? "a sparse file, which images cannot hold" : null;
    }

    private bool Take(string key, ReadOnlyMemory<byte> value)
    {
        if (key.StartsWith(XattrPrefix, StringComparison.Ordinal))
        {
            _xattrs[key[XattrPrefix.Length..]] = value;
            return key.Length > XattrPrefix.Length;
        }
        if (value.IsEmpty)
        {
            return true; // POSIX: an empty value takes an earlier one back, and the header's own field holds
        }
        switch (key)
        {
            case "path":
                Path = value;
                return true;
            case "linkpath":
                LinkPath = value;
                return true;
            case "size":
                Size = Number(value.Span);
                return Size >= 0;
            case "uid":
                Uid = Number(value.Span);
                return Uid >= 0;
            case "gid":
                Gid = Number(value.Span);
                return Gid >= 0;
            case "mtime":
                ModifiedTime = Time(value.Span);
                return ModifiedTime is not null;
            default:
                return true;
        }
    }

    private static long? Number(ReadOnlySpan<byte> text)
        => text.IndexOfAnyExceptInRange((byte)'0', (byte)'9') < 0 && Utf8Parser.TryParse(text, out long value, out int used) && used == text.Length ? value : null;

    private static long? Time(ReadOnlySpan<byte> text)
    {
        bool negative = text[0] == '-';
        text = negative ? text[1..] : text;
        int dot = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> fraction = dot < 0 ? default : text[(dot + 1)..];
        if (Number(dot < 0 ? text : text[..dot]) is not long seconds || fraction.IndexOfAnyExceptInRange((byte)'0', (byte)'9') >= 0)
        {
            return null;
        }
        bool past = negative && fraction.IndexOfAnyExcept((byte)'0') >= 0;
        return negative ? -seconds - (past ? 1 : 0) : seconds;
    }
}
