using BaseImage.Engine.Inspection.Licences;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>
/// Writes CycloneDX 1.6 in JSON. The image is the document's component; packages are components, with their files inside
/// them; files of no package stand beside the packages. A source package is an ancestor in its binary's pedigree.
/// Source: ECMA-424, CycloneDX 1.6.
/// </summary>
internal static class CycloneDxWriter
{
    private const string Image = "image", System = "operating-system";

    /// <summary>Writes a document that has no name yet, and gives where its name ends.</summary>
    internal static long Write(Stream stream, SbomContents contents, Func<long> position, CancellationToken cancellationToken)
    {
        List<(string Key, IEnumerable<JToken>? Items, JToken? Value)> members =
        [
            ("$schema", null, "http://cyclonedx.org/schema/bom-1.6.schema.json"),
            ("bomFormat", null, "CycloneDX"),
            ("specVersion", null, "1.6"),
            ("serialNumber", null, "urn:uuid:" + SbomIds.Unnamed),
            ("version", null, 1),
            ("metadata", null, Metadata(contents)),
            ("components", Components(contents), null),
            ("dependencies", Dependencies(contents), null),
            ("compositions", null, new JArray(new JObject { ["aggregate"] = contents.Remarks.Count > 0 ? "incomplete" : "unknown", ["assemblies"] = new JArray(Image) })),
        ];
        return SbomDocument.WriteObject(stream, members, "serialNumber", position, cancellationToken);
    }

    private static JObject Metadata(SbomContents contents)
    {
        JObject image = new()
        {
            ["type"] = "container",
            ["bom-ref"] = Image,
            ["name"] = contents.Name,
            ["version"] = contents.Digest.ToString(),
            ["hashes"] = new JArray(Hash(contents.Digest)),
        };
        if (contents.HasManifest && contents.Name != contents.Digest.ToString())
        {
            image["purl"] = PackageUrls.Image(contents.Name, contents.Digest, contents.Platform);
        }

        if (contents.Vendor.Length > 0)
        {
            image["supplier"] = new JObject { ["name"] = contents.Vendor };
        }

        if (!contents.BaseDigest.IsEmpty)
        {
            image["pedigree"] = new JObject
            {
                ["ancestors"] = new JArray(new JObject { ["type"] = "container", ["name"] = contents.BaseName.Length > 0 ? contents.BaseName : contents.BaseDigest.ToString(), ["version"] = contents.BaseDigest.ToString(), ["hashes"] = new JArray(Hash(contents.BaseDigest)) }),
            };
        }

        JArray properties = [Property("baseimage:platform", contents.Platform.ToString())];
        for (int i = 0; i < contents.Layers.Count; i++)
        {
            properties.Add(Property($"baseimage:layer:{i}:diffId", contents.Layers[i].DiffId.ToString()));
            if (!contents.Layers[i].Digest.IsEmpty)
            {
                properties.Add(Property($"baseimage:layer:{i}:digest", contents.Layers[i].Digest.ToString()));
            }
        }

        image["properties"] = properties;
        JObject metadata = new()
        {
            ["timestamp"] = SbomDocument.Time(contents.Created),
            ["tools"] = new JObject { ["components"] = new JArray(new JObject { ["type"] = "application", ["name"] = "BaseImage", ["version"] = SbomDocument.ToolVersion }) },
            ["component"] = image,
        };
        if (contents.Remarks.Count > 0)
        {
            metadata["properties"] = new JArray(contents.Remarks.Select(remark => Property("baseimage:remark", remark)));
        }

        return metadata;
    }

    private static IEnumerable<JObject> Components(SbomContents contents)
    {
        if (contents.Distribution.Id.Length > 0)
        {
            JObject system = new() { ["type"] = "operating-system", ["bom-ref"] = System, ["name"] = contents.Distribution.Id };
            SbomDocument.Put(system, "version", contents.Distribution.Version);
            SbomDocument.Put(system, "description", Languages.PackageText.Line(contents.Distribution.Name));
            yield return system;
        }

        foreach (SbomPackage package in contents.Packages)
        {
            yield return Package(package, contents.Distribution);
        }

        foreach (SbomFile file in contents.Files)
        {
            yield return File(file);
        }
    }

