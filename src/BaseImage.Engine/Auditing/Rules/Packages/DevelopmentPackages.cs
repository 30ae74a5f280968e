using BaseImage.Engine.Auditing.Packages;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3009: there are no packages and headers for development.</summary>
internal sealed class DevelopmentPackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3009",
        Title = "No packages and headers for development",
        Severity = Severity.Medium,
        Category = "Packages",
        Rationale = "Headers, static libraries and development packages are needed where programs are built and nowhere else. They grow the image and give an attacker "
            + "half of a workshop. Header folders that no package brought are found by their files.",
        Remediation = "Build in a stage of its own; remove -dev packages in the layer that installed them.",
        References = ["NIST SP 800-190 4.1.2", "CIS Docker Benchmark 4.3"],
        Equivalent = ["cis-docker:4.3"],
    };

    /// <inheritdoc/>
    protected override string Passed => "There are no packages for development.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("development package or folder is there", "development packages or folders are there");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
    {
        foreach (InstalledPackage package in packages.All)
        {
            if (package.Name.EndsWith("-dev", StringComparison.Ordinal) || package.Name.EndsWith("-devel", StringComparison.Ordinal) || package.Name is "build-essential" or "build-base" or "alpine-sdk" or "linux-libc-dev"
                || package.Kind == "libdevel")
            {
                yield return Of(package, "is for development");
            }
        }

        ImageFile[] headers = [.. facts.Files!.Where(static (_, file) => file.Kind is ImageFileKind.File && file.Package.Length == 0
            && (file.Path.StartsWith("/usr/include/", StringComparison.Ordinal) || file.Path.StartsWith("/usr/local/include/", StringComparison.Ordinal)))];
        if (headers.Length > 0)
        {
            string folder = headers[0].Path.StartsWith("/usr/include/", StringComparison.Ordinal) ? "/usr/include" : "/usr/local/include";
            yield return new RuleFinding(folder, $"has {Words.Number(headers.Length, "header", "headers")} of no package ({Words.Size(headers.Sum(file => file.Size))})", Severity.Low);
        }
    }
}
