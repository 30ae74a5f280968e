using System.Text;

namespace BaseImage.Engine.Inspection;

/// <summary>
/// Writes package-urls: <c>pkg:type/namespace/name@version?qualifiers</c>. Source: the package-url specification and its
/// types deb, apk, npm, pypi, nuget and oci. A colon is never encoded; of other characters letters, digits and <c>. - _ ~</c> stay.
/// </summary>
internal static class PackageUrls
{
    /// <summary>A package of an image.</summary>
    /// <param name="package">The package.</param>
    /// <param name="distribution">What the image's os-release says.</param>
    internal static string Of(ImagePackage package, Distribution distribution) => package.Ecosystem switch
    {
        PackageEcosystem.Debian => System("deb", "debian", package, distribution),
        PackageEcosystem.Alpine => System("apk", "alpine", package, distribution),
        PackageEcosystem.Npm => Language("npm", package.Name, package.Version),
        PackageEcosystem.PyPI => Language("pypi", package.Name.ToLowerInvariant().Replace('_', '-'), package.Version),
        _ => Language("nuget", package.Name, package.Version),
    };

    /// <summary>A source package of Debian's kind.</summary>
    internal static string Source(string name, string version, Distribution distribution)
        => Write("deb", Encode(Vendor(distribution, "debian")), Encode(name.ToLowerInvariant()), version, [("arch", "source"), ("distro", Distro(distribution))]);

    /// <summary>An image, by its manifest's digest.</summary>
    internal static string Image(string name, Digest digest, Platform platform)
        => Write("oci", "", Encode(name.ToLowerInvariant()), digest.ToString(), [("arch", platform.Architecture)]);

    private static string System(string type, string vendor, ImagePackage package, Distribution distribution)
    {
        // Scanners look advisories up by the source package, which the type has no part for: they read "upstream".
        string source = package.Source.Length == 0 || (package.Source == package.Name && package.SourceVersion == package.Version) ? ""
            : package.SourceVersion is null || package.SourceVersion.ToString() == package.Version.ToString() ? package.Source : $"{package.Source}@{package.SourceVersion}";
        return Write(type, Encode(Vendor(distribution, vendor)), Encode(package.Name.ToLowerInvariant()), package.Version.ToString(), [("arch", package.Architecture), ("distro", Distro(distribution)), ("upstream", source)]);
    }

    // npm's scope is the namespace.
    private static string Language(string type, string name, PackageVersion version)
    {
        int slash = type == "npm" && name.StartsWith('@') ? name.IndexOf('/', StringComparison.Ordinal) : -1;
        return Write(type, slash < 0 ? "" : Encode(name[..slash]), Encode(slash < 0 ? name : name[(slash + 1)..]), version.ToString() == Languages.LanguagePackage.UnknownVersion ? "" : version.ToString(), []);
    }

    private static string Vendor(Distribution distribution, string other) => distribution.Id.Length > 0 ? distribution.Id : other;

    private static string Distro(Distribution distribution) => distribution.Id.Length == 0 || distribution.Version.Length == 0 ? "" : $"{distribution.Id}-{distribution.Version}";

    private static string Write(string type, string space, string name, string version, (string Key, string Value)[] qualifiers)
    {
        string tail = string.Join('&', qualifiers.Where(pair => pair.Value.Length > 0).Select(pair => $"{pair.Key}={Encode(pair.Value)}"));
        return $"pkg:{type}/{(space.Length > 0 ? space + "/" : "")}{name}{(version.Length > 0 ? "@" + Encode(version) : "")}{(tail.Length > 0 ? "?" + tail : "")}";
    }

    private static string Encode(string text)
    {
        StringBuilder encoded = new(text.Length);
        foreach (byte value in Encoding.UTF8.GetBytes(text))
        {
            char c = (char)value;
            _ = char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_' or '~' or ':' ? encoded.Append(c) : encoded.Append('%').Append(value.ToString("X2", global::System.Globalization.CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
