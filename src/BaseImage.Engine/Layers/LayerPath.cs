using System.Text;

namespace BaseImage.Engine.Layers;

/// <summary>
/// A path inside an image: raw bytes without a leading '/', without empty, <c>.</c> or <c>..</c> components and without
/// a trailing '/'; no bytes for the root. Bytes and not text, because names on Linux need not be UTF-8. Ordered by byte.
/// </summary>
internal readonly struct LayerPath : IEquatable<LayerPath>, IComparable<LayerPath>
{
    private readonly ReadOnlyMemory<byte> _bytes;

    private LayerPath(ReadOnlyMemory<byte> bytes) => _bytes = bytes;

    /// <summary>The root directory.</summary>
    public static LayerPath Root => default;

    /// <summary>The path's bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>The path's bytes.</summary>
    public ReadOnlySpan<byte> Span => _bytes.Span;

    /// <summary>True for the root directory.</summary>
    public bool IsRoot => _bytes.IsEmpty;

    /// <summary>Everything before the last component; the root's is the root. Shares this path's memory.</summary>
    public LayerPath Parent
    {
        get
        {
            int slash = Span.LastIndexOf((byte)'/');
            return slash < 0 ? default : new LayerPath(_bytes[..slash]);
        }
    }

    /// <summary>The last component, as a path of its own; empty for the root. Shares this path's memory.</summary>
    public LayerPath Name => new(_bytes[(Span.LastIndexOf((byte)'/') + 1)..]);

    /// <summary>
    /// Makes a path of raw bytes: a leading '/', and empty or <c>.</c> components, are dropped. False for <c>..</c>
    /// components and NUL bytes, which no path here may have. Copies only where something had to be dropped inside.
    /// </summary>
    public static bool TryCreate(ReadOnlyMemory<byte> raw, out LayerPath path)
    {
        path = default;
        if (raw.Span.Contains((byte)0))
        {
            return false;
        }
        raw = TrimDots(raw);
        ReadOnlySpan<byte> span = raw.Span;
        bool clean = true;
        for (int start = 0; start < span.Length;)
        {
            int length = span[start..].IndexOf((byte)'/');
            ReadOnlySpan<byte> part = length < 0 ? span[start..] : span.Slice(start, length);
            if (part.SequenceEqual(".."u8))
            {
                return false;
            }
            clean &= part.Length > 0 && !part.SequenceEqual("."u8);
            start = length < 0 ? span.Length : start + length + 1;
        }
        path = new LayerPath(clean ? raw : Collapse(span));
        return true;
    }

    /// <summary>Makes a path of UTF-8 text; throws <see cref="ArgumentException"/> where <see cref="TryCreate"/> says no.</summary>
    public static LayerPath FromUtf8(string text)
        => TryCreate(Encoding.UTF8.GetBytes(text), out LayerPath path) ? path : throw new ArgumentException($"'{text}' is not a path inside an image.", nameof(text));

    /// <summary>Makes a path of UTF-8 bytes, which are copied; throws <see cref="ArgumentException"/> where <see cref="TryCreate"/> says no.</summary>
    public static LayerPath FromUtf8(ReadOnlySpan<byte> text)
        => TryCreate(text.ToArray(), out LayerPath path) ? path : throw new ArgumentException($"'{LayerText.Escape(text)}' is not a path inside an image.", nameof(text));

    /// <summary>This directory's entry of that name (which may have several components).</summary>
    public LayerPath Append(LayerPath name)
    {
        if (IsRoot || name.IsRoot)
        {
            return IsRoot ? name : this;
        }
        byte[] joined = new byte[_bytes.Length + 1 + name._bytes.Length];
        Span.CopyTo(joined);
        joined[_bytes.Length] = (byte)'/';
        name.Span.CopyTo(joined.AsSpan(_bytes.Length + 1));
        return new LayerPath(joined);
    }

    /// <summary>This directory's entry of that name, UTF-8.</summary>
    public LayerPath Append(string name) => Append(FromUtf8(name));

    /// <summary>True where this path lies below <paramref name="directory"/> (not where it is the directory itself).</summary>
    public bool IsBelow(LayerPath directory)
        => directory.IsRoot ? !IsRoot : _bytes.Length > directory._bytes.Length && Span[directory._bytes.Length] == '/' && Span.StartsWith(directory.Span);

    /// <summary>What follows <paramref name="directory"/>, which this path must be below or equal to. Shares this path's memory.</summary>
    public LayerPath RelativeTo(LayerPath directory)
    {
        if (directory.IsRoot || Equals(directory))
        {
            return directory.IsRoot ? this : default;
        }
        return IsBelow(directory) ? new LayerPath(_bytes[(directory._bytes.Length + 1)..]) : throw new ArgumentException($"'{this}' is not below '{directory}'.", nameof(directory));
    }

    /// <summary>The components from the top, each sharing this path's memory.</summary>
    public IEnumerable<LayerPath> Components()
    {
        for (int start = 0; start < _bytes.Length;)
        {
            int length = Span[start..].IndexOf((byte)'/');
            int end = length < 0 ? _bytes.Length : start + length;
            yield return new LayerPath(_bytes[start..end]);
            start = end + 1;
        }
    }

    /// <summary>A copy that keeps no larger buffer alive.</summary>
    public LayerPath Copy() => new(_bytes.ToArray());

    /// <inheritdoc/>
    public bool Equals(LayerPath other) => Span.SequenceEqual(other.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is LayerPath other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        HashCode hash = default;
        hash.AddBytes(Span);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public int CompareTo(LayerPath other) => Span.SequenceCompareTo(other.Span);

    /// <summary>The path as text without a leading '/': UTF-8, with <c>\xNN</c> for control characters and for bytes that are not UTF-8.</summary>
    public override string ToString() => LayerText.Escape(Span);

    /// <summary>The same with a leading '/'.</summary>
    public string ToAbsoluteText()
    {
        // Every file of an image is asked for it: one string, not two.
        if (Span.IndexOfAnyExceptInRange((byte)' ', (byte)'~') >= 0)
        {
            return "/" + ToString();
        }

        return string.Create(_bytes.Length + 1, _bytes, static (text, bytes) =>
        {
            text[0] = '/';
            Encoding.ASCII.GetChars(bytes.Span, text[1..]);
        });
    }

    /// <summary>Compares bytes.</summary>
    public static bool operator ==(LayerPath left, LayerPath right) => left.Equals(right);

    /// <summary>Compares bytes.</summary>
    public static bool operator !=(LayerPath left, LayerPath right) => !left.Equals(right);

    private static ReadOnlyMemory<byte> TrimDots(ReadOnlyMemory<byte> raw)
    {
        while (raw.Length > 0 && raw.Span[0] == '/')
        {
            raw = raw[1..];
        }
        while (raw.Length > 1 && raw.Span[0] == '.' && raw.Span[1] == '/')
        {
            raw = raw[2..];
        }
        while (raw.Length > 0 && raw.Span[^1] == '/')
        {
            raw = raw[..^1];
        }
        return raw.Span.SequenceEqual("."u8) ? default : raw;
    }

    private static byte[] Collapse(ReadOnlySpan<byte> raw)
    {
        using MemoryStream joined = new(raw.Length);
        for (int start = 0; start < raw.Length;)
        {
            int length = raw[start..].IndexOf((byte)'/');
            ReadOnlySpan<byte> part = length < 0 ? raw[start..] : raw.Slice(start, length);
            start = length < 0 ? raw.Length : start + length + 1;
            if (part.Length > 0 && !part.SequenceEqual("."u8))
            {
                if (joined.Length > 0)
                {
                    joined.WriteByte((byte)'/');
                }
                joined.Write(part);
            }
        }
        return joined.ToArray();
    }
}
