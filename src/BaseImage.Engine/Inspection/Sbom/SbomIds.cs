using System.Text;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>Names that documents give their parts, and the document itself: made of what it says, so that they are the same every time.</summary>
internal static class SbomIds
{
    private const int MaximumSlug = 60;

    /// <summary>A package's: letters, digits, dots and hyphens.</summary>
    internal static string Package(ImagePackage package)
    {
        string type = package.PackageUrl["pkg:".Length..package.PackageUrl.IndexOf('/', StringComparison.Ordinal)];
        string slug = Slug(package.Name);
        return $"Package-{type}-{slug}-{Digest.Of(Encoding.UTF8.GetBytes($"{package.PackageUrl}\n{package.Version}\n{package.Location}")).Hex[..16]}";
    }

    /// <summary>What remains of a text of letters, digits, dots and hyphens.</summary>
    internal static string Slug(string text)
    {
        string slug = string.Concat(text.Select(c => char.IsAsciiLetterOrDigit(c) || c == '.' ? c : '-')).Trim('-');
        return slug.Length == 0 ? "unnamed" : slug.Length > MaximumSlug ? slug[..MaximumSlug] : slug;
    }

    /// <summary>What stands for a document's name while it is written.</summary>
    internal const string Unnamed = "00000000-0000-0000-0000-000000000000";

    /// <summary>A UUID made of what a document says (RFC 9562, version 8: bits of one's own).</summary>
    /// <param name="digest">SHA-256 of the document with <see cref="Unnamed"/> as its name.</param>
    internal static string Uuid(ReadOnlySpan<byte> digest)
    {
        byte[] bytes = digest[..16].ToArray();
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        string hex = Convert.ToHexString(bytes).ToLowerInvariant();
        return $"{hex[..8]}-{hex[8..12]}-{hex[12..16]}-{hex[16..20]}-{hex[20..]}";
    }
}
