using System.Text;
using BaseImage.Engine.Inspection.Licences;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Inspection.Languages;

/// <summary>Reads <c>package.json</c> of installed packages. Source: npm's package.json(5) and folders(5).</summary>
internal static class NodePackages
{
    private const int MaximumDepends = 2_000;

    private static readonly JsonLimits s_limits = new() { MaxBytes = 1 << 20, MaxDepth = 40, MaxValues = 100_000 };

    /// <summary>True of <c>node_modules/NAME/package.json</c> and <c>node_modules/@SCOPE/NAME/package.json</c>, and of the same below Debian's folders of them.</summary>
    internal static bool IsManifest(LayerPath path)
    {
        LayerPath folder = path.Parent, root = RootOf(folder);
        return !folder.IsRoot && (root.Name.Span.SequenceEqual("node_modules"u8) || root.Span.SequenceEqual("usr/share/nodejs"u8) || root.Span.SequenceEqual("usr/lib/nodejs"u8));
    }

    /// <summary>The package.</summary>
    internal static IEnumerable<LanguagePackage> Read(PackageReadingContext context)
    {
        LayerPath folder = context.File.Path.Parent, root = RootOf(folder);
        string place = folder.RelativeTo(root).ToString();
        if (place.StartsWith('.'))
        {
            // .bin, .cache, .package-lock and the like are npm's own.
            yield break;
        }

        JObject manifest = [];
        if (context.Content is not { } content)
        {
            context.Unread("it is larger than 1 MiB, or a further name of a file elsewhere");
        }
        else
        {
            try
            {
                manifest = StrictJson.ParseObject(content, context.Path, s_limits);
            }
            catch (JsonInvalidException exception)
            {
                context.Unread(exception);
            }
        }

        string name = Text(manifest["name"]) is { } said && IsName(said) ? said : PackageText.Line(place);
        LicenceClaim licence = Licence(manifest, context.Path);
        yield return new LanguagePackage
        {
            Package = context.Package(name, PackageText.Version(Text(manifest["version"]), PackageEcosystem.Npm), Person(manifest["author"]), licence),
            File = context.File,
            Root = root,
            Folder = folder,
            Key = place,
            Depends = Depends(manifest),
            Licence = licence,
            Homepage = PackageText.Address(Text(manifest["homepage"])),
            Summary = PackageText.Line(Text(manifest["description"])),
        };
    }

    // What a package asks for is looked for beside it and then in every node_modules above: Node's own way.
    private static IReadOnlyList<string> Depends(JObject manifest)
        => [.. new[] { "dependencies", "optionalDependencies", "peerDependencies" }
            .SelectMany(key => manifest[key] is JObject table ? table.Properties().Select(property => property.Name) : []).Where(IsName)
            .Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Take(MaximumDepends)];

    private static LicenceClaim Licence(JObject manifest, string path)
    {
        JToken? said = manifest["license"] ?? manifest["licence"];
        if (said is JObject or JValue { Value: string })
        {
            return LicenceClaim.OfField(Text(said) ?? Text(said["type"]) ?? "", path);
        }

        // The old way: a list, any of which may be chosen.
        string[] many = [.. (manifest["licenses"] as JArray ?? []).Select(one => Text(one) ?? (one is JObject ? Text(one["type"]) : null) ?? "").Where(text => text.Trim().Length > 0).Take(20)];
        return many.Length == 0 ? LicenceClaim.None : LicenceClaim.OfField(string.Join(" OR ", many), path);
    }

    private static string Person(JToken? person)
        => person is JObject table ? $"{Text(table["name"])}{(Text(table["email"]) is { Length: > 0 } mail ? $" <{mail}>" : "")}" : Text(person) ?? "";

    private static string? Text(JToken? token) => token is JValue { Value: string text } ? text : null;

    // npm allows no others today; what was published before is named by its place.
    private static bool IsName(string name)
        => name.Length is > 0 and <= 214 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~' or '@' or '/' or '!' or '\'' or '(' or ')' or '*')
            && name.Count(c => c == '/') == (name.StartsWith('@') ? 1 : 0) && !name.StartsWith('.') && !name.EndsWith('/') && !name.StartsWith("@/", StringComparison.Ordinal) && !name.StartsWith('/');

    private static LayerPath RootOf(LayerPath folder) => folder.Parent.Name.Span.StartsWith("@"u8) ? folder.Parent.Parent : folder.Parent;
}