    private static JObject Package(SbomPackage package, Distribution distribution)
    {
        ImagePackage described = package.Package;
        int slash = described.Ecosystem == PackageEcosystem.Npm && described.Name.StartsWith('@') ? described.Name.IndexOf('/', StringComparison.Ordinal) : -1;
        JObject component = new() { ["type"] = "library", ["bom-ref"] = package.Id, ["name"] = described.Name[(slash + 1)..], ["purl"] = described.PackageUrl };
        SbomDocument.Put(component, "group", slash < 0 ? "" : described.Name[..slash]);
        SbomDocument.Put(component, "version", package.Version);
        SbomDocument.Put(component, "description", package.Summary);
        Supplier supplier = Supplier.Parse(described.Maintainer);
        if (supplier.Name.Length > 0)
        {
            component["supplier"] = new JObject { ["name"] = supplier.Name };
            if (supplier.Mail.Length > 0)
            {
                component["supplier"]!["contact"] = new JArray(new JObject { ["name"] = supplier.Name, ["email"] = supplier.Mail });
            }
        }

        if (package.Checksums.Count > 0)
        {
            component["hashes"] = new JArray(package.Checksums.Select(sum => new JObject { ["alg"] = sum.Algorithm.Insert(3, "-"), ["content"] = sum.Hex }));
        }

        Licences(component, package.Licence);
        if (package.Homepage.Length > 0)
        {
            component["externalReferences"] = new JArray(new JObject { ["type"] = "website", ["url"] = package.Homepage });
        }

        if (described.Ecosystem == PackageEcosystem.Debian && described.Source.Length > 0)
        {
            string version = (described.SourceVersion ?? described.Version).ToString();
            component["pedigree"] = new JObject { ["ancestors"] = new JArray(new JObject { ["type"] = "library", ["name"] = described.Source, ["version"] = version, ["purl"] = PackageUrls.Source(described.Source, version, distribution) }) };
        }

        JArray properties = [];
        void Say(string name, string value)
        {
            if (value.Length > 0)
            {
                properties.Add(Property(name, value));
            }
        }

        Say("baseimage:location", described.Location);
        Say("baseimage:archivePath", package.ArchivePath);
        Say("baseimage:within", package.Within?.Id ?? "");
        if (properties.Count > 0)
        {
            component["properties"] = properties;
        }

        if (package.Files.Count > 0)
        {
            component["components"] = new JArray(package.Files.Select(File));
        }

        return component;
    }

    // One licence by id or by name and text; an expression as such, with the texts of what is its own as evidence.
    private static void Licences(JObject component, LicenceClaim claim)
    {
        if (claim.Expression.Length == 0)
        {
            return;
        }

        component["licenses"] = LicenceList.Licence(claim.Expression) == claim.Expression ? new JArray(new JObject { ["license"] = new JObject { ["id"] = claim.Expression } })
            : claim.Extracted.Count == 1 && claim.Extracted[0].Id == claim.Expression ? new JArray(Named(claim.Extracted[0]))
            : new JArray(new JObject { ["expression"] = claim.Expression });
        if (claim.Extracted.Count > 0 && claim.Extracted[0].Id != claim.Expression)
        {
            component["evidence"] = new JObject { ["licenses"] = new JArray(claim.Extracted.OrderBy(licence => licence.Id, StringComparer.Ordinal).Select(Named)) };
        }
    }

    private static JObject Named(ExtractedLicence licence) => new()
    {
        ["license"] = new JObject { ["name"] = licence.Name, ["text"] = new JObject { ["contentType"] = "text/plain", ["content"] = licence.Text } },
    };

    private static JObject File(SbomFile file) => new()
    {
        ["type"] = "file",
        ["bom-ref"] = "File-" + file.Id,
        ["name"] = file.Path,
        ["hashes"] = new JArray(new JObject { ["alg"] = "SHA-1", ["content"] = file.Sha1 }, new JObject { ["alg"] = "SHA-256", ["content"] = file.Sha256 }),
    };

    private static IEnumerable<JObject> Dependencies(SbomContents contents)
    {
        string[] top = [.. contents.Packages.Where(package => package.Within is null).Select(package => package.Id).Concat(contents.Distribution.Id.Length > 0 ? [System] : []).Order(StringComparer.Ordinal)];
        yield return new JObject { ["ref"] = Image, ["dependsOn"] = new JArray(top) };
        foreach (SbomPackage package in contents.Packages.OrderBy(package => package.Id, StringComparer.Ordinal))
        {
            yield return new JObject { ["ref"] = package.Id, ["dependsOn"] = new JArray(package.DependsOn.Keys) };
        }
    }

    private static JObject Property(string name, string value) => new() { ["name"] = name, ["value"] = value };

    private static JObject Hash(Digest digest) => new() { ["alg"] = digest.Algorithm == "sha512" ? "SHA-512" : "SHA-256", ["content"] = digest.Hex };
}
