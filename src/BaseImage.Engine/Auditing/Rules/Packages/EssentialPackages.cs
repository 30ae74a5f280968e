using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3015: essential packages are there where dpkg is.</summary>
internal sealed class EssentialPackages : PackageRule
{
    // Essential in Debian 11 to 13 and in Ubuntu 22.04 to 24.04 alike.
    private static readonly string[] Essential =
        ["base-files", "base-passwd", "bash", "bsdutils", "coreutils", "dash", "debianutils", "diffutils", "dpkg", "findutils", "grep", "gzip", "hostname", "init-system-helpers", "libc-bin", "ncurses-base", "ncurses-bin", "perl-base", "sed", "sysvinit-utils", "tar"];

    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3015",
        Title = "What dpkg takes for granted is there",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "Packages of Debian need not say that they depend on essential ones. Where dpkg itself is in the image and one of those is missing, installing or "
            + "removing a package can fail half-way. Images that were assembled without dpkg leave essential packages out on purpose and are not judged.",
        Remediation = "Keep essential packages where dpkg stays, or take dpkg out too.",
        References = ["Debian Policy 3.8"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "The essential packages are there.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("essential package is missing", "essential packages are missing");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
        => Essential.Where(name => !packages.All.Any(package => package.Name == name))
            .Select(name => new RuleFinding("", $"The essential package {name} is missing, and dpkg is there.", Key: "package:" + name));

    /// <inheritdoc/>
    protected override string? Skipped(ImageFacts facts)
    {
        PackageFacts packages = PackageFacts.Of(facts.Files!);
        return packages.Skipped
            ?? (!packages.Has(PackageManager.Dpkg) || facts.Files!.Resolve("/usr/bin/dpkg") is null ? "dpkg is not in the image."
                : packages.Distribution.Id is not ("debian" or "ubuntu") ? "Which packages are essential is known of Debian and Ubuntu."
                : null);
    }
}
