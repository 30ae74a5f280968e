using System.Text;

namespace BaseImage.Engine.Layers;

/// <summary>
/// A pattern of paths inside an image, compared byte by byte. <c>*</c> is any number of bytes of one component and
/// <c>?</c> is one byte of it; <c>**</c>, as a whole component, is any number of components, and at the end at least one
/// (<c>/usr/share/man/**</c> is everything below the directory). Every other byte, <c>[</c> and <c>\</c> included, stands
/// for itself. A name that is not ASCII takes one <c>?</c> for each of its UTF-8 bytes.
/// </summary>
internal sealed class PathGlob
{
    private readonly byte[][] _parts;

    // What every path that matches begins with: nearly all are told by it, and only the rest are taken apart.
    private readonly byte[] _start;

    private PathGlob(string text, byte[][] parts)
    {
        (Text, _parts) = (text, parts);
        byte[][] literal = [.. parts.TakeWhile(part => !part.AsSpan().ContainsAny((byte)'*', (byte)'?'))];
        _start = [.. literal.SelectMany((part, i) => i + 1 < parts.Length ? part.Append((byte)'/') : part)];
    }

    /// <summary>The pattern as it was written.</summary>
    public string Text { get; }

    /// <summary>Reads a pattern; the leading '/' may be left out.</summary>
    /// <exception cref="ArgumentException">It is empty, has a <c>..</c> component or is absurdly long.</exception>
    public static PathGlob Parse(string text)
    {
        string[] parts = text.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(part => part != ".").ToArray();
        if (parts.Length is 0 or > 256 || text.Length > 4096 || parts.Contains("..") || text.Contains('\0', StringComparison.Ordinal))
        {
            throw new ArgumentException($"'{text}' is not a pattern of paths inside an image.", nameof(text));
        }

        return new PathGlob(text, parts.Select(Encoding.UTF8.GetBytes).ToArray());
    }

    /// <summary>True where the whole path matches the whole pattern.</summary>
    public bool IsMatch(LayerPath path)
    {
        if (!path.Span.StartsWith(_start))
        {
            return false;
        }

        LayerPath[] names = path.Components().ToArray();
        // The last '**' may always take one component more, so going back to an earlier one never helps.
        int part = 0, name = 0, starPart = -1, starName = 0;
        while (name < names.Length)
        {
            if (part < _parts.Length && IsAnyDepth(_parts[part]))
            {
                (starPart, starName) = (part, name);
                part++;
                // At the end it needs something to stand for.
                if (part == _parts.Length)
                {
                    return true;
                }
            }
            else if (part < _parts.Length && IsNameMatch(_parts[part], names[name].Span))
            {
                part++;
                name++;
            }
            else if (starPart >= 0)
            {
                part = starPart + 1;
                name = ++starName;
            }
            else
            {
                return false;
            }
        }

        return part == _parts.Length;
    }

    /// <inheritdoc/>
    public override string ToString() => Text;

    private static bool IsAnyDepth(byte[] part) => part.AsSpan().SequenceEqual("**"u8);

    private static bool IsNameMatch(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> name)
    {
        int p = 0, n = 0, star = -1, starName = 0;
        while (n < name.Length)
        {
            if (p < pattern.Length && pattern[p] == (byte)'*')
            {
                (star, starName) = (p++, n);
            }
            else if (p < pattern.Length && (pattern[p] == (byte)'?' || pattern[p] == name[n]))
            {
                p++;
                n++;
            }
            else if (star >= 0)
            {
                p = star + 1;
                n = ++starName;
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == (byte)'*')
        {
            p++;
        }

        return p == pattern.Length;
    }
}
