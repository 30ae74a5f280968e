using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Building;

/// <summary>Says which files' contents a listing keeps: what the synthesis reads, and nothing else.</summary>
internal static class KeptContent
{
    /// <summary>The most bytes of one file.</summary>
    public const long MaxFile = 256 << 10;

    /// <summary>The most bytes of a package's files together.</summary>
    public const long MaxPackage = 16 << 20;

    private static readonly PathGlob[] Patterns = new[]
    {
        "/usr/share/base-passwd/*.master",
        "/usr/share/base-files/*",
        "/usr/share/libc-bin/nsswitch.conf",
        "/usr/share/ca-certificates/**",
        "/usr/local/share/ca-certificates/**",
        "/etc/ca-certificates.conf",
        "/usr/share/debianutils/shells",
        "/usr/share/debianutils/shells.d/*",
        "/etc/passwd",
        "/etc/group",
    }.Select(PathGlob.Parse).ToArray();

    /// <summary>True where the file's content is to be kept.</summary>
    public static bool Includes(LayerEntry entry)
        => entry.Kind == ImageFileKind.File && entry.Size <= MaxFile && Patterns.Any(pattern => pattern.IsMatch(entry.Path));
}
