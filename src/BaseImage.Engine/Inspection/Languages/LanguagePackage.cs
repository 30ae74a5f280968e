using System.Text;
using BaseImage.Engine.Inspection.Licences;
using BaseImage.Engine.Layers;

namespace BaseImage.Engine.Inspection.Languages;

/// <summary>A package of a language, as the file says that came with it.</summary>
internal sealed record LanguagePackage
{
    /// <summary>What stands for a version that no file says.</summary>
    internal const string UnknownVersion = "unknown";

    /// <summary>Name, version, maintainer and so on.</summary>
    internal required ImagePackage Package { get; init; }

    /// <summary>The file that says it.</summary>
    internal required MergedFile File { get; init; }

    /// <summary>The folder whose packages it finds: <c>node_modules</c>, <c>site-packages</c>, the program's own.</summary>
    internal required LayerPath Root { get; init; }

    /// <summary>What it calls itself where others ask for it: the name, without case and so on where its language does so.</summary>
    internal required string Key { get; init; }

    /// <summary>The keys of what it depends on, each once, in ordinal order; of NuGet's with the version, as <c>name/1.0.0</c>.</summary>
    internal IReadOnlyList<string> Depends { get; init; } = [];

    /// <summary>What it declares its licence to be.</summary>
    internal LicenceClaim Licence { get; init; } = LicenceClaim.None;

    /// <summary>Where its home is; empty for nowhere, or for what is no address of the web.</summary>
    internal string Homepage { get; init; } = "";

    /// <summary>What it is, in a line.</summary>
    internal string Summary { get; init; } = "";

    /// <summary>SHA-512 of the package as its registry has it, in hexadecimal digits; empty for unknown.</summary>
    internal string Sha512 { get; init; } = "";

    /// <summary>The folder whose files, all of them, came with it; null where <see cref="Files"/> says which.</summary>
    internal LayerPath? Folder { get; init; }

    /// <summary>The files that it lists as its own.</summary>
    internal IReadOnlyList<LayerPath> Files { get; init; } = [];
}

/// <summary>The packages of languages in an image, and what could not be read of them.</summary>
/// <param name="Packages">In ordinal order of name, version and place.</param>
/// <param name="Remarks">A sentence each.</param>
internal sealed record LanguageFindings(IReadOnlyList<LanguagePackage> Packages, IReadOnlyList<string> Remarks);

/// <summary>Text of packages' files, made fit for documents and tables.</summary>
internal static class PackageText
{
    private const int MaximumLine = 500;

    /// <summary>One line; empty for nothing.</summary>
    internal static string Line(string? text) => text is null ? "" : LicenceText.Line(text, MaximumLine);

    /// <summary>An address of the web, as it stands; empty for anything else.</summary>
    internal static string Address(string? text)
        => text is { Length: > 0 and <= MaximumLine } && text.All(c => c is > ' ' and <= '~' and not ('"' or '<' or '>' or '\\' or '^' or '`' or '{' or '|' or '}'))
            && Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri.Scheme is "https" or "http" && uri.UserInfo.Length == 0 ? text : "";

    /// <summary>A version, or what stands for one that no file says.</summary>
    internal static PackageVersion Version(string? text, PackageEcosystem ecosystem)
        => text is not null && PackageVersion.TryParse(LayerText.Escape(Encoding.UTF8.GetBytes(text.Trim())), ecosystem, out PackageVersion? version) ? version
            : PackageVersion.TryParse(LanguagePackage.UnknownVersion, ecosystem, out PackageVersion? unknown) ? unknown : throw new InvalidOperationException();
}
