using System.Globalization;
using BaseImage.Engine.Packages;
using BaseImage.Errors;

namespace BaseImage.Engine.Inspection;

/// <summary>A package as dpkg describes it. Source: deb-control(5), dpkg-query(1).</summary>
internal static class DpkgStanza
{
    internal static ImagePackage Describe(ControlParagraph stanza, string image, Platform platform)
    {
        string name = stanza["Package"]!;
        PackageVersion version = Version(stanza["Version"] ?? "", stanza, name);
        (string source, PackageVersion sourceVersion) = Source(stanza, name, version);
        return new ImagePackage
        {
            Name = name,
            Version = version,
            Architecture = stanza["Architecture"] ?? "",
            Source = source,
            SourceVersion = sourceVersion,
            Maintainer = stanza["Maintainer"] ?? "",
            InstalledSize = long.TryParse(stanza["Installed-Size"], NumberStyles.None, CultureInfo.InvariantCulture, out long kibibytes) && kibibytes < long.MaxValue / 1024 ? kibibytes * 1024 : 0,
            Image = image,
            Platform = platform,
        };
    }

    // Source: NAME, or NAME (VERSION) where the versions differ.
    private static (string Name, PackageVersion Version) Source(ControlParagraph stanza, string name, PackageVersion version)
    {
        string source = stanza["Source"] ?? name;
        int open = source.IndexOf('(', StringComparison.Ordinal), close = source.IndexOf(')', StringComparison.Ordinal);
        return open > 0 && close > open
            ? (source[..open].Trim(), Version(source[(open + 1)..close].Trim(), stanza, name))
            : (source.Trim(), version);
    }

    private static PackageVersion Version(string text, ControlParagraph stanza, string name)
        => PackageVersion.TryParse(text, out PackageVersion? version) ? version
            : throw new ImageDocumentInvalidException(stanza.Source, $"the package '{name}' in line {stanza.Line} has the version '{text}', which is none");
}
