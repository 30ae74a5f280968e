using BaseImage.Engine.Images;
using BaseImage.Engine.Inspection.Languages;
using BaseImage.Errors;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Trust.Attestations;

/// <summary>What a provenance says. Source: SLSA provenance 1.0: <c>buildDefinition</c> and <c>runDetails</c>.</summary>
/// <param name="BuilderId">Who built.</param>
/// <param name="BuildType">How.</param>
/// <param name="Materials">From what.</param>
/// <param name="Sources">The repositories that it says it was built from.</param>
internal sealed record SlsaProvenance(string BuilderId, string BuildType, IReadOnlyList<AttestedMaterial> Materials, IReadOnlyList<string> Sources)
{
    private const int MaxMaterials = 200_000;

    /// <summary>Reads a predicate.</summary>
    /// <exception cref="StatementInvalidException">It is no provenance.</exception>
    internal static SlsaProvenance Parse(JObject predicate, string name)
    {
        try
        {
            JsonFields root = new(predicate, name, "predicate."), definition = root.RequiredObject("buildDefinition");
            string builder = root.RequiredObject("runDetails").RequiredObject("builder").RequiredText("id"), type = definition.RequiredText("buildType");
            JsonFields parameters = definition.RequiredObject("externalParameters");
            IReadOnlyList<JsonFields> dependencies = definition.Objects("resolvedDependencies");
            if (dependencies.Count > MaxMaterials)
            {
                throw new StatementInvalidException(name, $"more than {MaxMaterials} dependencies are not read");
            }

            AttestedMaterial[] materials = [.. dependencies.Select(Material)];
            return !PredicateTypes.IsUri(builder) || !PredicateTypes.IsUri(type)
                ? throw new StatementInvalidException(name, "its builder or buildType is no URI")
                : new SlsaProvenance(builder, type, materials, [.. FindSources(parameters, materials)]);
        }
        catch (ImageDocumentInvalidException e)
        {
            throw new StatementInvalidException(name, PackageText.Line(e.Problem), e);
        }
    }

    private static AttestedMaterial Material(JsonFields dependency)
        => new(PackageText.Line(dependency.Text("name")), PackageText.Line(dependency.Text("uri")),
            [.. dependency.Map("digest").Where(pair => IsHex(pair.Value)).Select(pair => $"{PackageText.Line(pair.Key)}:{pair.Value}").Order(StringComparer.Ordinal)]);

    // The source is what the build was asked for (GitHub's and our own parameters), and every repository that went in.
    private static IEnumerable<string> FindSources(JsonFields parameters, IReadOnlyList<AttestedMaterial> materials)
    {
        string[] asked = [parameters.Value["workflow"] is JObject workflow ? Text(workflow["repository"]) : "", Text(parameters.Value["source"])];
        IEnumerable<string> repositories = materials.Where(material => material.Uri.StartsWith("git+", StringComparison.Ordinal)).Select(material => Repository(material.Uri));
        return asked.Where(text => text.Length > 0).Concat(repositories).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);
    }

    // git+https://host/repository@refs/heads/main -> https://host/repository
    private static string Repository(string uri)
    {
        string plain = uri["git+".Length..];
        int at = plain.LastIndexOf('@'), slash = plain.IndexOf('/', plain.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : 0);
        return at > slash && slash >= 0 ? plain[..at] : plain;
    }

    private static bool IsHex(string text) => text.Length is >= 40 and <= 128 && text.All(char.IsAsciiHexDigitLower);

    private static string Text(JToken? token) => token is JValue { Value: string text } ? text : "";
}
