using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3003: an image of a distribution says its packages.</summary>
internal sealed class PackageDatabasePresent : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3003",
        Title = "A package database says what is inside",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "Scanners learn from the package database what an image is made of. Without one they find nothing, which looks like nothing wrong. An image of one "
            + "program, without a distribution, needs none; one that says which distribution it is, or has its C library, does.",
        Remediation = "Keep /var/lib/dpkg/status (or status.d, as distroless images do) or /lib/apk/db/installed in the image.",
        References = ["NIST SP 800-190 4.1.1", "NIST SP 800-218 PS.3.2"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "There is a package database, or nothing that would need one.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package database is missing", "package databases are missing");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        PackageFacts packages = PackageFacts.Of(facts.Files!);
        if (packages.All.Count > 0 || packages.Unread.Count > 0)
        {
            yield break;
        }

        ImageFile? library = facts.Files!.All.FirstOrDefault(file => file.Path[(file.Path.LastIndexOf('/') + 1)..] is "libc.so.6" or "libc.musl-x86_64.so.1" or "libc.musl-aarch64.so.1" || file.Path.Contains("/ld-musl-", StringComparison.Ordinal));
        if (packages.Distribution.Id.Length > 0 || library is not null)
        {
            string what = packages.Distribution.Id.Length > 0 ? $"The image says that it is {packages.Distribution.Name}" : $"The image has a C library ({library!.Path})";
            yield return new RuleFinding(packages.Distribution.Path, $"{what}, and no package database says which packages it has.", Key: "database");
        }
    }
}
