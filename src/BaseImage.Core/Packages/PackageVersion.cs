using System.Diagnostics.CodeAnalysis;

namespace BaseImage;

/// <summary>
/// A package version that compares by its ecosystem's rules: a Debian one, <c>[epoch:]upstream[-revision]</c>, as dpkg does
/// (Debian Policy 5.6.12 and deb-version(7)), an Alpine one as apk does, those of npm, Python and NuGet by their rules. A text
/// alone is taken for a Debian one, and for one of the same ecosystem where it is compared with a version.
/// </summary>
public sealed class PackageVersion : IComparable<PackageVersion>, IComparable, IEquatable<PackageVersion>
{
    private readonly long _epoch;
    private readonly string _upstream;
    private readonly string _revision;
    private readonly string _text;

    /// <summary>Reads a version; PowerShell uses this to turn a string into one.</summary>
    /// <exception cref="FormatException">The text is not a Debian version.</exception>
    public PackageVersion(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        string? problem = TrySplit(text, out _epoch, out _upstream, out _revision);
        if (problem is not null)
        {
            throw new FormatException($"'{text}' is not a Debian version: {problem}.");
        }

        _text = text;
    }

    private PackageVersion(string text, long epoch, string upstream, string revision, PackageEcosystem ecosystem = PackageEcosystem.Debian)
        => (_text, _epoch, _upstream, _revision, Ecosystem) = (text, epoch, upstream, revision, ecosystem);

    /// <summary>Whose rules it goes by.</summary>
    public PackageEcosystem Ecosystem { get; }

    /// <summary>The epoch; 0 where none is written.</summary>
    public long Epoch => _epoch;

    /// <summary>The upstream version.</summary>
    public string Upstream => _upstream;

    /// <summary>The Debian revision, empty for a native package; Alpine's as <c>r3</c>.</summary>
    public string Revision => _revision;

    /// <summary>Reads a version, or throws <see cref="FormatException"/>.</summary>
    public static PackageVersion Parse(string text) => new(text);

    /// <summary>Reads a version.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out PackageVersion? version)
    {
        version = null;
        if (text is null || TrySplit(text, out long epoch, out string upstream, out string revision) is not null)
        {
            return false;
        }

        version = new PackageVersion(text, epoch, upstream, revision);
        return true;
    }

    /// <summary>Reads a version of an ecosystem.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, PackageEcosystem ecosystem, [NotNullWhen(true)] out PackageVersion? version)
    {
        if (ecosystem == PackageEcosystem.Debian)
        {
            return TryParse(text, out version);
        }

        version = null;
        if (text is null || (ecosystem == PackageEcosystem.Alpine ? !ApkVersion.IsValid(text) : !LanguageVersion.IsUsable(text)))
        {
            return false;
        }

        if (ecosystem != PackageEcosystem.Alpine)
        {
            version = new PackageVersion(text, 0, text, "", ecosystem);
            return true;
        }

        int revision = ApkVersion.RevisionAt(text);
        version = new PackageVersion(text, 0, revision < 0 ? text : text[..revision], revision < 0 ? "" : text[(revision + 1)..], ecosystem);
        return true;
    }

    /// <summary>Compares by the ecosystem's rules; of two ecosystems, which have no order, Debian's stand first.</summary>
    public int CompareTo(PackageVersion? other)
    {
        if (other is null)
        {
            return 1;
        }

        if (Ecosystem != other.Ecosystem || Ecosystem != PackageEcosystem.Debian)
        {
            return Ecosystem != other.Ecosystem ? Ecosystem.CompareTo(other.Ecosystem)
                : Ecosystem == PackageEcosystem.Alpine ? ApkVersion.Compare(_text, other._text) : LanguageVersion.Compare(_text, other._text, Ecosystem);
        }

        int order = _epoch.CompareTo(other._epoch);
        order = order != 0 ? order : CompareParts(_upstream, other._upstream);
        return order != 0 ? order : CompareParts(_revision, other._revision);
    }

    /// <summary>Compares with a version or with a string that is one, so that <c>-lt '1.2'</c> works.</summary>
    /// <exception cref="FormatException">The string is no version.</exception>
    /// <exception cref="ArgumentException">It is neither a version nor a string.</exception>
    public int CompareTo(object? obj) => obj switch
    {
        null => 1,
        PackageVersion version => CompareTo(version),
        string text => CompareTo(TryParse(text, Ecosystem, out PackageVersion? version) ? version : new PackageVersion(text)),
        _ => throw new ArgumentException($"A package version does not compare with a {obj.GetType().Name}.", nameof(obj)),
    };

    /// <summary>True where neither is older: <c>1.0</c> and <c>1.00</c> are equal.</summary>
    public bool Equals(PackageVersion? other) => other is not null && CompareTo(other) == 0;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is PackageVersion other ? Equals(other) : obj is string text && TryParse(text, Ecosystem, out PackageVersion? parsed) && Equals(parsed);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        if (Ecosystem != PackageEcosystem.Debian)
        {
            return Ecosystem == PackageEcosystem.Alpine ? ApkVersion.Hash(_text) : LanguageVersion.Hash(_text, Ecosystem);
        }

