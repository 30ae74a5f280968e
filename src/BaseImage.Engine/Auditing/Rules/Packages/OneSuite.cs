using BaseImage.Engine.Auditing.Packages;
using System.Text.RegularExpressions;
using BaseImage.Engine.Inspection;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3018: sources and packages are of the release that the image says it is.</summary>
internal sealed partial class OneSuite : ListingRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3018",
        Title = "Packages and sources are of one release",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "Packages of two releases were never tested together, and security updates of one do not fit the other. apt prefers the newer of the two as soon "
            + "as a source names it. Suites are compared with the release that the image says it is; its own security, updates, backports and proposed suites "
            + "are of the same release.",
        Remediation = "Name one release in the sources; take single packages from backports, pinned.",
        References = ["sources.list(5)", "apt_preferences(5)"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    public override bool NeedsFiles => true;

    /// <inheritdoc/>
    protected override string Passed => "Sources and packages are of one release.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("source or package is of another release", "sources or packages are of another release");

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts) => PackageFacts.Of(facts.Files!) is { Distribution.Id: "" } ? "The image does not say which distribution it is."
        : PackageFacts.Of(facts.Files!).Skipped;

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts)
    {
        PackageFacts packages = PackageFacts.Of(facts.Files!);
        Distribution distribution = packages.Distribution;
        string own = Codename(distribution), branch = "v" + string.Join('.', distribution.Version.Split('.').Take(2));
        foreach (PackageSource source in PackageSource.Of(facts.Files!))
        {
            string suite = source.Suite.Split('-', '/')[0];
            bool isOther = source.IsApk ? source.Suite.StartsWith('v') && source.Suite != branch : own.Length > 0 && suite != own && SupportTable.Of(distribution.Id).Any(release => release.Codename == suite);
            if (isOther)
            {
                yield return new RuleFinding(source.Path, $"names {source.Suite}, and the image is {distribution.Name}", Key: "suite:" + source.Suite) { Line = source.Line };
            }
        }

        // The mark that Debian's stable updates and backports carry: +deb12u1, ~bpo12+1.
        if (distribution.Id == "debian" && distribution.Version.Length > 0)
        {
            foreach (InstalledPackage package in packages.All)
            {
                string release = Mark().Match(package.VersionText).Groups[1].Value;
                if (release.Length > 0 && release != distribution.Version)
                {
                    yield return new RuleFinding("", $"The package {package} is of Debian {release}, and the image is {distribution.Name}.", Key: "package:" + package.Name);
                }
            }
        }
    }

    private static string Codename(Distribution distribution) => distribution.Codename.Length > 0 ? distribution.Codename : SupportTable.Find(distribution)?.Codename ?? "";

    [GeneratedRegex("[+~]deb([0-9]{1,2})u[0-9]+$", RegexOptions.None, 1000)]
    private static partial Regex Mark();
}
