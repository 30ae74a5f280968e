using System.Globalization;
using System.Text;
using BaseImage.Errors;

namespace BaseImage.Engine.Packages;

/// <summary>
/// One stanza of a Packages index, read as far as it is asked: an index has 68,000 of them and a closure looks at a
/// hundred. Source: Debian Policy 5.3 and the repository format's "Packages Indices".
/// </summary>
internal sealed class PackageRecord
{
    private readonly ReadOnlyMemory<byte> _stanza;
    private PackageVersion? _version;
    private IReadOnlyList<RelationGroup>? _depends;
    private IReadOnlyList<RelationGroup>? _conflicts;
    private IReadOnlyList<RelationGroup>? _provides;

    public PackageRecord(string name, ReadOnlyMemory<byte> stanza, IndexOrigin origin)
        => (Name, _stanza, Origin) = (name, stanza, origin);

    /// <summary>The package's name.</summary>
    public string Name { get; }

    /// <summary>The index it stands in.</summary>
    public IndexOrigin Origin { get; }

    /// <summary>Its version.</summary>
    public PackageVersion Version => _version ??= ParseVersion(Required("Version"));

    /// <summary>Its architecture, <c>all</c> included.</summary>
    public string Architecture => Required("Architecture");

    /// <summary>Multi-Arch: <c>same</c>, <c>foreign</c>, <c>allowed</c>; <c>no</c> where the field is missing.</summary>
    public string MultiArch => Field("Multi-Arch") ?? "no";

    /// <summary>Pre-Depends, then Depends: a closure treats both alike.</summary>
    public IReadOnlyList<RelationGroup> Depends => _depends ??= [.. Relations("Pre-Depends"), .. Relations("Depends")];

    /// <summary>Conflicts and Breaks: an image has both packages or it has not, so there is no order to tell them apart by.</summary>
    public IReadOnlyList<RelationGroup> Conflicts => _conflicts ??= [.. Relations("Conflicts"), .. Relations("Breaks")];

    /// <summary>What it provides; each group has one alternative.</summary>
    public IReadOnlyList<RelationGroup> Provides => _provides ??= Relations("Provides");

    /// <summary>True where it is marked Essential.</summary>
    public bool IsEssential => Field("Essential") == "yes";

    /// <summary>True where it is marked Important or Protected.</summary>
    public bool IsImportant => Field("Important") == "yes" || Field("Protected") == "yes";

    /// <summary>Its priority as a number, 1 (required) to 5 (extra or none).</summary>
    public int Priority => Field("Priority") switch { "required" => 1, "important" => 2, "standard" => 3, "optional" => 4, _ => 5 };

    /// <summary>Its path under the archive's root.</summary>
    public string Filename => Required("Filename");

    /// <summary>The package's bytes.</summary>
    public long Size => Number("Size") ?? throw Invalid("it has no Size");

    /// <summary>The package's SHA-256.</summary>
    public Digest Sha256 => Digest.TryParse("sha256:" + Field("SHA256"), out Digest digest) ? digest : throw Invalid("it has no valid SHA256");

    /// <summary>The source package's name.</summary>
    public string Source => SourceParts().Name;

    /// <summary>The source package's version.</summary>
    public PackageVersion SourceVersion => SourceParts().Version;

    /// <summary>Name, version and architecture.</summary>
    public override string ToString() => $"{Name} {Version}";

    /// <summary>A field's value with continuation lines folded into it; null where it is missing or not kept.</summary>
    public string? Field(string field)
    {
        byte code = StanzaFields.CodeOf(field);
        ReadOnlySpan<byte> rest = _stanza.Span;
        while (rest.Length > 0)
        {
            int end = LineEnd(rest);
            if (rest[0] == code)
            {
                // A field goes on with each line that starts with a space or a tab.
                while (end + 1 < rest.Length && rest[end + 1] is (byte)' ' or (byte)'\t')
                {
                    end += 1 + LineEnd(rest[(end + 1)..]);
                }

                return Encoding.UTF8.GetString(rest[1..end]).Trim();
            }

            rest = end < rest.Length ? rest[(end + 1)..] : [];
        }

        return null;
    }

    /// <summary>The name that a stanza gives.</summary>
    public static string NameOf(ReadOnlyMemory<byte> stanza) => new PackageRecord("", stanza, IndexOrigin.None).Field("Package") ?? "";

    /// <summary>An error that names the index and this package.</summary>
    public PackageRecordInvalidException Invalid(string problem) => new(Origin.ToString(), Name, problem);

    private static int LineEnd(ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)'\n');
        return end < 0 ? text.Length : end;
    }

    private string Required(string field) => Field(field) is { Length: > 0 } value ? value : throw Invalid($"it has no {field}");

    private long? Number(string field) => Field(field) is not { } text ? null
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number < 1L << 50 ? number
        : throw Invalid($"{field} is not a number");

    private PackageVersion ParseVersion(string text)
        => PackageVersion.TryParse(text, out PackageVersion? version) ? version : throw Invalid($"'{text}' is not a version");

    private IReadOnlyList<RelationGroup> Relations(string field)
    {
        if (Field(field) is not { } text)
        {
            return [];
        }

        try
        {
            return RelationParser.Parse(text);
        }
        catch (FormatException problem)
        {
            throw Invalid($"{field}: {problem.Message}");
        }
    }

    // "Source: glibc (2.36-9)" names a version only where it differs from the package's own.
    private (string Name, PackageVersion Version) SourceParts()
    {
        string? source = Field("Source");
        if (source is null)
        {
            return (Name, Version);
        }

        int open = source.IndexOf('(', StringComparison.Ordinal);
        return open < 0 ? (source, Version) : (source[..open].TrimEnd(), ParseVersion(source[(open + 1)..].TrimEnd(')', ' ')));
    }
}