        // Only what survives equality may count: digits lose leading zeros, and "1.0" equals "1.0-0".
        HashCode hash = default;
        hash.Add(_epoch);
        AddPart(ref hash, _upstream);
        AddPart(ref hash, _revision);
        return hash.ToHashCode();
    }

    /// <summary>The version as it was written.</summary>
    public override string ToString() => _text;

    /// <summary>Orders by dpkg's rules.</summary>
    public static bool operator <(PackageVersion? left, PackageVersion? right) => Compare(left, right) < 0;

    /// <summary>Orders by dpkg's rules.</summary>
    public static bool operator <=(PackageVersion? left, PackageVersion? right) => Compare(left, right) <= 0;

    /// <summary>Orders by dpkg's rules.</summary>
    public static bool operator >(PackageVersion? left, PackageVersion? right) => Compare(left, right) > 0;

    /// <summary>Orders by dpkg's rules.</summary>
    public static bool operator >=(PackageVersion? left, PackageVersion? right) => Compare(left, right) >= 0;

    /// <summary>Equal by dpkg's rules.</summary>
    public static bool operator ==(PackageVersion? left, PackageVersion? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Not equal by dpkg's rules.</summary>
    public static bool operator !=(PackageVersion? left, PackageVersion? right) => !(left == right);

    private static int Compare(PackageVersion? left, PackageVersion? right)
        => left is null ? (right is null ? 0 : -1) : left.CompareTo(right);

    private static string? TrySplit(string text, out long epoch, out string upstream, out string revision)
    {
        (epoch, upstream, revision) = (0, "", "");
        string rest = text;
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            if (colon == 0 || text.AsSpan(0, colon).IndexOfAnyExceptInRange('0', '9') >= 0)
            {
                return "the epoch before ':' is not a number";
            }

            if (!int.TryParse(text.AsSpan(0, colon), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out int number))
            {
                return "the epoch is too large";
            }

            epoch = number;

            rest = text[(colon + 1)..];
        }

        int hyphen = rest.LastIndexOf('-');
        (upstream, revision) = hyphen < 0 ? (rest, "") : (rest[..hyphen], rest[(hyphen + 1)..]);
        if (upstream.Length == 0)
        {
            return "it is empty";
        }

        if (hyphen >= 0 && revision.Length == 0)
        {
            return "the revision after '-' is empty";
        }

        if (!char.IsAsciiDigit(upstream[0]))
        {
            return "it does not start with a digit";
        }

        return upstream.All(c => char.IsAsciiLetterOrDigit(c) || ".+-~:".Contains(c, StringComparison.Ordinal))
            && revision.All(c => char.IsAsciiLetterOrDigit(c) || ".+~".Contains(c, StringComparison.Ordinal))
            ? null
            : "it has a character other than letters, digits and . + - ~ :";
    }

    // deb-version(7), "Sorting algorithm": runs of non-digits by a letter order in which '~' sorts before the end,
    // then runs of digits by value.
    private static int CompareParts(string a, string b)
    {
        int i = 0, j = 0;
        while (i < a.Length || j < b.Length)
        {
            while ((i < a.Length && !char.IsAsciiDigit(a[i])) || (j < b.Length && !char.IsAsciiDigit(b[j])))
            {
                int order = Order(a, i) - Order(b, j);
                if (order != 0)
                {
                    return Math.Sign(order);
                }

                i++;
                j++;
            }

            ReadOnlySpan<char> left = Digits(a, ref i), right = Digits(b, ref j);
            int byNumber = left.Length != right.Length ? left.Length - right.Length : left.SequenceCompareTo(right);
            if (byNumber != 0)
            {
                return Math.Sign(byNumber);
            }
        }

        return 0;
    }

    private static int Order(string text, int index)
    {
        char c = index < text.Length ? text[index] : '\0';
        return c == '\0' || char.IsAsciiDigit(c) ? 0 : c == '~' ? -1 : char.IsAsciiLetter(c) ? c : c + 256;
    }

    private static ReadOnlySpan<char> Digits(string text, ref int index)
    {
        int start = index;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            index++;
        }

        return text.AsSpan(start, index - start).TrimStart('0');
    }

    private static void AddPart(ref HashCode hash, string part)
    {
        int index = 0;
        while (index < part.Length)
        {
            if (char.IsAsciiDigit(part[index]))
            {
                ReadOnlySpan<char> digits = Digits(part, ref index);
                if (digits.Length > 0)
                {
                    hash.Add(string.GetHashCode(digits, StringComparison.Ordinal));
                }
            }
            else
            {
                hash.Add(part[index++]);
            }
        }
    }
}
