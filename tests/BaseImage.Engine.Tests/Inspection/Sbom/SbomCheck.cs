using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Storage;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Tests.Inspection.Sbom;

/// <summary>Holds bills of materials against their schemas and against what schemas cannot say.</summary>
internal static class SbomCheck
{
    // The schemas refer to one another by file name: they are put into one, so that every version of the library does.
    private const string Validate = """
        import json, sys, os, jsonschema
        folder = sys.argv[1]
        def load(name): return json.load(open(os.path.join(folder, name), encoding='utf-8'))
        bom, spdx, jsf = load('bom-1.6.schema.json'), load('spdx.schema.json'), load('jsf-0.82.schema.json')
        def inline(node):
            if isinstance(node, dict):
                ref = node.get('$ref', '')
                if ref.startswith('spdx'): return {'enum': spdx['enum']}
                if ref.startswith('jsf'): return {'type': 'object'}
                return {key: inline(value) for key, value in node.items()}
            return [inline(value) for value in node] if isinstance(node, list) else node
        schemas = {'.cdx.json': inline(bom), '.spdx.json': load('spdx-2.3.written.schema.json')}
        for path in sys.argv[2:]:
            schema = next(value for key, value in schemas.items() if path.endswith(key))
            errors = list(jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker()).iter_errors(json.load(open(path, encoding='utf-8'))))
            print(len(errors), path)
            for error in errors[:5]: print('   ', list(error.absolute_path), error.message[:300])
        """;

    /// <summary>Holds files against their schemas.</summary>
    public static async Task ValidAsync(IEnumerable<string> paths)
    {
        string output = await RunAsync(paths);
        Assert.All(output.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.True(line.StartsWith("0 ", StringComparison.Ordinal), output));
        foreach (string path in paths)
        {
            JObject document = StrictJson.ParseObject(await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken), path, new JsonLimits { MaxBytes = 1 << 30, MaxValues = 50_000_000 });
            if (path.EndsWith(".spdx.json", StringComparison.Ordinal))
            {
                Spdx(document);
            }
            else
            {
                CycloneDx(document);
            }

            Assert.Equal(CanonicalJson.Write(document), await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        }
    }

    /// <summary>How many mistakes the schemas find, a line a file.</summary>
    public static async Task<string> RunAsync(IEnumerable<string> paths)
    {
        string python = Tools.Require("python3");
        Tools.Require((await Tools.TryRunAsync(python, ["-c", "import jsonschema"])).Code == 0, "python3-jsonschema is not installed");
        return await Tools.RunAsync(python, ["-W", "ignore", "-c", Validate, Path.Combine(AppContext.BaseDirectory, "Inspection", "Sbom", "Schemas"), .. paths]);
    }

    // Ids are used once and every one that is named is there; verification codes and licences' names are right.
    private static void Spdx(JObject document)
    {
        JObject[] packages = [.. document["packages"]!.Cast<JObject>()], files = [.. (document["files"] ?? new JArray()).Cast<JObject>()];
        string[] ids = [.. packages.Concat(files).Select(part => (string)part["SPDXID"]!), "SPDXRef-DOCUMENT"];
        Assert.Equal(ids.Length, ids.Distinct(StringComparer.Ordinal).Count());
        JObject[] relations = [.. document["relationships"]!.Cast<JObject>()];
        Assert.All(relations, relation => Assert.True(ids.Contains((string)relation["spdxElementId"]!) && ids.Contains((string)relation["relatedSpdxElement"]!), relation.ToString()));
        Assert.Equal(relations.Length, relations.Select(relation => relation.ToString()).Distinct(StringComparer.Ordinal).Count());

        Dictionary<string, string> sums = files.ToDictionary(file => (string)file["SPDXID"]!, file => (string)file["checksums"]![0]!["checksumValue"]!, StringComparer.Ordinal);
        ILookup<string, string> contains = relations.Where(relation => (string)relation["relationshipType"]! == "CONTAINS").ToLookup(relation => (string)relation["spdxElementId"]!, relation => (string)relation["relatedSpdxElement"]!, StringComparer.Ordinal);
        Assert.Equal(files.Length, relations.Count(relation => (string)relation["relationshipType"]! == "CONTAINS" && sums.ContainsKey((string)relation["relatedSpdxElement"]!)));
        foreach (JObject package in packages)
        {
            string[] own = [.. contains[(string)package["SPDXID"]!].Where(sums.ContainsKey).Select(id => sums[id]).Order(StringComparer.Ordinal)];
            Assert.Equal(own.Length > 0, (bool)package["filesAnalyzed"]!);
            if (own.Length > 0)
            {
                Assert.Equal(Convert.ToHexString(SHA1.HashData(Encoding.ASCII.GetBytes(string.Concat(own)))).ToLowerInvariant(), (string)package["packageVerificationCode"]!["packageVerificationCodeValue"]!);
            }
        }

        HashSet<string> licences = [.. (document["hasExtractedLicensingInfos"] ?? new JArray()).Select(licence => (string)licence["licenseId"]!)];
        IEnumerable<string> named = packages.SelectMany(package => ((string?)package["licenseDeclared"] ?? "").Split([' ', '(', ')'])).Where(word => word.StartsWith("LicenseRef-", StringComparison.Ordinal));
        Assert.Equal(licences.Order(StringComparer.Ordinal), named.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
    }

    private static void CycloneDx(JObject document)
    {
        string[] refs = [.. document.Descendants().OfType<JProperty>().Where(property => property.Name == "bom-ref").Select(property => (string)property.Value!)];
        Assert.Equal(refs.Length, refs.Distinct(StringComparer.Ordinal).Count());
        HashSet<string> known = [.. refs];
        Assert.All(document["dependencies"]!, node => Assert.True(known.Contains((string)node["ref"]!) && node["dependsOn"]!.All(to => known.Contains((string)to!)), node.ToString()));
    }
}
