using System.Security.Cryptography;
using System.Text;
using BaseImage.Engine.Inspection.Licences;
using Newtonsoft.Json.Linq;

namespace BaseImage.Engine.Inspection.Sbom;

/// <summary>
/// Writes SPDX 2.3 in JSON. The image is a package of the purpose CONTAINER, described by the document; it contains its
/// layers, its distribution, its packages and the files of no package. Binary packages are generated from source packages.
/// Source: The Software Package Data Exchange (SPDX) Specification 2.3.
/// </summary>
internal static class SpdxWriter
{
    private const string Document = "SPDXRef-DOCUMENT", Image = "SPDXRef-Image", System = "SPDXRef-OperatingSystem", Base = "SPDXRef-BaseImage", NoAssertion = "NOASSERTION";

    /// <summary>Writes a document that has no name yet, and gives where its name ends.</summary>
    internal static long Write(Stream stream, SbomContents contents, Func<long> position, CancellationToken cancellationToken)
    {
        JObject creation = new()
        {
            ["created"] = SbomDocument.Time(contents.Created),
            ["creators"] = new JArray($"Tool: BaseImage-{SbomDocument.ToolVersion}"),
            ["licenseListVersion"] = LicenceList.Version,
        };
        List<(string Key, IEnumerable<JToken>? Items, JToken? Value)> members =
        [
            ("spdxVersion", null, "SPDX-2.3"),
            ("dataLicense", null, "CC0-1.0"),
            ("SPDXID", null, Document),
            ("name", null, contents.Name),
            ("documentNamespace", null, $"https://spdx.org/spdxdocs/{SbomIds.Slug(contents.Name)}-{SbomIds.Unnamed}"),
            ("creationInfo", null, creation),
            ("packages", Packages(contents), null),
            ("relationships", Relationships(contents).Select(Relationship), null),
        ];
        if (contents.ListsFiles)
        {
            members.Add(("files", contents.Files.Concat(contents.Packages.SelectMany(package => package.Files)).OrderBy(file => file.Path, StringComparer.Ordinal).ThenBy(file => file.Id, StringComparer.Ordinal).Select(File), null));
        }

        ExtractedLicence[] own = [.. contents.Packages.SelectMany(package => package.Licence.Extracted).DistinctBy(licence => licence.Id).OrderBy(licence => licence.Id, StringComparer.Ordinal)];
        if (own.Length > 0)
        {
            members.Add(("hasExtractedLicensingInfos", own.Select(licence => new JObject { ["licenseId"] = licence.Id, ["name"] = licence.Name, ["extractedText"] = licence.Text }), null));
        }

        if (contents.Remarks.Count > 0)
        {
            members.Add(("comment", null, "This document is not complete. " + string.Join(' ', contents.Remarks)));
        }

        return SbomDocument.WriteObject(stream, members, "documentNamespace", position, cancellationToken);
    }

    private static IEnumerable<JObject> Packages(SbomContents contents)
    {
        yield return ImagePackage(contents);
        if (contents.Distribution.Id.Length > 0)
        {
            JObject system = Described(System, contents.Distribution.Id, contents.Distribution.Version, "OPERATING_SYSTEM");
            SbomDocument.Put(system, "summary", Languages.PackageText.Line(contents.Distribution.Name));
            yield return system;
        }

        if (!contents.BaseDigest.IsEmpty)
        {
            JObject below = Described(Base, contents.BaseName.Length > 0 ? contents.BaseName : contents.BaseDigest.ToString(), contents.BaseDigest.ToString(), "CONTAINER");
            below["checksums"] = new JArray(Checksum(contents.BaseDigest));
            yield return below;
        }

        for (int i = 0; i < contents.Layers.Count; i++)
        {
            ImageLayer layer = contents.Layers[i];
            JObject described = Described(LayerId(i), layer.DiffId.ToString(), "", "ARCHIVE");
            described["checksums"] = new JArray(Checksum(layer.Digest.IsEmpty ? layer.DiffId : layer.Digest));
            SbomDocument.Put(described, "comment", layer.Digest.IsEmpty ? "" : $"Layer {i} of the image, by the digest of its uncompressed tar; the checksum is that of the {layer.Size} bytes as stored ({layer.MediaType}).");
            yield return described;
        }

        foreach (SbomPackage package in contents.Packages)
        {
            yield return Package(package);
        }

        foreach ((string id, ImagePackage package, string url) in Sources(contents))
        {
            JObject source = Described(id, package.Source, (package.SourceVersion ?? package.Version).ToString(), "SOURCE");
            source["externalRefs"] = new JArray(Reference(url));
            yield return source;
        }
    }

    private static JObject ImagePackage(SbomContents contents)
    {
        JObject image = Described(Image, contents.Name, contents.Digest.ToString(), "CONTAINER");
        image["checksums"] = new JArray(Checksum(contents.Digest));
        image["supplier"] = contents.Vendor.Length > 0 ? $"Organization: {contents.Vendor}" : NoAssertion;
        image["comment"] = $"A container image for {contents.Platform}; its version is {(contents.HasManifest ? "the digest of its manifest" : "its id, the digest of its configuration")}.";
        if (contents.HasManifest && contents.Name != contents.Digest.ToString())
        {
            image["externalRefs"] = new JArray(Reference(PackageUrls.Image(contents.Name, contents.Digest, contents.Platform)));
        }

        Analysed(image, contents.Files);
        return image;
    }

