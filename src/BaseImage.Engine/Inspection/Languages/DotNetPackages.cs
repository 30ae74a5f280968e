using System.Text;
using System.Xml;
using System.Xml.Linq;
using BaseImage.Engine.Inspection.Licences;
using BaseImage.Engine.Layers;
using BaseImage.Engine.Storage;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Inspection.Languages;

/// <summary>
/// Reads what .NET programs were published with and what NuGet keeps. Sources: the runtime configuration files of the .NET
/// host (<c>NAME.deps.json</c>: libraries of type package and runtimepack, with the SHA-512 of the package, and per target what
/// each depends on and which files it brought), and NuGet's .nuspec reference.
/// </summary>
internal static class DotNetPackages
{
    private const int MaximumLibraries = 20_000;
    private const string RuntimePack = "runtimepack.";

    private static readonly XmlReaderSettings s_xml = new() { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, MaxCharactersInDocument = 1 << 20 };

    private static readonly JsonLimits s_limits = new() { MaxBytes = 1 << 20, MaxDepth = 20, MaxValues = 500_000 };

    /// <summary>The packages of a program's or a framework's list.</summary>
    internal static IReadOnlyList<LanguagePackage> ReadDeps(PackageReadingContext context)
    {
        if (context.Content is not { } content)
        {
            context.Unread("it is larger than 1 MiB, or a further name of a file elsewhere");
            return [];
        }

        JObject document;
        try
        {
            document = StrictJson.ParseObject(content, context.Path, s_limits);
        }
        catch (JsonInvalidException exception)
        {
            context.Unread(exception);
            return [];
        }

        JObject target = Target(document);
        List<LanguagePackage> packages = [];
        foreach (JProperty library in (document["libraries"] as JObject ?? []).Properties().Take(MaximumLibraries))
        {
            string type = Text(library.Value, "type") ?? "";
            int slash = library.Name.IndexOf('/', StringComparison.Ordinal);
            if (slash <= 0 || type is not ("package" or "runtimepack"))
            {
                continue;
            }

            string name = type == "runtimepack" && library.Name.StartsWith(RuntimePack, StringComparison.Ordinal) ? library.Name[RuntimePack.Length..slash] : library.Name[..slash];
            if (!IsName(name))
            {
                context.Remark($"'{context.Path}' names a package '{PackageText.Line(name)}', which is no name of one.");
                continue;
            }

            packages.Add(Describe(context, name, library.Name[(slash + 1)..], target[library.Name] as JObject ?? []) with { Sha512 = Hash(Text(library.Value, "sha512")) });
        }

        return packages;
    }

    /// <summary>The package that a NuGet manifest describes.</summary>
    internal static IReadOnlyList<LanguagePackage> ReadNuspec(PackageReadingContext context)
    {
        XElement? metadata = null;
        if (context.Content is not { } content)
        {
            context.Unread("it is larger than 1 MiB, or a further name of a file elsewhere");
            return [];
        }

        try
        {
            metadata = Load(content.ToArray()).Root?.Elements().FirstOrDefault(e => e.Name.LocalName == "metadata");
        }
        catch (XmlException exception)
        {
            // Its words are another language's on another machine.
            context.Unread($"it is no XML, or XML that is not read: line {exception.LineNumber}, column {exception.LinePosition}");
            return [];
        }

        string Field(string name) => metadata?.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value.Trim() ?? "";
        string id = Field("id");
        if (!IsName(id))
        {
            context.Unread("it names no package");
            return [];
        }

        XElement? licence = metadata!.Elements().FirstOrDefault(e => e.Name.LocalName == "license");
        LicenceClaim claim = licence is null ? LicenceClaim.None : (string?)licence.Attribute("type") == "expression" ? LicenceClaim.OfField(licence.Value, context.Path) : LicenceClaim.Own(ExtractedLicence.Of($"{id} {licence.Value.Trim()}", "", context.Path));
        return
        [
            new LanguagePackage
            {
                Package = context.Package(id, PackageText.Version(Field("version"), PackageEcosystem.NuGet), Field("authors"), claim),
                File = context.File,
                Root = context.File.Path.Parent,
                Key = Key(id, Field("version")),
                Licence = claim,
                Homepage = PackageText.Address(Field("projectUrl")),
                Summary = PackageText.Line(Field("description")),
                Folder = context.File.Path.Span.EndsWith(".nuspec"u8) ? context.File.Path.Parent : null,
                Files = [context.File.Path],
            },
        ];
    }

    private static LanguagePackage Describe(PackageReadingContext context, string name, string version, JObject target)
    {
        LayerPath folder = context.File.Path.Parent;
        return new LanguagePackage
        {
            Package = context.Package(name, PackageText.Version(version, PackageEcosystem.NuGet)),
            File = context.File,
            Root = folder,
            Key = Key(name, version),
            Depends = [.. (target["dependencies"] as JObject ?? []).Properties().Select(p => Key(p.Name, p.Value is JValue { Value: string text } ? text : "")).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)],
            Files = [.. Assets(folder, target)],
        };
    }

    // The host looks for a file beside the list by its last name alone, and for one of another runtime by its whole path.
    private static IEnumerable<LayerPath> Assets(LayerPath folder, JObject target)
    {
        foreach (string kind in (string[])["runtime", "native", "runtimeTargets"])
        {
            foreach (JProperty asset in (target[kind] as JObject ?? []).Properties())
            {
                string path = kind == "runtimeTargets" ? asset.Name : asset.Name[(asset.Name.LastIndexOf('/') + 1)..];
                if (LayerPath.TryCreate(Encoding.UTF8.GetBytes(path), out LayerPath found) && !found.IsRoot)
                {
                    yield return folder.Append(found);
                }
            }
        }
    }

    // The target that the program runs by; of frameworks' lists, which have an empty one beside it, the one that says something.
    private static JObject Target(JObject document)
    {
        JObject targets = document["targets"] as JObject ?? [];
        string? name = Text(document["runtimeTarget"], "name") ?? (document["runtimeTarget"] is JValue { Value: string text } ? text : null);
        return (name is null ? null : targets[name] as JObject) is { Count: > 0 } meant ? meant : targets.Properties().Select(p => p.Value).OfType<JObject>().OrderByDescending(t => t.Count).FirstOrDefault() ?? [];
    }

    private static string Hash(string? text)
    {
        byte[] bytes = new byte[64];
        return text is not null && text.StartsWith("sha512-", StringComparison.Ordinal) && Convert.TryFromBase64String(text["sha512-".Length..], bytes, out int length) && length == 64 ? Convert.ToHexString(bytes).ToLowerInvariant() : "";
    }

    // A document of elements is a tree that is freed and walked by recursion: one that is deep is not read at all.
    private static XDocument Load(byte[] content)
    {
        using (XmlReader reader = XmlReader.Create(new MemoryStream(content, writable: false), s_xml))
        {
            while (reader.Read())
            {
                if (reader.Depth > 20)
                {
                    throw new XmlException("it is nested deeper than 20 levels");
                }
            }
        }

        using XmlReader again = XmlReader.Create(new MemoryStream(content, writable: false), s_xml);
        return XDocument.Load(again);
    }

    private static string Key(string name, string version) => $"{name}/{version}".ToLowerInvariant();

    private static string? Text(JToken? token, string key) => token is JObject table && table[key] is JValue { Value: string text } ? text : null;

    private static bool IsName(string name) => name.Length is > 0 and <= 200 && name.All(c => char.IsLetterOrDigit(c) || c is '.' or '-' or '_');
}
