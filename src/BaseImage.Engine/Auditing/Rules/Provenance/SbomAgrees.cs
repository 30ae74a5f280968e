using BaseImage.Engine.Auditing.Packages;
using BaseImage.Engine.Auditing.Signing;
using BaseImage.Engine.Inspection;
using BaseImage.Engine.Inspection.Sbom;

namespace BaseImage.Engine.Auditing.Rules.Provenance;

/// <summary>BI4014: a trusted bill of materials lists the packages that the image has.</summary>
internal sealed class SbomAgrees : AttestationRule
{
    private const int MaxNamed = 20;

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI4014",
        Title = "The bill of materials lists what the image has",
        Severity = Severity.High,
        Category = "Provenance",
        Rationale = "Whoever looks for vulnerable packages in bills of materials finds what is in them, and not what is in images. Every package of the system (Debian, Alpine) that "
            + "the image has must be in each one that is trusted, and every one that is in it must be in the image. Packages are told by their package-urls, type, name and version; "
            + "qualifiers, which each tool has of its own, do not count. Of packages of languages tools find different ones, so that those are not compared.",
        Remediation = "Make the bill of materials from the image that is signed and not from its sources: Add-BaseImageAttestation -Sbom reads the image.",
        References = ["NTIA Minimum Elements for a Software Bill of Materials, Accuracy", "Package URL specification", "NIST SP 800-218 PS.3.2"],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "The bill of materials lists the packages that the image has.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package differs", "packages differ");

    /// <inheritdoc/>
    protected override IReadOnlyList<AttestationResult> Results(AttestationFacts facts) => facts.Sboms;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, IReadOnlyList<ImageAttestation> trusted)
    {
        Distribution distribution = PackageFacts.Of(facts.Files!).Distribution;
        HashSet<string> there = [.. facts.Files!.ListPackages().Select(package => SbomPackageUrls.Plain(PackageUrls.Of(package, distribution)))];
        foreach (ImageAttestation sbom in trusted)
        {
            IReadOnlySet<string> listed = SbomPackageUrls.Read(AttestationFacts.Predicate(sbom));
            string name = sbom.PredicateType == PredicateKind.Spdx ? "SPDX" : "CycloneDX";
            foreach (RuleFinding finding in Differing(there.Except(listed), $"is in the image and not in its {name}", $"{name} lacks")
                .Concat(Differing(listed.Where(url => SbomPackageUrls.Type(url) is "deb" or "apk").Except(there), $"is in its {name} and not in the image", $"{name} has")))
            {
                yield return finding;
            }
        }
    }

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => base.Skipped(facts) ?? Unstated(facts, "bill of materials");

    // What would be thousands of rows says the same with its number.
    private static IEnumerable<RuleFinding> Differing(IEnumerable<string> urls, string how, string key)
    {
        string[] sorted = [.. urls.Order(StringComparer.Ordinal)];
        return sorted.Take(MaxNamed).Select(url => new RuleFinding("", $"{url} {how}.", Key: $"{key} {url}"))
            .Concat(sorted.Length > MaxNamed ? [new RuleFinding("", $"{sorted.Length - MaxNamed} more packages differ so: what {how}.", Key: key)] : []);
    }
}