    private static JObject Package(SbomPackage package)
    {
        JObject described = Described("SPDXRef-" + package.Id, package.Package.Name, package.Version, package.IsSystem ? "INSTALL" : "LIBRARY");
        described["externalRefs"] = new JArray(Reference(package.Package.PackageUrl));
        described["supplier"] = Supplier.Parse(package.Package.Maintainer).ToSpdx();
        described["licenseDeclared"] = package.Licence.Expression.Length > 0 ? package.Licence.Expression : NoAssertion;
        described["licenseConcluded"] = NoAssertion;
        described["copyrightText"] = NoAssertion;
        SbomDocument.Put(described, "homepage", package.Homepage);
        SbomDocument.Put(described, "summary", package.Summary);
        SbomDocument.Put(described, "packageFileName", package.ArchivePath);
        SbomDocument.Put(described, "sourceInfo", package.Package.Location.Length > 0 ? $"found by {package.Package.Location}" : "listed by the image's package database");
        if (package.Checksums.Count > 0)
        {
            described["checksums"] = new JArray(package.Checksums.Select(sum => new JObject { ["algorithm"] = sum.Algorithm, ["checksumValue"] = sum.Hex }));
        }

        Analysed(described, package.Files);
        return described;
    }

    private static JObject Described(string id, string name, string version, string purpose)
    {
        JObject package = new() { ["SPDXID"] = id, ["name"] = name, ["downloadLocation"] = NoAssertion, ["filesAnalyzed"] = false, ["primaryPackagePurpose"] = purpose };
        SbomDocument.Put(package, "versionInfo", version);
        return package;
    }

    // SPDX 2.3, 7.9: SHA-1 of the files' SHA-1s, sorted and joined. A package without files was not analysed.
    private static void Analysed(JObject package, IReadOnlyList<SbomFile> files)
    {
        if (files.Count > 0)
        {
            byte[] sums = Encoding.ASCII.GetBytes(string.Concat(files.Select(file => file.Sha1).Order(StringComparer.Ordinal)));
#pragma warning disable CA5350 // SHA-1 is what the specification demands; nothing is trusted because of it.
            byte[] code = SHA1.HashData(sums);
#pragma warning restore CA5350
            package["filesAnalyzed"] = true;
            package["packageVerificationCode"] = new JObject { ["packageVerificationCodeValue"] = Convert.ToHexString(code).ToLowerInvariant() };
        }
    }

    private static JObject File(SbomFile file) => new()
    {
        ["SPDXID"] = FileId(file),
        ["fileName"] = "." + file.Path,
        ["checksums"] = new JArray(new JObject { ["algorithm"] = "SHA1", ["checksumValue"] = file.Sha1 }, new JObject { ["algorithm"] = "SHA256", ["checksumValue"] = file.Sha256 }),
    };

    private static IEnumerable<(string From, string Kind, string To)> Relationships(SbomContents contents)
    {
        List<(string From, string Kind, string To)> all = [(Document, "DESCRIBES", Image)];
        if (contents.Distribution.Id.Length > 0)
        {
            all.Add((Image, "CONTAINS", System));
        }

        if (!contents.BaseDigest.IsEmpty)
        {
            all.Add((Image, "DESCENDANT_OF", Base));
        }

        all.AddRange(Enumerable.Range(0, contents.Layers.Count).Select(i => (Image, "CONTAINS", LayerId(i))));
        all.AddRange(contents.Files.Select(file => (Image, "CONTAINS", FileId(file))));
        foreach (SbomPackage package in contents.Packages)
        {
            string id = "SPDXRef-" + package.Id;
            all.Add((package.Within is null ? Image : "SPDXRef-" + package.Within.Id, "CONTAINS", id));
            all.AddRange(package.DependsOn.Keys.Select(needed => (id, "DEPENDS_ON", "SPDXRef-" + needed)));
            all.AddRange(package.Files.Select(file => (id, "CONTAINS", FileId(file))));
            if (HasSource(package))
            {
                all.Add((id, "GENERATED_FROM", SourceId(package.Package, contents.Distribution)));
            }
        }

        all.Sort((left, right) => string.CompareOrdinal(left.From, right.From) is var from and not 0 ? from : string.CompareOrdinal(left.Kind, right.Kind) is var kind and not 0 ? kind : string.CompareOrdinal(left.To, right.To));
        return all;
    }

    private static IEnumerable<(string Id, ImagePackage Package, string Url)> Sources(SbomContents contents)
        => contents.Packages.Where(HasSource).Select(package => (Id: SourceId(package.Package, contents.Distribution), package.Package, Url: SourceUrl(package.Package, contents.Distribution)))
            .DistinctBy(source => source.Id).OrderBy(source => source.Id, StringComparer.Ordinal);

    // apk's "origin" names a build recipe in aports, which has no package-url.
    private static bool HasSource(SbomPackage package) => package.Package.Ecosystem == PackageEcosystem.Debian && package.Package.Source.Length > 0;

    private static string SourceUrl(ImagePackage package, Distribution distribution) => PackageUrls.Source(package.Source, (package.SourceVersion ?? package.Version).ToString(), distribution);

    private static string SourceId(ImagePackage package, Distribution distribution)
        => $"SPDXRef-Source-{SbomIds.Slug(package.Source)}-{Digest.Of(Encoding.UTF8.GetBytes(SourceUrl(package, distribution))).Hex[..16]}";

    private static JObject Relationship((string From, string Kind, string To) relation)
        => new() { ["spdxElementId"] = relation.From, ["relationshipType"] = relation.Kind, ["relatedSpdxElement"] = relation.To };

    private static JObject Reference(string url) => new() { ["referenceCategory"] = "PACKAGE-MANAGER", ["referenceType"] = "purl", ["referenceLocator"] = url };

    private static JObject Checksum(Digest digest) => new() { ["algorithm"] = digest.Algorithm.ToUpperInvariant(), ["checksumValue"] = digest.Hex };

    private static string LayerId(int index) => $"SPDXRef-Layer-{index}";

    private static string FileId(SbomFile file) => "SPDXRef-File-" + file.Id;
}
