using System.Diagnostics.CodeAnalysis;

namespace BaseImage;

/// <summary>
/// An operating system and processor, as OCI writes them: <c>linux/amd64</c>, <c>linux/arm/v7</c>.
/// Source: OCI Image Specification 1.1, image-index.md, property "platform".
/// </summary>
public sealed record Platform : IComparable<Platform>, IComparable
{
    /// <summary>Makes a platform of its parts.</summary>
    public Platform(string os, string architecture, string? variant = null)
        => (Os, Architecture, Variant) = (os, architecture, variant);

    /// <summary>The operating system, for instance <c>linux</c>.</summary>
    public string Os { get; }

    /// <summary>The processor in Go's names, for instance <c>amd64</c>.</summary>
    public string Architecture { get; }

    /// <summary>The processor's variant, for instance <c>v7</c>.</summary>
    public string? Variant { get; }

    /// <summary>linux/amd64.</summary>
    public static Platform LinuxAmd64 { get; } = new("linux", "amd64");

    /// <summary>linux/arm64.</summary>
    public static Platform LinuxArm64 { get; } = new("linux", "arm64");

    /// <summary>The name Debian gives this processor (<c>amd64</c>, <c>arm64</c>, <c>armhf</c>, …); null where it has none.</summary>
    public string? DebianArchitecture => (Os, Architecture, Variant) switch
    {
        ("linux", "amd64" or "riscv64" or "s390x", _) => Architecture,
        ("linux", "arm64", null or "v8") => "arm64",
        ("linux", "arm", null or "v7") => "armhf",
        ("linux", "arm", "v5" or "v6") => "armel",
        ("linux", "386", _) => "i386",
        ("linux", "ppc64le", _) => "ppc64el",
        _ => null,
    };

    /// <summary>Reads <c>os/architecture[/variant]</c>.</summary>
    /// <exception cref="FormatException">The text has another shape.</exception>
    public static Platform Parse(string text) => TryParse(text, out Platform? platform)
        ? platform
        : throw new FormatException($"'{text}' is not a platform: expected os/architecture, for instance linux/amd64.");

    /// <summary>Reads <c>os/architecture[/variant]</c>.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, [NotNullWhen(true)] out Platform? platform)
    {
        platform = null;
        string[] parts = (text ?? "").Split('/');
        if (parts.Length is not (2 or 3) || parts.Any(part => part.Length == 0 || part.Any(c => !char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.'))))
        {
            return false;
        }

        platform = new Platform(parts[0], parts[1], parts.Length == 3 ? parts[2] : null);
        return true;
    }

    /// <inheritdoc/>
    public int CompareTo(Platform? other) => string.CompareOrdinal(ToString(), other?.ToString());

    /// <inheritdoc/>
    public int CompareTo(object? obj) => CompareTo(obj as Platform);

    /// <summary><c>os/architecture[/variant]</c>.</summary>
    public override string ToString() => Variant is null ? $"{Os}/{Architecture}" : $"{Os}/{Architecture}/{Variant}";
}
