using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>
/// The packages that a bill of materials lists, by their package-urls: of any tool's, so that qualifiers, which each has of its own,
/// do not count. Sources: SPDX 2.3, "External reference field"; CycloneDX 1.6, "purl"; Package URL specification.
/// </summary>
internal static class SbomPackageUrls
{
    private const int MaxDepth = 20;

    /// <summary>Reads a document in SPDX or CycloneDX: <c>pkg:type/namespace/name@version</c> of each binary package.</summary>
    internal static IReadOnlySet<string> Read(JObject document)
        => (document["spdxVersion"] is not null ? Spdx(document) : CycloneDx(document, MaxDepth)).Where(url => !IsSource(url)).Select(Plain).Where(url => url.Length > 0).ToHashSet(StringComparer.Ordinal);

    /// <summary>A package-url without qualifiers and sub-path, percent signs resolved; empty for what is none.</summary>
    internal static string Plain(string url)
    {
        int end = url.AsSpan().IndexOfAny('?', '#');
        string plain = Uri.UnescapeDataString(end < 0 ? url : url[..end]);
        return plain.StartsWith("pkg:", StringComparison.Ordinal) ? plain : "";
    }

    /// <summary>A package-url's type, as <c>deb</c>.</summary>
    internal static string Type(string url) => url.StartsWith("pkg:", StringComparison.Ordinal) && url.IndexOf('/', StringComparison.Ordinal) is > 4 and var slash ? url[4..slash] : "";

    // Debian's own word for what binaries are made from.
    private static bool IsSource(string url) => url.Contains("?arch=source", StringComparison.Ordinal) || url.Contains("&arch=source", StringComparison.Ordinal);

    private static IEnumerable<string> Spdx(JObject document)
        => Objects(document["packages"]).SelectMany(package => Objects(package["externalRefs"])).Where(reference => Text(reference["referenceType"]) == "purl").Select(reference => Text(reference["referenceLocator"]));

    private static IEnumerable<string> CycloneDx(JObject of, int depth)
        => depth == 0 ? [] : Objects(of["components"]).SelectMany(component => CycloneDx(component, depth - 1).Prepend(Text(component["purl"])));

    private static IEnumerable<JObject> Objects(JToken? list) => list is JArray items ? items.OfType<JObject>() : [];

    private static string Text(JToken? token) => token is JValue { Value: string text } ? text : "";
}
