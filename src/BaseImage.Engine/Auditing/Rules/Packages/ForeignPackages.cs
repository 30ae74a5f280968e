using BaseImage.Engine.Auditing.Packages;
using System.Text;

namespace BaseImage.Engine.Auditing.Rules.Packages;

/// <summary>BI3021: packages are for the image's processor.</summary>
internal sealed class ForeignPackages : PackageRule
{
    /// <inheritdoc/>
    public override AuditRule Describe { get; } = new()
    {
        Id = "BI3021",
        Title = "Packages are for the image's processor",
        Severity = Severity.Low,
        Category = "Packages",
        Rationale = "A package for another architecture runs only where the kernel and the libraries of that one are there, is as large as its twin, and is often an "
            + "accident of a multi-platform build. Architectures that dpkg was told to accept are a note.",
        Remediation = "Install packages for the image's own architecture; build each platform on its own base.",
        References = ["dpkg(1) --add-architecture", "OCI Image Specification 1.1, config.md, architecture"],
        Equivalent = [],
    };

    /// <inheritdoc/>
    protected override string Passed => "Packages are for the image's processor.";

    /// <inheritdoc/>
    protected override (string One, string Many) Noun => ("package is for another processor", "packages are for another processor");

    /// <inheritdoc/>
    protected override IEnumerable<RuleFinding> Find(ImageFacts facts, PackageFacts packages)
    {
        string? debian = facts.Platform.DebianArchitecture, alpine = Alpine(facts.Platform);
        foreach (InstalledPackage package in packages.All)
        {
            string? own = package.Manager == PackageManager.Apk ? alpine : debian;
            if (own is not null && package.Architecture.Length > 0 && package.Architecture is not ("all" or "noarch" or "any") && package.Architecture != own)
            {
                yield return Of(package, $"is for {package.Architecture}, and the image for {facts.Platform}");
            }
        }

        string[] more = [.. Encoding.UTF8.GetString(facts.Files!.Read("/var/lib/dpkg/arch").Span).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Where(name => name != debian)];
        if (more.Length > 0 && debian is not null)
        {
            yield return new RuleFinding("/var/lib/dpkg/arch", $"lets dpkg accept {string.Join(", ", more.Take(5))}", Severity.Info);
        }
    }

    private static string? Alpine(Platform platform) => (platform.Architecture, platform.Variant) switch
    {
        ("amd64", _) => "x86_64",
        ("arm64", _) => "aarch64",
        ("386", _) => "x86",
        ("arm", "v6") => "armhf",
        ("arm", _) => "armv7",
        ("ppc64le" or "s390x" or "riscv64" or "loong64", _) => platform.Architecture == "loong64" ? "loongarch64" : platform.Architecture,
        _ => null,
    };
}
